/// The four projections of one attention with several heads.
struct AttentionUnit {
  /// Of the object that holds them.
  var path: [String]
  var query: SavedLayer
  var key: SavedLayer
  var value: SavedLayer
  var output: SavedLayer

  /// Keras' `MultiHeadAttention`, whose kernels say how many heads there are; else matrices, which do not.
  var hasHeads: Bool { query.kind == .heads }
  /// Heads and width of a key, where the kernels say so.
  var heads: Int? { hasHeads ? query["kernel"]?.shape[1] : nil }
  var keyWidth: Int? { hasHeads ? query["kernel"]?.shape[2] : nil }
  var valueWidth: Int? { hasHeads ? value["kernel"]?.shape[2] : nil }
  var names: [String] { [query, key, value, output].map(\.name) }

  /// What the projections are called, by whom.
  private static let spellings: [(query: String, key: String, value: String, output: [String])] = [
    ("wq", "wk", "wv", ["dense", "wo", "out", "fc"]),
    ("query_dense", "key_dense", "value_dense", ["output_dense"]),
    ("query", "key", "value", ["attention_output", "dense", "output", "out", "combine_heads"]),
    ("query_dense", "key_dense", "value_dense", ["dense", "combine_heads", "out"]),
  ]

  static func all(in table: LayerTable) -> [AttentionUnit] { all(in: table.layers) }

  static func all(in layers: [SavedLayer]) -> [AttentionUnit] {
    let layers = layers.filter { $0.kind == .dense || $0.kind == .heads }
    let parents = Dictionary(grouping: layers) { Array($0.path.dropLast()) }
    return parents.compactMap { AttentionUnit($0, $1) }.sorted { isOrdered($0.path, $1.path) }
  }

  private init?(_ path: [String], _ layers: [SavedLayer]) {
    func layer(_ name: String) -> SavedLayer? { layers.first { $0.last.lowercased() == name } }
    for spelling in Self.spellings {
      guard let query = layer(spelling.query), let key = layer(spelling.key), let value = layer(spelling.value),
        let output = spelling.output.lazy.compactMap(layer).first, Self.areAlike([query, key, value, output])
      else { continue }
      self.path = path
      (self.query, self.key, self.value, self.output) = (query, key, value, output)
      return
    }
    return nil
  }

  private static func areAlike(_ layers: [SavedLayer]) -> Bool {
    layers.allSatisfy { $0.kind == layers[0].kind && $0["kernel"] != nil }
  }

  /// Width of the rows that ask, and of those that are looked at.
  var queryInput: Int { hasHeads ? query["kernel"]?.shape[0] ?? 0 : query.inputs }
  var keyInput: Int { hasHeads ? key["kernel"]?.shape[0] ?? 0 : key.inputs }
  /// All heads' keys side by side.
  var projectedWidth: Int {
    guard hasHeads, let shape = query["kernel"]?.shape else { return query.outputs }
    return shape[1] * shape[2]
  }
}

extension ParameterMap {
  /// The projections of an attention, heads side by side.
  mutating func attention(_ ours: String, _ unit: AttentionUnit) {
    guard unit.hasHeads else {
      dense(ours + ".query", unit.query)
      dense(ours + ".key", unit.key)
      dense(ours + ".value", unit.value)
      dense(ours + ".output", unit.output)
      return
    }
    for (name, layer) in [("query", unit.query), ("key", unit.key), ("value", unit.value)] {
      guard let kernel = layer["kernel"], kernel.shape.count == 3 else { continue }
      let width = kernel.shape[1] * kernel.shape[2]
      self["\(ours).\(name).kernel"] = .reshaped(.stored(kernel.name), [kernel.shape[0], width])
      self["\(ours).\(name).bias"] = layer["bias"].map { .reshaped(.stored($0.name), [width]) } ?? .constant(0)
    }
    guard let kernel = unit.output["kernel"], kernel.shape.count == 3 else { return }
    self["\(ours).output.kernel"] = .reshaped(
      .stored(kernel.name), [kernel.shape[0] * kernel.shape[1], kernel.shape[2]])
    self["\(ours).output.bias"] = unit.output["bias"].map { .stored($0.name) } ?? .constant(0)
  }
}
