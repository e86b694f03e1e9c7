import Layers

/// TensorFlow's Transformer tutorial: in its older form `mha.wq`, `wk`, `wv` and `dense`, `ffn`, `layernorm1` and so on;
/// in the newer one Keras' `MultiHeadAttention` and a norm inside each part.
///
/// The forms differ in what no file says: the older has positions interleaved and an epsilon of 1e-6, the newer sines
/// beside cosines and Keras' own epsilon of 1e-3.
struct TransformerTutorial: RecognisedArchitecture {
  static func recognise(_ table: LayerTable, _ facts: RecognitionFacts) throws -> Recognition? {
    let units = AttentionUnit.all(in: table)
    guard let first = units.first else { return nil }
    let blocks = TransformerPart.all(units, in: table)
    let encoder = blocks.filter { $0.side == .encoder }
    let decoder = blocks.filter { $0.side == .decoder }
    guard !encoder.isEmpty, !decoder.isEmpty, encoder.count + decoder.count == blocks.count,
      encoder.allSatisfy({ $0.units.count == 1 && $0.norms.count == 2 }),
      decoder.allSatisfy({ $0.units.count == 2 && $0.norms.count == 3 }), blocks.allSatisfy({ $0.dense.count == 2 })
    else { return nil }
    let taken = Set(blocks.flatMap(\.names))
    let free = table.layers.filter { !taken.contains($0.name) }
    let tables = free.filter { $0.kind == .table }
    // A form of 2021 called the encoder `tokenizer`.
    guard let source = tables.first(where: { $0.side == .encoder }) ?? tables.first(where: { $0.side == nil }),
      let target = tables.first(where: { $0.side == .decoder }),
      let output = free.last(where: { $0.kind == .dense && $0.outputs == target.rows }),
      free.count == 3, source.columns == first.queryInput
    else { return nil }
    var c = try configuration(first, facts, width: source.columns)
    try facts.describeTokens(&c, sourceRows: source.rows, targetRows: target.rows)
    c.encoderLayers = encoder.count
    c.decoderLayers = decoder.count
    c.feedForwardWidth = encoder[0].dense[0].outputs
    facts.describeSource(&c, hasStart: true)
    var map = ParameterMap()
    map.table("encoder.embedding", source)
    map.table("decoder.embedding", target)
    map.dense("output", output)
    for (number, part) in encoder.enumerated() { part.map("encoder.layers.\(number)", &map) }
    for (number, part) in decoder.enumerated() { part.map("decoder.layers.\(number)", &map) }
    let positions = c.positions == .interleaved ? "interleaved" : "sinusoidal"
    return Recognition(
      architecture: first.hasHeads
        ? "TensorFlow's Transformer tutorial" : "TensorFlow's Transformer tutorial, older form",
      configuration: c, map: map,
      notes: facts.options.positions == nil
        ? ["positions are \(positions), as in that form of the tutorial; --positions says otherwise"] : [])
  }

  private static func configuration(
    _ unit: AttentionUnit, _ facts: RecognitionFacts, width: Int
  ) throws -> TransformerConfiguration {
    var c = TransformerConfiguration()
    c.width = width
    if let heads = unit.heads {
      if let given = facts.options.heads, given != heads {
        throw ModelError("\(facts.file): --heads \(given), but its kernels are of \(heads) heads")
      }
      c.heads = heads
      c.keyWidth = unit.keyWidth
      c.valueWidth = unit.valueWidth
    } else {
      guard let heads = facts.options.heads else {
        throw facts.missing("how many heads share its width of \(width)", "--heads 8 or as many as there are")
      }
      guard heads > 0, unit.projectedWidth.isMultiple(of: heads) else {
        throw ModelError("\(facts.file): --heads \(heads) does not divide its width of \(unit.projectedWidth)")
      }
      c.heads = heads
      c.keyWidth = unit.projectedWidth / heads
      c.valueWidth = unit.value.outputs / heads
    }
    c.activation = .relu
    c.normalization = .after
    c.hasFinalNorm = false
    c.normEpsilon = unit.hasHeads ? 1e-3 : 1e-6
    c.positions = facts.options.positions ?? (unit.hasHeads ? .sinusoidal : .interleaved)
    c.tiedEmbeddings = .none
    return c
  }
}

/// One layer of a Transformer's encoder or decoder.
struct TransformerPart {
  var path: [String]
  /// Self-attention, then cross-attention.
  var units: [AttentionUnit]
  /// Of the feed-forward part, in order.
  var dense: [SavedLayer]
  /// Of self-attention, cross-attention and the feed-forward part.
  var norms: [SavedLayer]

  var side: SavedLayer.Side? { SavedLayer(path: path, kind: .other, tensors: [:]).side }
  var names: [String] { units.flatMap(\.names) + (dense + norms).map(\.name) }

  /// Attentions that lie in one object belong together.
  static func all(_ units: [AttentionUnit], in table: LayerTable) -> [TransformerPart] {
    let paths = units.map { place($0.path) }
    var parts: [TransformerPart] = []
    for path in paths where !parts.contains(where: { $0.path == path }) {
      let mine = zip(units, paths).filter { $0.1 == path }.map(\.0)
      let taken = Set(mine.flatMap(\.names))
      let inside = table.layers.filter { $0.path.starts(with: path) && !taken.contains($0.name) }
        .sorted { isOrdered($0.path, $1.path) }
      parts.append(
        TransformerPart(
          path: path, units: mine.sorted { $0.rank < $1.rank }, dense: inside.filter { $0.kind == .dense },
          norms: inside.filter { $0.kind == .norm }.sorted { $0.normRank < $1.normRank }))
    }
    return parts.sorted { isOrdered($0.path, $1.path) }
  }

  /// Up to the number in a list of layers, or the object behind the list's name.
  private static func place(_ path: [String]) -> [String] {
    if let list = path.firstIndex(where: { $0.lowercased().hasSuffix("layers") && $0.lowercased() != "layers" }),
      list + 1 < path.count
    {
      return Array(path[...(list + 1)])
    }
    if let number = path.firstIndex(where: { Int($0) != nil }) { return Array(path[...number]) }
    return Array(path.dropLast())
  }

  /// Tells where our parameters of this layer are.
  func map(_ ours: String, _ map: inout ParameterMap) {
    map.attention(ours + ".attention", units[0])
    map.norm(ours + ".attention_norm", norms[0])
    if units.count > 1 {
      map.attention(ours + ".cross_attention", units[1])
      map.norm(ours + ".cross_attention_norm", norms[1])
    }
    map.dense(ours + ".feed_forward.inner", dense[0])
    map.dense(ours + ".feed_forward.outer", dense[1])
    if let last = norms.last { map.norm(ours + ".feed_forward_norm", last) }
  }
}

extension AttentionUnit {
  /// Self-attention comes first, whatever the alphabet says; `mha1` and `mha2` stand in order already.
  fileprivate var rank: Int { path.contains { $0.lowercased().contains("cross") } ? 1 : 0 }
}

extension SavedLayer {
  /// The norm of self-attention, of cross-attention, of the feed-forward part.
  fileprivate var normRank: Int {
    let words = path.map { $0.lowercased() }
    if words.contains(where: { $0.contains("cross") }) { return 1 }
    if words.contains(where: { $0.hasPrefix("ffn") || $0.hasPrefix("feed") }) { return 2 }
    if words.contains(where: { $0.contains("self") || $0.contains("causal") }) { return 0 }
    // Numbered norms of the older form stand in order: the sort is stable.
    return 1
  }
}
