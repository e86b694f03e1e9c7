import Autograd
import Checkpoints
import Foundation
import JSON
import Layers
import Tensors
import Text

/// A folder of CTranslate2 (OpenNMT): `model.bin`, vocabularies, and since version 6 a `config.json`. Of its
/// architectures the Transformer with encoder and decoder is read: OpenNMT's, Marian's, BART's, M2M-100's and their kin.
struct CTranslate2Folder: ForeignOpener {
  private static let weights = "model.bin"

  let path: String
  let place: OpeningPlace
  let archive: any TensorArchive
  let names: CTranslate2Names
  var config: ForeignConfiguration?

  static func recognises(_ place: OpeningPlace) -> Bool {
    guard place.modelType == nil, let path = weightsPath(place) else { return false }
    return Checkpoint.beginsAsCTranslate2(path: path)
  }

  static func open(_ place: OpeningPlace, _ options: OpeningOptions) throws -> ForeignModel {
    guard let path = weightsPath(place) else { throw ModelError("\(place.path): no folder of CTranslate2") }
    return try model(place, Checkpoint(path: path), path: path, options)
  }

  /// Whether an archive of another format, such as safetensors, holds CTranslate2's variables under their names.
  static func isHeld(in archive: any TensorArchive) -> Bool {
    CTranslate2Names(archive).holdsTransformer
  }

  /// Makes sense of CTranslate2's variables.
  ///
  /// - Throws: one line that names the file, and the flag if there is one that would help.
  static func model(
    _ place: OpeningPlace, _ archive: any TensorArchive, path: String, _ options: OpeningOptions
  ) throws -> ForeignModel {
    var folder = try CTranslate2Folder(place, archive, path)
    return try folder.model(options)
  }

  private static func weightsPath(_ place: OpeningPlace) -> String? {
    if place.isFolder { return place.has(weights) ? place.file(weights) : nil }
    return place.path.hasSuffix(".bin") ? place.path : nil
  }

  private init(_ place: OpeningPlace, _ archive: any TensorArchive, _ path: String) throws {
    self.place = place
    self.path = path
    self.archive = archive
    names = CTranslate2Names(archive)
    let file = place.file("config.json")
    config = try FileManager.default.contents(atPath: file).map { try ForeignConfiguration($0, file: file) }
  }

  private mutating func model(_ options: OpeningOptions) throws -> ForeignModel {
    try checkSpecification()
    var c = TransformerConfiguration()
    try readShapes(&c, options)
    try readFlags(&c)
    let isZeroStart = try flag("decoder/start_from_zero_embedding", default: false)
    let source = Self.filled(try pieces(.source, options.sourceVocabulary), to: c.sourceVocabularySize)
    let target = Self.filled(try pieces(.target, options.targetVocabulary), to: c.targetVocabularySize)
    try checkSize(source, .source, c.sourceVocabularySize)
    try checkSize(target, .target, c.targetVocabularySize)
    try readTokens(&c, source: source, target: target, isZeroStart: isZeroStart, options)
    let map = try parameters(&c, isZeroStart: isZeroStart)
    try config?.requireAllKnown()
    var model = ForeignModel(c, MappedParameters(archive, map))
    model.architecture = "ctranslate2"
    model.source = try tokenizer(source, .source, options.sourceVocabulary)
    model.target = try tokenizer(target, .target, options.targetVocabulary)
    if source == nil && model.source == nil {
      model.notes.append("there is no vocabulary: the source is typed as ids; --source-vocab gives its pieces")
    } else if model.source?.cutsPieces == false {
      model.notes.append("there is no tokenizer, only lists of pieces: type the source as pieces between spaces")
    }
    return model
  }

  private func checkSpecification() throws {
    let name = archive.metadata["specification"] ?? "TransformerBase"
    guard ["TransformerSpec", "TransformerBase", "TransformerBig"].contains(name) else {
      throw ModelError(
        "\(path): CTranslate2's '\(printable(name))' is no Transformer with encoder and decoder; heed inspect shows its "
          + "tensors, and the model that it was converted from may open")
    }
    let unread = ["relative", "rotary", "alibi", "linear_0_noact", "project_", "num_heads_kv", "q_norm", "head_dim"]
    if let other = names.all.first(where: { name in unread.contains { name.contains($0) } }),
      try number(other, default: 0) != 0
    {
      throw ModelError(
        "\(path): variable '\(other)' belongs to a kind of Transformer that this version does not compute")
    }
  }
}

// MARK: - What the variables say

extension CTranslate2Folder {
  /// The first number of a variable; `standard` where the file has none of this name.
  func number(_ name: String, default standard: Float) throws -> Float {
    guard let stored = names[name] else { return standard }
    let numbers = try archive.numbers(named: stored)
    return numbers.count == 1 ? numbers.elements[0] : 1
  }

  func flag(_ name: String, default standard: Bool) throws -> Bool {
    try number(name, default: standard ? 1 : 0) != 0
  }

  func shape(_ name: String) throws -> [Int] {
    guard let stored = names[name] else {
      throw ModelError("\(path): variable '\(name)' is missing; the file is no Transformer that heed knows")
    }
    let shape = try archive.info(of: stored).shape
    guard shape.count == 2 else { throw ModelError("\(path): variable '\(stored)' has shape \(shape), no matrix") }
    return shape
  }

  private func readShapes(_ c: inout TransformerConfiguration, _ options: OpeningOptions) throws {
    let source = try shape("encoder/embeddings_0/weight")
    let target = try shape("decoder/embeddings/weight")
    if names["encoder/embeddings_1/weight"] != nil {
      throw ModelError("\(path): the source has several embeddings; this version of heed computes one")
    }
    (c.sourceVocabularySize, c.targetVocabularySize) = (source[0], target[0])
    c.width = source[1]
    c.encoderLayers = names.layers("encoder")
    c.decoderLayers = names.layers("decoder")
    c.feedForwardWidth = try shape("encoder/layer_0/ffn/linear_0/weight")[0]
    // Before the number of heads was stored, it was part of the specification's name.
    let usual: Float = archive.metadata["specification"] == "TransformerBig" ? 16 : 8
    let isSaid = names["encoder/num_heads"] != nil || names["num_heads"] != nil
    guard isSaid || options.heads != nil || (archive as? Checkpoint)?.format == .ctranslate2 else {
      throw ModelError("\(path): the file does not say how many heads there are; give --heads N")
    }
    let encoder = try number("encoder/num_heads", default: number("num_heads", default: usual))
    let decoder = try number("decoder/num_heads", default: encoder)
    guard encoder == decoder, encoder > 0, encoder <= 256 else {
      throw ModelError(
        "\(path): \(encoder) heads in the encoder and \(decoder) in the decoder; heed computes one number")
    }
    c.heads = options.heads ?? Int(encoder)
  }

  /// CTranslate2's numbers of activations.
  private static let activations: [Int: Activation] = [
    0: .relu, 1: .geluTanh, 2: .swish, 3: .gelu, 4: .quickGELU, 5: .tanh, 6: .sigmoid,
  ]

  private mutating func readFlags(_ c: inout TransformerConfiguration) throws {
    let isBefore = try flag("encoder/pre_norm", default: true)
    let code = try number("encoder/activation", default: 0)
    for (name, expected) in [("pre_norm", isBefore ? 1 : 0), ("activation", code)]
    where try number("decoder/\(name)", default: expected) != expected {
      throw ModelError("\(path): \(name) of the decoder is not that of the encoder; heed computes one")
    }
    guard let activation = Int(exactly: code).flatMap({ Self.activations[$0] }) else {
      throw ModelError("\(path): activation \(code) is one that this version of heed does not compute")
    }
    c.activation = activation
    c.normalization = isBefore ? .before : .after
    c.hasFinalNorm = names["encoder/layer_norm/gamma"] != nil
    guard c.hasFinalNorm == (names["decoder/layer_norm/gamma"] != nil) else {
      throw ModelError("\(path): only one of encoder and decoder ends in a norm; heed computes both or neither")
    }
    c.hasEmbeddingNorm = names["encoder/layernorm_embedding/gamma"] != nil
    c.normEpsilon = try config?.float("layer_norm_epsilon", default: 1e-5) ?? 1e-5
    c.scalesEmbeddings = try scales("encoder", c.width)
    guard try scales("decoder", c.width) == c.scalesEmbeddings else {
      throw ModelError(
        "\(path): only one of encoder and decoder multiplies its embeddings; heed computes both or neither")
    }
  }

  /// Whether a stack multiplies its embeddings by the root of the width.
  private func scales(_ stack: String, _ width: Int) throws -> Bool {
    guard let stored = names[stack + "/scale_embeddings"] else { return true }
    let scale = try number(stack + "/scale_embeddings", default: 1)
    // A flag, or as newer files have it the factor itself.
    if !(try archive.info(of: stored).type.isFloatingPoint) { return scale != 0 }
    if scale == 1 { return false }
    guard abs(scale - Float(width).squareRoot()) < 1e-3 else {
      throw ModelError("\(path): embeddings are multiplied by \(scale), which this version of heed does not compute")
    }
    return true
  }
}
