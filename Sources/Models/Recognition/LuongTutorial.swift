import Layers

/// TensorFlow's tutorial in its form of 2021: the step first, then additive attention of `W1 query` and `W2 states` with
/// Keras' `AdditiveAttention`, then `tanh(Wc [context; state])`. The two projections side by side are one matrix over
/// `[query; state]`, so it is what Luong et al. call `concat`.
struct LuongTutorial: RecognisedArchitecture {
  static func recognise(_ table: LayerTable, _ facts: RecognitionFacts) throws -> Recognition? {
    func projection(_ name: String) -> SavedLayer? {
      table.layers.first { $0.last.lowercased() == name && $0.kind == .table }
    }
    guard let scale = table.layers.first(where: { $0.kind == .vector }), let scaleName = scale["kernel"]?.name,
      let query = projection("w1"), let key = projection("w2"), let combine = projection("wc"),
      let queryName = query["kernel"]?.name, let keyName = key["kernel"]?.name, query.columns == scale.width,
      key.columns == scale.width
    else { return nil }
    let taken = Set([query, key, combine, scale].map(\.name))
    guard let parts = RecurrentParts(table, taken: taken), parts.isSound,
      parts.decoder[0].inputs == parts.targetTable.columns, query.rows == parts.decoderUnits,
      key.rows == parts.encoderUnits, combine.rows == parts.encoderUnits + parts.decoderUnits,
      combine.columns == parts.decoderUnits, parts.output.inputs == parts.decoderUnits
    else { return nil }
    var (c, notes) = try parts.configuration(facts)
    c.attention = .concat
    c.attentionUnits = scale.width
    var map = parts.map(decoderInputs: nil)
    map["attention.concat.kernel"] = .joinedRows([.stored(queryName), .stored(keyName)])
    map["attention.score.kernel"] = .reshaped(.stored(scaleName), [scale.width, 1])
    map.dense("attention.combine", combine, hasBias: false)
    return Recognition(
      architecture: "TensorFlow's tutorial of 2021, additive attention after the step", configuration: c, map: map,
      notes: notes)
  }
}
