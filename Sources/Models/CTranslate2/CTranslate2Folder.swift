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

  private let path: String
  private let place: OpeningPlace
  private let archive: Checkpoint
  private let names: CTranslate2Names
  private var config: ForeignConfiguration?

  static func recognises(_ place: OpeningPlace) -> Bool {
    guard place.modelType == nil, let path = weightsPath(place) else { return false }
    return (try? Checkpoint(path: path))?.format == .ctranslate2
  }

  static func open(_ place: OpeningPlace, _ options: OpeningOptions) throws -> ForeignModel {
    guard let path = weightsPath(place) else { throw ModelError("\(place.path): no folder of CTranslate2") }
    var folder = try CTranslate2Folder(place, path)
    return try folder.model(options)
  }

  private static func weightsPath(_ place: OpeningPlace) -> String? {
    if place.isFolder { return place.has(weights) ? place.file(weights) : nil }
    return place.path.hasSuffix(".bin") ? place.path : nil
  }

  private init(_ place: OpeningPlace, _ path: String) throws {
    self.place = place
    self.path = path
    archive = try Checkpoint(path: path)
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
    let source = Self.filled(try vocabulary(.source), to: c.sourceVocabularySize)
    let target = Self.filled(try vocabulary(.target), to: c.targetVocabularySize)
    try checkSize(source, .source, c.sourceVocabularySize)
    try checkSize(target, .target, c.targetVocabularySize)
    try readTokens(&c, source: source, target: target, isZeroStart: isZeroStart, options)
    let map = try parameters(&c, isZeroStart: isZeroStart)
    try config?.requireAllKnown()
    var model = ForeignModel(c, MappedParameters(archive, map))
    model.architecture = "ctranslate2"
    model.source = try tokenizer(source, .source, options.sourceVocabulary)
    model.target = try tokenizer(target, .target, options.targetVocabulary)
    if !place.has("source.spm") && options.sourceVocabulary == nil {
      model.notes.append("this folder has no tokenizer, only lists of pieces: type the source as pieces between spaces")
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
  private func number(_ name: String, default standard: Float) throws -> Float {
    guard let stored = names[name] else { return standard }
    let numbers = try archive.numbers(named: stored)
    return numbers.count == 1 ? numbers.elements[0] : 1
  }

  private func flag(_ name: String, default standard: Bool) throws -> Bool {
    try number(name, default: standard ? 1 : 0) != 0
  }

  private func shape(_ name: String) throws -> [Int] {
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
    let encoder = try number("encoder/num_heads", default: number("num_heads", default: usual))
    let decoder = try number("decoder/num_heads", default: encoder)
    guard encoder == decoder, encoder > 0, encoder <= 256 else {
      throw ModelError(
        "\(path): \(encoder) heads in the encoder and \(decoder) in the decoder; heed computes one number")
    }
    c.heads = options.heads ?? Int(encoder)
  }

  /// CTranslate2's numbers of activations.
  private static let activations: [Int: Activation] = [0: .relu, 1: .geluTanh, 2: .swish, 3: .gelu]

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

// MARK: - Parameters

extension CTranslate2Folder {
  /// Sinusoids for so many positions where the file sets no bound.
  private static let usualPositions = 1024

  private func parameters(_ c: inout TransformerConfiguration, isZeroStart: Bool) throws -> ParameterMap {
    var map = CTranslate2Map(archive, names)
    let (source, target, output) = (
      "encoder/embeddings_0/weight", "decoder/embeddings/weight", "decoder/projection/weight"
    )
    let (isOneTable, isOutput) = (names.areOne(source, target), names.areOne(output, target))
    c.tiedEmbeddings = isOneTable ? isOutput ? .all : .embeddings : isOutput ? .target : .none
    func table(_ name: String) throws -> ParameterRecipe {
      isZeroStart ? Self.withZeroRow(try map.numbers(name)) : try map.numbers(name)
    }
    switch c.tiedEmbeddings {
    case .all, .embeddings: map.set("embedding.weight", try table(target))
    case .target, .none:
      map.set("encoder.embedding.weight", try table(source))
      map.set("decoder.embedding.weight", try table(target))
    }
    if !isOutput { map.set("output.kernel", .transposed(try table(output))) }
    c.hasOutputBias = true
    map.set("output.bias", try outputBias(map, c.targetVocabularySize, isZeroStart: isZeroStart))
    if isZeroStart {
      c.sourceVocabularySize += 1
      c.targetVocabularySize += 1
      c.hasSpareRows = true
    }
    try positions(&map, &c)
    for (stack, count) in [("encoder", c.encoderLayers), ("decoder", c.decoderLayers)] {
      for layer in 0..<count {
        try map.layer(
          "\(stack).layers.\(layer)", "\(stack)/layer_\(layer)", width: c.width, isDecoder: stack == "decoder")
      }
      if c.hasFinalNorm { try map.norm("\(stack).norm", "\(stack)/layer_norm") }
      if c.hasEmbeddingNorm { try map.norm("\(stack).embedding_norm", "\(stack)/layernorm_embedding") }
    }
    var result = map.map
    result.isHarmless = Self.isHarmless(names)
    return result
  }

  private func positions(_ map: inout CTranslate2Map, _ c: inout TransformerConfiguration) throws {
    c.positions = .learned
    for stack in ["encoder", "decoder"] {
      let name = stack + "/position_encodings/encodings"
      let count: Int
      if names[name] != nil {
        count = try shape(name)[0]
        try map.set(stack + ".positions.weight", name)
      } else {
        count = Self.usualPositions
        let width = c.width
        map.set(
          stack + ".positions.weight",
          .computed(from: []) { _ in CTranslate2Map.sinusoids(Self.usualPositions, width: width) })
      }
      if stack == "encoder" { c.maximumSourceLength = count } else { c.maximumTargetLength = count }
    }
  }

  /// A decoder that starts from nothing starts, with us, from a token of its own whose row is zero.
  private static func withZeroRow(_ table: ParameterRecipe) -> ParameterRecipe {
    .computed(from: table.names) { archive in
      let matrix = try table.find(in: archive, wanted: []).matrix
      return Tensor(
        [matrix.rows + 1, matrix.columns], matrix.tensor().elements + [Float](repeating: 0, count: matrix.columns))
    }
  }

  /// The token that stands for nothing must never be produced: its logit is as low as a number that stays finite.
  private func outputBias(_ map: CTranslate2Map, _ count: Int, isZeroStart: Bool) throws -> ParameterRecipe {
    let hasBias = names["decoder/projection/bias"] != nil
    let bias = hasBias ? try map.numbers("decoder/projection/bias") : .constant(0)
    guard isZeroStart else { return bias }
    return .computed(from: bias.names) { archive in
      let found = try bias.find(in: archive, wanted: [count]).matrix.tensor()
      return Tensor([found.count + 1], found.elements + [-1e9])
    }
  }

  /// Variables that say what has been read by other means, or serve what heed does not do.
  private static func isHarmless(_ names: CTranslate2Names) -> @Sendable (String) -> Bool {
    let words = [
      "num_heads", "pre_norm", "activation", "scale_embeddings", "start_from_zero_embedding", "embeddings_merge",
      "alignment_layer", "alignment_heads", "alibi", "alibi_use_positive_positions", "scale_alibi", "with_source_bos",
      "with_source_eos", "multi_query_attention", "with_target_bos", "user_decoder_start_tokens",
      "with_relative_position",
    ]
    let harmless = Set(
      names.all.filter { name in words.contains { name == $0 || name.hasSuffix("/" + $0) } }
        .compactMap { names[$0] })
    // Twins of what was read under another name.
    let twins = Set(
      ["decoder/projection/weight", "decoder/embeddings/weight", "encoder/embeddings_0/weight"]
        .flatMap { [$0, $0 + "_scale"] }.compactMap { names[$0] })
    return { harmless.contains($0) || twins.contains($0) }
  }
}

// MARK: - Tokens

extension CTranslate2Folder {
  /// The pieces of one side in the order of their ids; nil where the folder has no list.
  private func vocabulary(_ side: Tokenizer.Side) throws -> [String]? {
    for stem in ["\(side.rawValue)_vocabulary", "shared_vocabulary"] {
      if place.has(stem + ".json") { return try Tokenizer.pieces(jsonList: URL(filePath: place.file(stem + ".json"))) }
      if place.has(stem + ".txt") { return try Tokenizer.pieces(lines: URL(filePath: place.file(stem + ".txt"))) }
    }
    return nil
  }

  /// OpenNMT-tf keeps one row behind its list for what is not known.
  private static func filled(_ pieces: [String]?, to size: Int) -> [String]? {
    guard let pieces, pieces.count == size - 1, !pieces.contains("<unk>") else { return pieces }
    return pieces + ["<unk>"]
  }

  private func checkSize(_ pieces: [String]?, _ side: Tokenizer.Side, _ size: Int) throws {
    guard let pieces, pieces.count != size else { return }
    throw ModelError(
      "\(place.folder.path): the \(side.rawValue) vocabulary has \(pieces.count) pieces, but \(path) embeds \(size)")
  }

  private mutating func readTokens(
    _ c: inout TransformerConfiguration, source: [String]?, target: [String]?, isZeroStart: Bool,
    _ options: OpeningOptions
  ) throws {
    func id(_ key: String, _ names: [String]) throws -> Int? {
      let said = try config?.string(key)
      guard let target else { return nil }
      if let said, let id = target.firstIndex(of: said) { return id }
      return names.lazy.compactMap { target.firstIndex(of: $0) }.first
    }
    let start = try id("bos_token", ["<s>", "<bos>"])
    let end = try id("eos_token", ["</s>", "<eos>"])
    let unknown = try id("unk_token", ["<unk>", "<blank>"])
    let decoderStart = try id("decoder_start_token", []) ?? start
    c.unknownID = unknown ?? 0
    guard let endID = options.endID ?? end else {
      throw ModelError("\(place.path): its vocabulary names no end token; give it as --end-id")
    }
    c.endID = endID
    c.padID = target?.firstIndex { ["<pad>", "<blank>"].contains($0) } ?? c.endID
    if isZeroStart {
      c.startID = c.targetVocabularySize
    } else if let startID = options.startID ?? decoderStart {
      c.startID = startID
    } else {
      throw ModelError("\(place.path): its vocabulary names no start token; give it as --start-id")
    }
    c.sourceHasStart = try config?.bool("add_source_bos") ?? flag("with_source_bos", default: false)
    // Of models converted from Transformers the tokenizer adds the end.
    let isConverted = isZeroStart || place.has("source.spm")
    c.sourceHasEnd = try config?.bool("add_source_eos") ?? flag("with_source_eos", default: false) || isConverted
    config?.ignore(["multi_query_attention"])
  }

  private func tokenizer(
    _ pieces: [String]?, _ side: Tokenizer.Side, _ given: String?
  ) throws -> Tokenizer? {
    if let given { return try Tokenizer(contentsOf: URL(filePath: given)) }
    guard let pieces else { return nil }
    let model = place.file("\(side.rawValue).spm")
    let sentencePiece = place.has("\(side.rawValue).spm") ? URL(filePath: model) : nil
    return try Tokenizer.pieces(pieces, cutBy: sentencePiece, name: place.folder.path)
  }
}
