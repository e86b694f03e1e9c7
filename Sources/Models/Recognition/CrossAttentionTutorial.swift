import JSON
import Layers

/// TensorFlow's tutorial in its form since 2022: both directions of a recurrent encoder added up, a decoder that begins
/// from zeros and keeps its state, Keras' `MultiHeadAttention` from its outputs to the encoder's, a norm over their sum,
/// and a dense layer over words.
///
/// It is told as a functional Keras model, which is what it computes.
struct CrossAttentionTutorial: RecognisedArchitecture {
  private let sourceTable: SavedLayer
  private let targetTable: SavedLayer
  /// One direction, or forward and backward.
  private let encoder: [SavedLayer]
  private let decoder: SavedLayer
  private let attention: AttentionUnit
  private let attentionLayers: [SavedLayer]
  private let norm: SavedLayer
  private let output: SavedLayer

  static func recognise(_ table: LayerTable, _ facts: RecognitionFacts) throws -> Recognition? {
    guard let parts = CrossAttentionTutorial(table), parts.isSound else { return nil }
    var c = KerasConfiguration()
    try facts.describeTokens(&c, sourceRows: parts.sourceTable.rows, targetRows: parts.targetTable.rows)
    facts.describeSource(&c, hasStart: true)
    c.paddedSourceLength = facts.options.sourceLength
    var notes: [String] = []
    if parts.encoder.count == 2, parts.merge == "sum" {
      notes.append("the encoder's two directions are added, as in the tutorial; files do not say")
    }
    let gates = try parts.gates(facts)
    notes += [gates.note].compactMap { $0 }
    c.kerasVersion = gates.activation == .hardSigmoid6 ? 3 : 2
    let json = parts.graph(isHard: gates.activation != .sigmoid, facts)
    c.graph = String(decoding: JSONWriter.write(json, style: .line), as: UTF8.self)
    let weights = KerasWeights(try KerasGraph(json, file: facts.file), saved: parts.saved)
    c.sizes = weights.sizes
    return Recognition(
      architecture: "TensorFlow's tutorial since 2022, cross-attention after the step", configuration: c,
      map: weights.map, notes: notes)
  }

  /// Nil for other layers than these, or more.
  private init?(_ table: LayerTable) {
    let units = AttentionUnit.all(in: table)
    guard units.count == 1, units[0].hasHeads else { return nil }
    let taken = Set(units[0].names)
    let free = table.layers.filter { !taken.contains($0.name) }
    let cells = free.filter { if case .recurrent = $0.kind { true } else { false } }
    let encoder = cells.filter { $0.side == .encoder }.sorted { isOrdered($0.path, $1.path) }
    let decoder = cells.filter { $0.side == .decoder }
    let tables = free.filter { $0.kind == .table }
    guard (1...2).contains(encoder.count), decoder.count == 1, tables.count == 2,
      let source = tables.first(where: { $0.side == .encoder }),
      let target = tables.first(where: { $0.side == .decoder }), let norm = free.first(where: { $0.kind == .norm }),
      let output = free.first(where: { $0.kind == .dense }), free.count == encoder.count + 5
    else { return nil }
    (sourceTable, targetTable, self.encoder, self.decoder) = (source, target, encoder, decoder[0])
    (attention, self.norm, self.output) = (units[0], norm, output)
    attentionLayers = table.layers.filter { taken.contains($0.name) }
  }

  private var units: Int { encoder[0].units }
  /// How both directions are put together: the width that attention reads says so.
  private var merge: String { attention.keyInput == 2 * units ? "concat" : "sum" }

  private var isSound: Bool {
    let directions = encoder.count == 1 || encoder.contains { $0.mentions("backward") }
    let width = encoder.count == 2 && merge == "concat" ? 2 * units : units
    return directions && encoder.allSatisfy { $0.units == units && $0.inputs == sourceTable.columns }
      && decoder.inputs == targetTable.columns && attention.keyInput == width
      && attention.queryInput == decoder.units && norm.width == decoder.units && output.inputs == decoder.units
      && output.outputs == targetTable.rows
  }

  private func gates(_ facts: RecognitionFacts) throws -> (activation: GateActivation, note: String?) {
    guard case .recurrent(let cell) = decoder.kind else { return (.sigmoid, nil) }
    return try facts.gates(cell)
  }

  private var saved: [String: [SavedLayer]] {
    [
      "source_embedding": [sourceTable], "encoder": encoder, "target_embedding": [targetTable], "decoder": [decoder],
      "attention": attentionLayers, "norm": [norm], "output": [output],
    ]
  }

  /// The model as Keras would have written it, had it been functional.
  private func graph(isHard: Bool, _ facts: RecognitionFacts) -> JSONValue {
    func recurrent(_ layer: SavedLayer) -> (String, [(String, JSONValue)]) {
      var settings: [(String, JSONValue)] = [
        ("return_sequences", .bool(true)), ("recurrent_activation", .string(isHard ? "hard_sigmoid" : "sigmoid")),
      ]
      guard case .recurrent(.gru(let resetAfter)) = layer.kind else { return ("LSTM", settings) }
      settings.append(("reset_after", .bool(facts.resetsAfter(resetAfter, isKnown: layer["bias"] != nil))))
      return ("GRU", settings)
    }
    let (reader, readerSettings) = recurrent(encoder[0])
    let (writer, writerSettings) = recurrent(decoder)
    let open = JSONValue.array([.null, .null])
    let masked: [(String, JSONValue)] = [("mask_zero", .bool(true))]
    let both: [(String, JSONValue)] = [
      ("merge_mode", .string(merge)),
      ("layer", .object([("class_name", .string(reader)), ("config", .object(readerSettings))])),
    ]
    let layers = [
      Self.layer("source", "InputLayer", [("batch_shape", open)], []),
      Self.layer("source_embedding", "Embedding", masked, ["source"]),
      encoder.count == 2
        ? Self.layer("encoder", "Bidirectional", both, ["source_embedding"])
        : Self.layer("encoder", reader, readerSettings, ["source_embedding"]),
      Self.layer("target", "InputLayer", [("batch_shape", open)], []),
      Self.layer("target_embedding", "Embedding", masked, ["target"]),
      Self.layer("decoder", writer, writerSettings, ["target_embedding"]),
      Self.layer("attention", "MultiHeadAttention", [], ["decoder", "encoder"]),
      Self.layer("sum", "Add", [], ["decoder", "attention"]), Self.layer("norm", "LayerNormalization", [], ["sum"]),
      Self.layer("output", "Dense", [], ["norm"]),
    ]
    return .object([
      ("class_name", .string("Functional")),
      (
        "config",
        .object([
          ("layers", .array(layers)), ("input_layers", .array([Self.tensor("source"), Self.tensor("target")])),
          ("output_layers", .array([Self.tensor("output")])),
        ])
      ),
    ])
  }

  private static func layer(
    _ name: String, _ className: String, _ settings: [(String, JSONValue)], _ inputs: [String]
  ) -> JSONValue {
    let node = JSONValue.array(inputs.map(tensor))
    return .object([
      ("name", .string(name)), ("class_name", .string(className)), ("config", .object(settings)),
      ("inbound_nodes", .array(inputs.isEmpty ? [] : [node])),
    ])
  }

  private static func tensor(_ layer: String) -> JSONValue { .array([.string(layer), .int(0), .int(0)]) }
}
