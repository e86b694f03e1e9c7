import Layers

/// The date translator of a course: a bidirectional LSTM over letters, the decoder's state repeated beside each of its
/// states, `tanh` and `relu` layers that score, and an LSTM that reads the context alone.
struct DateTranslator: RecognisedArchitecture {
  static func recognise(_ table: LayerTable, _ facts: RecognitionFacts) throws -> Recognition? {
    let cells = table.recurrent.filter { $0.kind == .recurrent(.lstm) }
    guard cells.count == 3, let forward = cells.first(where: { $0.mentions("forward") }),
      let backward = cells.first(where: { $0.mentions("backward") }),
      let decoder = cells.first(where: { !$0.mentions("forward", "backward") }), forward.units == backward.units,
      forward.inputs == backward.inputs, table.dense.count == 3,
      let energy = table.dense.first(where: { $0.outputs == 1 }),
      let hidden = table.dense.first(where: {
        $0.outputs == energy.inputs && $0.inputs == 2 * forward.units + decoder.units
      }), let output = table.dense.first(where: { ![energy.name, hidden.name].contains($0.name) }),
      output.inputs == decoder.units, decoder.inputs == 2 * forward.units
    else { return nil }
    var c = RepeatAttentionConfiguration()
    guard let length = facts.options.sourceLength ?? facts.sourceLength else {
      throw facts.missing("how many letters a source is filled up to (Tx)", "--source-length 30")
    }
    guard let steps = facts.options.targetLength ?? facts.targetLength else {
      throw facts.missing("how many letters a target has (Ty)", "--target-length 10")
    }
    c.sourceVocabularySize = forward.inputs
    c.targetVocabularySize = output.outputs
    c.padID = facts.source?.padID ?? 0
    c.unknownID = facts.target?.unknownID ?? 0
    c.encoderUnits = forward.units
    c.decoderUnits = decoder.units
    c.attentionUnits = hidden.outputs
    c.maximumSourceLength = length
    c.maximumTargetLength = steps
    let gates = try facts.gates(.lstm)
    c.gateActivation = gates.activation
    var map = ParameterMap()
    map.recurrent("encoder.forward", forward)
    map.recurrent("encoder.backward", backward)
    map.recurrent("decoder.cell", decoder)
    map.dense("attention.hidden", hidden)
    map.dense("attention.energy", energy)
    map.dense("output", output)
    return Recognition(
      architecture: "date translator, repeated state", configuration: c, map: map,
      notes: [gates.note].compactMap { $0 })
  }
}
