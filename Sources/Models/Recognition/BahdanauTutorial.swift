import Layers

/// Additive attention before the step: TensorFlow's tutorial (`W1`, `W2`, `V`, `fc`, a GRU that reads
/// `[context; embedded token]` from zeros at every step), and the later form of PyTorch's (`Wa`, `Ua`, `Va`, `out`, a GRU
/// that reads `[embedded token; context]` and keeps its state).
struct BahdanauTutorial: RecognisedArchitecture {
  static func recognise(_ table: LayerTable, _ facts: RecognitionFacts) throws -> Recognition? {
    guard let attention = AdditiveParts(table) else { return nil }
    let taken = Set([attention.first, attention.second, attention.score].map(\.name))
    guard let parts = RecurrentParts(table, taken: taken), parts.isSound,
      parts.decoder[0].inputs == parts.encoderUnits + parts.targetTable.columns,
      parts.output.inputs == parts.decoderUnits
    else { return nil }
    var (c, notes) = try parts.configuration(facts)
    let (query, key, note) = try attention.roles(
      facts, queryWidth: parts.decoderUnits, keyWidth: parts.encoderUnits)
    notes += [note].compactMap { $0 }
    c.attention = .additive
    c.attentionUnits = attention.score.inputs
    c.decoderState = facts.options.decoderState ?? (parts.isTorch ? .carried : .zeros)
    if !parts.isTorch && facts.options.decoderState == nil {
      notes.append(
        "the decoder starts from zeros at every step, as the published tutorial's; --decoder-state carried if it was mended"
      )
    }
    let embedded = parts.targetTable.columns
    let torchOrder = [embedded..<(embedded + parts.encoderUnits), 0..<embedded]
    var map = parts.map(decoderInputs: parts.isTorch ? torchOrder : nil)
    map.dense("attention.query", query)
    map.dense("attention.key", key)
    map.dense("attention.score", attention.score)
    let name = parts.isTorch ? "PyTorch's tutorial, additive attention" : "TensorFlow's tutorial, additive attention"
    return Recognition(architecture: name, configuration: c, map: map, notes: notes)
  }
}

/// Two projections into one space and the vector that scores there.
struct AdditiveParts {
  var first: SavedLayer
  var second: SavedLayer
  var score: SavedLayer

  /// Nil unless there is exactly one such group.
  init?(_ table: LayerTable) {
    let linear = table.layers.filter { $0.kind == .dense || $0.isProjection }
    for score in linear where score.outputs == 1 && score.inputs > 1 {
      let parent = score.path.dropLast()
      var projections = linear.filter {
        $0.name != score.name && $0.outputs == score.inputs && $0.path.dropLast() == parent
      }
      if projections.count > 2 { projections = projections.filter(\.isNamedProjection) }
      guard projections.count == 2 else { continue }
      projections.sort { isOrdered($0.path, $1.path) }
      first = projections[0]
      second = projections[1]
      self.score = score
      return
    }
    return nil
  }

  private static let queryNames: Set<String> = [
    "w1", "wa", "w_a", "query", "w_q", "wq", "w_query", "query_layer", "decoder_projection", "w_s", "ws", "dec_proj",
  ]
  private static let keyNames: Set<String> = [
    "w2", "ua", "u_a", "key", "w_k", "wk", "w_key", "key_layer", "values", "value", "keys", "u", "w_h", "wh", "uh",
    "encoder_projection", "memory_layer", "enc_proj",
  ]

  /// Which of the two projects the query: by what a person says, the widths, or the names.
  func roles(
    _ facts: RecognitionFacts, queryWidth: Int, keyWidth: Int
  ) throws -> (query: SavedLayer, key: SavedLayer, note: String?) {
    if let name = facts.options.queryProjection {
      if first.last == name || first.name == name { return (first, second, nil) }
      if second.last == name || second.name == name { return (second, first, nil) }
      throw ModelError(
        "\(facts.file): --query-projection \(name) is no projection of the attention; there are \(first.last) and "
          + second.last)
    }
    if queryWidth != keyWidth {
      if first.inputs == queryWidth && second.inputs == keyWidth { return (first, second, nil) }
      if second.inputs == queryWidth && first.inputs == keyWidth { return (second, first, nil) }
    }
    guard first.inputs == queryWidth, second.inputs == keyWidth else {
      throw ModelError("\(facts.file): the attention's projections do not fit states of \(queryWidth) and \(keyWidth)")
    }
    let (one, other) = (first.last.lowercased(), second.last.lowercased())
    if Self.queryNames.contains(other) || Self.keyNames.contains(one) { return (second, first, nil) }
    let isSure = one == "wa" && other == "ua" || one == "query" || other.hasPrefix("key")
    let note =
      "\(first.last) is taken for the query's projection; older code has it the other way round: "
      + "--query-projection \(second.last)"
    return (first, second, isSure ? nil : note)
  }
}

extension SavedLayer {
  fileprivate var isNamedProjection: Bool {
    ["w1", "w2", "wa", "ua", "query", "key", "w", "u"].contains(last.lowercased())
  }
}
