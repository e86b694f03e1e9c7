import Checkpoints
import Layers
import Text

/// What is known beside names and shapes: what a person said, the vocabularies, and who wrote the file.
struct RecognitionFacts {
  /// Errors name it.
  var file: String
  var options = OpeningOptions()
  var source: Tokenizer?
  var target: Tokenizer?
  /// Of the file's metadata, e.g. `2.2.4-tf`.
  var kerasVersion: String?
  /// Longest source and target, where a configuration says so.
  var sourceLength: Int?
  var targetLength: Int?

  /// An error for what only a person can say.
  func missing(_ what: String, _ flag: String) -> ModelError {
    ModelError("\(file): the file does not say \(what); give \(flag)")
  }

  func startID() throws -> Int {
    guard let id = options.startID ?? target?.startID else {
      throw missing("which token a target begins with", "--start-id N, or the words with --target-vocab FILE")
    }
    return id
  }

  func endID() throws -> Int {
    guard let id = options.endID ?? target?.endID else {
      throw missing("which token ends a target", "--end-id N, or the words with --target-vocab FILE")
    }
    return id
  }

  /// How gates are squashed, where the file does not say: what Keras' version did, or what a person says.
  ///
  /// - Parameter resetsFirst: a GRU that only Keras before TensorFlow 2 made unless it was asked to.
  func gates(_ cell: SavedLayer.CellKindName) throws -> (activation: GateActivation, note: String?) {
    let isKeras3 = kerasVersion?.hasPrefix("3") == true
    if let isHard = options.isHardSigmoid {
      return (isHard ? (isKeras3 ? .hardSigmoid6 : .hardSigmoid) : .sigmoid, nil)
    }
    if let version = kerasVersion {
      let numbers = version.split(separator: ".").compactMap { Int($0.prefix { $0.isNumber }) }
      let isOld = !version.hasSuffix("-tf") && numbers.count >= 2 && (numbers[0], numbers[1]) < (2, 3)
      return (isOld ? .hardSigmoid : .sigmoid, isOld ? "Keras \(version) squashes gates with hard_sigmoid" : nil)
    }
    if cell == .gru(resetAfter: false) {
      throw missing(
        "whether its gates are sigmoids, as in TensorFlow 2, or hard sigmoids, as in Keras before 2.3",
        "--no-hard-sigmoid or --hard-sigmoid")
    }
    return (.sigmoid, nil)
  }

  /// Whether a GRU resets its state after the product, where no bias says so by its shape: as a person says, or as it was
  /// taken for.
  func resetsAfter(_ found: Bool, isKnown: Bool) -> Bool { isKnown ? found : options.resetsAfter ?? found }

  /// Puts what every recurrent or Transformer model has to know of its tokens into a configuration.
  func describeTokens<Configuration: ModelConfiguration>(
    _ configuration: inout Configuration, sourceRows: Int, targetRows: Int
  ) throws {
    configuration.sourceVocabularySize = sourceRows
    configuration.targetVocabularySize = targetRows
    configuration.startID = try startID()
    configuration.endID = try endID()
    configuration.padID = source?.padID ?? 0
    let smaller = min(sourceRows, targetRows)
    configuration.unknownID = target?.unknownID.flatMap { $0 < smaller ? $0 : nil } ?? 0
    for (flag, id) in [("--start-id", configuration.startID), ("--end-id", configuration.endID)]
    where id < 0 || id >= targetRows {
      throw ModelError("\(file): \(flag) \(id) is outside the target vocabulary of \(targetRows) tokens")
    }
  }

  /// What stands around a typed source: the start and the end token of its words, if they have such.
  func describeSource<Configuration: ModelConfiguration>(_ configuration: inout Configuration, hasStart: Bool) {
    if let start = source?.startID, hasStart {
      configuration.sourceHasStart = start == configuration.startID
      if !configuration.sourceHasStart { configuration.affixes.sourcePrefix = [start] }
    } else {
      configuration.sourceHasStart = false
    }
    if let end = source?.endID {
      configuration.sourceHasEnd = end == configuration.endID
      if !configuration.sourceHasEnd { configuration.affixes.sourceSuffix = [end] }
    } else {
      configuration.sourceHasEnd = false
    }
  }
}
