import Layers

/// PyTorch's tutorial in its first form: `attn` weighs MAX_LENGTH positions by the embedded token and the state alone,
/// `attn_combine` joins what it brings to the embedded token.
struct CombineTutorial: RecognisedArchitecture {
  static func recognise(_ table: LayerTable, _ facts: RecognitionFacts) throws -> Recognition? {
    guard let combine = table.dense.first(where: { $0.last.lowercased().contains("combine") }),
      let attention = table.dense.first(where: {
        $0.path.dropLast() == combine.path.dropLast() && $0.name != combine.name
          && $0.last.lowercased().hasPrefix("att")
      }), let parts = RecurrentParts(table, taken: [attention.name, combine.name]), parts.isSound,
      parts.encoder.count == 1, parts.decoder.count == 1
    else { return nil }
    let embedded = parts.targetTable.columns
    guard attention.inputs == embedded + parts.decoderUnits, combine.inputs == embedded + parts.encoderUnits,
      combine.outputs == parts.decoder[0].inputs, parts.output.inputs == parts.decoderUnits
    else { return nil }
    let (recurrent, notes) = try parts.configuration(facts)
    var c = FixedAttentionConfiguration()
    try facts.describeTokens(&c, sourceRows: parts.sourceTable.rows, targetRows: parts.targetTable.rows)
    c.cell = recurrent.cell
    facts.describeSource(&c, hasStart: false)
    c.sourceEmbeddingSize = parts.sourceTable.columns
    c.targetEmbeddingSize = embedded
    c.units = parts.decoderUnits
    c.combinedWidth = combine.outputs
    c.maximumSourceLength = attention.outputs
    c.maximumTargetLength = attention.outputs
    var map = ParameterMap()
    map.table("encoder.embedding", parts.sourceTable)
    map.table("decoder.embedding", parts.targetTable)
    map.recurrent("encoder.cell.forward", parts.encoder[0])
    map.recurrent("decoder.cell", parts.decoder[0])
    map.dense("attention.score", attention)
    map.dense("attention.combine", combine)
    map.dense("output", parts.output)
    return Recognition(
      architecture: "PyTorch's tutorial, attention over \(attention.outputs) positions", configuration: c, map: map,
      notes: notes)
  }
}
