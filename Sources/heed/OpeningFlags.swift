import ArgumentParser
import Engine
import Models

/// What a person says of a model that another library has saved, where its files leave it open; for every command that
/// opens a model.
struct OpeningFlags: ParsableArguments {
  @Option(help: ArgumentHelp("How many heads share a layer's width.", valueName: "number"))
  var heads: Int?

  @Option(
    name: .customLong("source-vocab"),
    help: ArgumentHelp(
      "The source's words: a tokenizer, a list or table of words, or a pickled Lang.", valueName: "file"),
    completion: .file())
  var sourceVocabulary: String?

  @Option(
    name: .customLong("target-vocab"), help: ArgumentHelp("The target's words.", valueName: "file"),
    completion: .file())
  var targetVocabulary: String?

  @Option(name: .customLong("start-id"), help: ArgumentHelp("The token that a target begins with.", valueName: "id"))
  var startID: Int?

  @Option(name: .customLong("end-id"), help: ArgumentHelp("The token that ends a target.", valueName: "id"))
  var endID: Int?

  @Flag(
    name: .customLong("hard-sigmoid"), inversion: .prefixedNo,
    help: "Gates of recurrent layers are hard sigmoids, as in Keras before 2.3.")
  var hardSigmoid: Bool?

  @Flag(
    name: .customLong("reset-after"), inversion: .prefixedNo,
    help: "A GRU without biases resets its state after the product, as in TensorFlow 2, or before it.")
  var resetAfter: Bool?

  @Option(
    name: .customLong("decoder-state"),
    help: "carried: a recurrent decoder keeps its state; zeros: it starts from zeros at every step.")
  var decoderState: Seq2SeqConfiguration.DecoderState?

  @Option(
    name: .customLong("query-projection"),
    help: ArgumentHelp("The layer of additive attention that projects the query, such as W2.", valueName: "layer"))
  var queryProjection: String?

  @Option(help: "A Transformer's positions: sinusoidal (sines beside cosines), interleaved or none.")
  var positions: TransformerConfiguration.Positions?

  @Option(
    name: .customLong("source-length"),
    help: ArgumentHelp("Fill typed sources up with padding to so many tokens.", valueName: "tokens"))
  var sourceLength: Int?

  @Option(
    name: .customLong("target-length"),
    help: ArgumentHelp("How many tokens every target has, in a model without an end token.", valueName: "tokens"))
  var targetLength: Int?

  @Option(
    name: [.customLong("source-language"), .customLong("source-lang")],
    help: ArgumentHelp("The source's language, in a model of several.", valueName: "language"))
  var sourceLanguage: String?

  @Option(
    name: [.customLong("target-language"), .customLong("target-lang")],
    help: ArgumentHelp("The target's language, in a model of several.", valueName: "language"))
  var targetLanguage: String?

  @Flag(help: "Keep these answers in a heed.yaml beside the model.")
  var remember = false

  func validate() throws {
    if let heads, !(1...1024).contains(heads) { throw ValidationError("--heads takes a number from 1 to 1024") }
    for (flag, id) in [("--start-id", startID), ("--end-id", endID)] {
      if let id, id < 0 { throw ValidationError("\(flag) takes a number from 0") }
    }
    for (flag, length) in [("--source-length", sourceLength), ("--target-length", targetLength)] {
      if let length, !(1...100_000).contains(length) {
        throw ValidationError("\(flag) takes a number from 1 to 100000")
      }
    }
    if let positions, positions == .learned { throw ValidationError("--positions learned: the file would hold them") }
  }

  var options: OpeningOptions {
    var options = OpeningOptions()
    options.heads = heads
    options.sourceVocabulary = sourceVocabulary
    options.targetVocabulary = targetVocabulary
    options.startID = startID
    options.endID = endID
    options.isHardSigmoid = hardSigmoid
    options.resetsAfter = resetAfter
    options.decoderState = decoderState
    options.queryProjection = queryProjection
    options.positions = positions
    options.sourceLength = sourceLength
    options.targetLength = targetLength
    options.sourceLanguage = sourceLanguage
    options.targetLanguage = targetLanguage
    options.isRemembered = remember
    return options
  }

  /// Opens a path or the name of a model; what was taken for granted is noted.
  func open(_ model: String?) throws -> ModelFolder {
    let folder = try ModelFolder(path: ModelLocator.ofThisProgram.find(model), options: options)
    for note in folder.notes { StandardError.note("heed: \(note)") }
    return folder
  }
}

extension Seq2SeqConfiguration.DecoderState: ExpressibleByArgument {}
extension TransformerConfiguration.Positions: ExpressibleByArgument {}
