import Checkpoints
import Tensors

// Which of CTranslate2's variables are which of our parameters.

extension CTranslate2Folder {
  /// Sinusoids for so many positions where the file sets no bound.
  private static let usualPositions = 1024

  func parameters(_ c: inout TransformerConfiguration, isZeroStart: Bool) throws -> ParameterMap {
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
