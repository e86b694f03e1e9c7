import Autograd
import Layers
import Tensors
import Traces

/// Embedded tokens through Transformer blocks: an encoder, or a decoder whose rows look no further than themselves.
struct TransformerStack {
  /// Nil for an encoder that hears.
  let embedding: Weight?
  private let stem: SoundStem?
  private let site: Site
  private let scale: Float?
  private let positions: Positions?
  private let relative: RelativePositions?
  private let embeddingNorm: LayerNorm?
  private let blocks: [TransformerBlock]
  private let norm: LayerNorm?

  /// Parameters under `layers.0` and so on, `positions` if they are learned, `relative_positions`, `embedding_norm` and
  /// `norm` for the norms before and after the layers, and for an encoder that hears `stem`.
  ///
  /// - Parameter embedding: `[vocabulary, D]`; nil for an encoder that hears.
  init(
    _ source: inout some ParameterSource, _ c: TransformerConfiguration, _ site: Site, layers: Int, embedding: Weight?
  ) throws {
    self.embedding = embedding
    stem = try c.soundFilters.flatMap { filters in
      site != .encoder ? nil : try source.scoped("stem") { try SoundStem(&$0, filters: filters, width: c.width) }
    }
    self.site = site
    scale = c.scalesEmbeddings ? Float(c.width).squareRoot() : nil
    positions = try PositionKind(rawValue: c.positions.rawValue).map { kind in
      try source.scoped("positions") {
        try Positions(&$0, kind, width: c.width, limit: c.positionLimit(site), offset: c.positionOffset)
      }
    }
    relative = try c.relativeBuckets.map { buckets in
      try source.scoped("relative_positions") {
        try RelativePositions(
          &$0, buckets: buckets, heads: c.heads(at: site), farthest: c.relativeDistance, looksAhead: site == .encoder)
      }
    }
    func norm(_ source: inout some ParameterSource) throws -> LayerNorm {
      try LayerNorm(&source, width: c.width, epsilon: c.normEpsilon, isCentred: c.hasCentredNorms)
    }
    embeddingNorm = c.hasEmbeddingNorm ? try source.scoped("embedding_norm") { try norm(&$0) } : nil
    blocks = try (0..<layers).map { layer in
      var block = c.block(site, layer: layer)
      block.memoryWidth = site == .decoder && c.kind == .encoderDecoder ? c.width : nil
      return try source.scoped("layers.\(layer)") { try TransformerBlock(&$0, block) }
    }
    self.norm = c.hasFinalNorm ? try source.scoped("norm") { try norm(&$0) } : nil
  }

  var layers: Int { blocks.count }

  /// Whole sentences at once, packed: `[N, D]`.
  ///
  /// - Parameter cross: for each layer, in a decoder with an encoder.
  func callAsFunction(
    _ sentences: [[Int]], _ packing: Packing, cross: [TransformerBlock.Cross] = [], _ context: inout ForwardContext
  ) -> Variable {
    run(embed(sentences, packing, from: nil, &context), packing, cross: cross, &context)
  }

  /// A spectrogram `[frames, filters]` that an encoder hears: `[positions, D]`.
  ///
  /// - Precondition: the encoder hears, and has so many positions.
  func callAsFunction(hearing spectrogram: Tensor, _ context: inout ForwardContext) -> Variable {
    precondition(stem != nil, "this encoder reads tokens")
    let x = stem?(spectrogram) ?? Variable(spectrogram)
    let packing = Packing([x.shape.rows])
    return run(placed(x, packing, from: nil, &context), packing, cross: [], &context)
  }

  private func run(
    _ embedded: Variable, _ packing: Packing, cross: [TransformerBlock.Cross], _ context: inout ForwardContext
  ) -> Variable {
    var x = embedded
    let bias = relative?(packing)
    for (layer, block) in blocks.enumerated() {
      x = block(
        x, packing, mask: site == .decoder ? .causal : .none, bias: bias, cross: cross.isEmpty ? nil : cross[layer],
        at: AttentionSite(site, layer: layer), &context)
    }
    return norm.map { $0(x) } ?? x
  }

  /// The next tokens of sentences whose earlier ones lie in `past`: the same rows as of the whole sentences.
  func callAsFunction(
    _ sentences: [[Int]], continuing past: inout DecoderPast, _ context: inout ForwardContext
  ) -> Variable {
    let packing = Packing(sentences.map(\.count))
    var x = embed(sentences, packing, from: past.lengths, &context)
    let bias = relative?(packing, from: past.lengths)
    for (layer, block) in blocks.enumerated() {
      x = block(
        x, packing, continuing: &past.stores[layer], bias: bias, cross: past.cross.isEmpty ? nil : past.cross[layer],
        at: AttentionSite(site, layer: layer), &context)
    }
    return norm.map { $0(x) } ?? x
  }

  /// How queries and keys are compared in one of its layers, or in the cross-attention of one; nil for a layer that
  /// there is not.
  func mechanism(at site: AttentionSite) -> AttentionWorking.Mechanism? {
    guard blocks.indices.contains(site.layer) else { return nil }
    let block = blocks[site.layer]
    return (site.site == .cross ? block.crossAttention : block.attention)?.mechanism
  }

  /// What decoding starts from.
  ///
  /// - Parameter states: the encoder's, packed; nil for a language model.
  func past(sentences: Int, states: Variable?, _ packing: Packing) -> DecoderPast {
    DecoderPast(
      stores: blocks.map { block in (0..<sentences).map { _ in block.attention.emptyStore() } },
      cross: states.map { crossMemories($0, packing) } ?? [])
  }

  /// The encoder's states as each layer's cross-attention reads them.
  func crossMemories(_ states: Variable, _ packing: Packing) -> [TransformerBlock.Cross] {
    blocks.compactMap { $0.crossMemory(states, packing) }
  }

  private func embed(
    _ sentences: [[Int]], _ packing: Packing, from offsets: [Int]?, _ context: inout ForwardContext
  ) -> Variable {
    guard let embedding else { preconditionFailure("this encoder hears; it reads no tokens") }
    let x = embedding.gather(sentences.flatMap { $0 })
    return placed(scale.map { x * $0 } ?? x, packing, from: offsets, &context)
  }

  /// With what tells where each row stands.
  private func placed(
    _ x: Variable, _ packing: Packing, from offsets: [Int]?, _ context: inout ForwardContext
  ) -> Variable {
    let x = positions.map { x + $0(packing, from: offsets) } ?? x
    return context.dropout(embeddingNorm.map { $0(x) } ?? x)
  }
}

/// What a decoder keeps of the sentences that it is decoding: a value, so that an earlier one is an earlier state.
struct DecoderPast {
  /// Keys and values of self-attention, by layer and sentence.
  var stores: [[KeyValueStore]]
  /// The encoder's, by layer; empty for a language model.
  var cross: [TransformerBlock.Cross]

  /// How many tokens of each sentence have been read.
  var lengths: [Int] { stores.first?.map(\.count) ?? [] }

  /// Some of the sentences, in any order.
  func sentences(_ indices: [Int]) -> DecoderPast {
    DecoderPast(
      stores: stores.map { layer in indices.map { layer[$0] } },
      cross: cross.map { TransformerBlock.Cross($0.memory.sentences(indices), mask: $0.mask) })
  }
}
