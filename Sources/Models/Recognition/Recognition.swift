import Checkpoints

/// What a checkpoint without a configuration was recognised as.
struct Recognition {
  /// As a person would call it, e.g. `TensorFlow's tutorial (GRU, Bahdanau attention)`.
  var architecture: String
  var configuration: any ModelConfiguration
  var map: ParameterMap
  /// What was taken for granted, a line each.
  var notes: [String] = []
}

/// An architecture that is known by the names and shapes of its parameters.
protocol RecognisedArchitecture: SendableMetatype {
  /// Nil for another architecture.
  ///
  /// - Throws: `ModelError` for what the names leave open; it names the flag that settles it.
  static func recognise(_ table: LayerTable, _ facts: RecognitionFacts) throws -> Recognition?
}

extension Recognition {
  /// Tried in this order; a new one is a new file and a line here.
  static let architectures: [any RecognisedArchitecture.Type] = [
    TransformerTutorial.self, CombineTutorial.self, LuongTutorial.self, BahdanauTutorial.self,
    CrossAttentionTutorial.self, DateTranslator.self,
  ]

  /// Finds out what a checkpoint holds.
  ///
  /// - Throws: `ModelError` that says what is missing, or that there is no attention.
  init(_ tensors: [TensorInfo], _ facts: RecognitionFacts) throws {
    let table = LayerTable(tensors)
    let ignored = table.ignored
    func found(_ architecture: any RecognisedArchitecture.Type, _ table: LayerTable) throws -> Recognition? {
      var found = try architecture.recognise(table, facts)
      found?.map.isHarmless = { ignored.contains($0) }
      return found
    }
    for architecture in Self.architectures {
      if let found = try found(architecture, table) {
        self = found
        return
      }
    }
    if let ordered = OrderedTransformer.table(tensors, table),
      let found = try found(TransformerTutorial.self, ordered)
    {
      self = found
      return
    }
    throw Self.refusal(table, facts.file)
  }

  private static func refusal(_ table: LayerTable, _ file: String) -> ModelError {
    guard !table.layers.isEmpty else { return ModelError("\(file): holds no parameters of a model") }
    let count = table.layers.count == 1 ? "1 layer" : "\(table.layers.count) layers"
    guard let hint = table.layers.first(where: \.looksLikeAttention) else {
      return ModelError(
        "\(file): has no attention parameters among its \(count) (\(table.kinds)); heed inspect shows its tensors")
    }
    return ModelError(
      "\(file): '\(hint.name)' looks like attention, but its \(count) (\(table.kinds)) fit no architecture that this "
        + "version of heed knows without a configuration; heed inspect shows its tensors")
  }
}

extension SavedLayer {
  fileprivate var looksLikeAttention: Bool {
    if kind == .heads || kind == .vector { return true }
    return path.contains { part in
      let word = part.lowercased()
      return word.contains("att") || word.contains("mha") || ["w1", "w2", "wa", "ua", "wq", "wk", "wv"].contains(word)
        || word.hasPrefix("query") || word.hasPrefix("q_proj") || word.hasPrefix("in_proj")
    }
  }
}

extension LayerTable {
  /// `2 embeddings, 1 recurrent`: what there is of each kind.
  fileprivate var kinds: String {
    func count(_ name: String, _ isCounted: (SavedLayer.Kind) -> Bool) -> String? {
      let count = layers.count { isCounted($0.kind) }
      return count == 0 ? nil : "\(count) \(name)"
    }
    return [
      count("embedding or matrix") { $0 == .table },
      count("recurrent") { if case .recurrent = $0 { true } else { false } },
      count("dense") { $0 == .dense }, count("normalisation") { $0 == .norm }, count("heads") { $0 == .heads },
      count("vector") { $0 == .vector }, count("other") { $0 == .other },
    ].compactMap { $0 }.joined(separator: ", ")
  }
}
