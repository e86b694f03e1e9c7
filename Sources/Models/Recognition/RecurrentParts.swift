import Layers

/// Encoder and decoder of a recurrent translator, found among the layers of a checkpoint.
struct RecurrentParts {
  var sourceTable: SavedLayer
  var targetTable: SavedLayer
  /// From the first layer on.
  var encoder: [SavedLayer]
  var decoder: [SavedLayer]
  var output: SavedLayer

  /// - Parameter taken: layers of the attention, which are neither embeddings nor the output.
  /// Nil if the layers are not those of an encoder and a decoder that read tokens.
  init?(_ table: LayerTable, taken: Set<String>) {
    let free = table.layers.filter { !taken.contains($0.name) }
    let tables = free.filter { $0.kind == .table && !$0.isProjection }
    let cells = free.filter { if case .recurrent = $0.kind { true } else { false } }
    guard let (sourceTable, targetTable) = Self.sides(tables).flatMap(Self.one) else { return nil }
    guard let (encoder, decoder) = Self.sides(cells), !encoder.isEmpty, !decoder.isEmpty else { return nil }
    let outputs = free.filter { ($0.kind == .dense || $0.kind == .table) && $0.outputs == targetTable.rows }
      .filter { $0.name != sourceTable.name && $0.name != targetTable.name && $0.kind == .dense || $0.isProjection }
    guard let output = outputs.last(where: { $0.side != .encoder }) else { return nil }
    // Both directions of one layer need a way of putting them together that no file tells.
    guard !(encoder + decoder).contains(where: { $0.mentions("backward") }) else { return nil }
    self.sourceTable = sourceTable
    self.targetTable = targetTable
    self.encoder = encoder.sorted { isOrdered($0.path, $1.path) }
    self.decoder = decoder.sorted { isOrdered($0.path, $1.path) }
    self.output = output
  }

  private static func one(_ sides: ([SavedLayer], [SavedLayer])) -> (SavedLayer, SavedLayer)? {
    guard sides.0.count == 1, sides.1.count == 1 else { return nil }
    return (sides.0[0], sides.1[0])
  }

  /// Layers of the encoder and of the decoder, by their names; of two that do not say it the first is the encoder's.
  private static func sides(_ layers: [SavedLayer]) -> ([SavedLayer], [SavedLayer])? {
    let encoder = layers.filter { $0.side == .encoder }
    let decoder = layers.filter { $0.side == .decoder }
    if encoder.count + decoder.count == layers.count, !encoder.isEmpty, !decoder.isEmpty { return (encoder, decoder) }
    guard layers.count == 2, encoder.isEmpty || decoder.isEmpty else { return nil }
    if encoder.count == 1 { return (encoder, layers.filter { $0.side == nil }) }
    if decoder.count == 1 { return (layers.filter { $0.side == nil }, decoder) }
    let ordered = layers.sorted { isOrdered($0.path, $1.path) }
    return ([ordered[0]], [ordered[1]])
  }

  var encoderUnits: Int { encoder.last?.units ?? 0 }
  var decoderUnits: Int { decoder.last?.units ?? 0 }
  var cell: SavedLayer.CellKindName {
    if case .recurrent(let cell)? = decoder.first?.kind { cell } else { .lstm }
  }
  /// Whether PyTorch wrote it.
  var isTorch: Bool { decoder.first?.isTurned ?? false }

  /// Whether all layers of a stack have its width, read one another, and are of one kind.
  var isSound: Bool {
    func isStack(_ layers: [SavedLayer], units: Int) -> Bool {
      layers.allSatisfy { $0.units == units && $0.units > 0 }
        && layers.dropFirst().allSatisfy { $0.inputs == units }
    }
    return isStack(encoder, units: encoderUnits) && isStack(decoder, units: decoderUnits)
      && encoder.first?.inputs == sourceTable.columns && (encoder + decoder).allSatisfy { $0.kind == .recurrent(cell) }
      && encoder.count >= decoder.count && encoderUnits == decoderUnits
  }

  /// The sizes of everything but the attention.
  func configuration(_ facts: RecognitionFacts) throws -> (Seq2SeqConfiguration, notes: [String]) {
    var c = Seq2SeqConfiguration()
    try facts.describeTokens(&c, sourceRows: sourceTable.rows, targetRows: targetTable.rows)
    c.sourceEmbeddingSize = sourceTable.columns
    c.targetEmbeddingSize = targetTable.columns
    c.encoderUnits = encoderUnits
    c.decoderUnits = decoderUnits
    c.encoderLayers = encoder.count
    c.decoderLayers = decoder.count
    c.masksSource = false
    facts.describeSource(&c, hasStart: !isTorch)
    c.paddedSourceLength = facts.options.sourceLength
    var notes: [String] = []
    switch cell {
    case .lstm: c.cell = .lstm
    case .gru(let resetAfter):
      c.cell = .gru
      let isKnown = isTorch || (encoder + decoder).contains { $0["bias"] != nil }
      c.resetAfter = facts.resetsAfter(resetAfter, isKnown: isKnown)
      if !isKnown && facts.options.resetsAfter == nil {
        notes.append(
          "a GRU without biases is taken to reset after the product, as TensorFlow 2's; --no-reset-after if not")
      }
    }
    if !isTorch {
      let gates = try facts.gates(cell)
      c.gateActivation = gates.activation
      notes += [gates.note].compactMap { $0 }
    }
    return (c, notes)
  }

  /// Where everything but the attention is found.
  ///
  /// - Parameter inputs: the order in which ours reads the decoder's input; nil for theirs.
  func map(decoderInputs inputs: [Range<Int>]?) -> ParameterMap {
    var map = ParameterMap()
    map.table("encoder.embedding", sourceTable)
    map.table("decoder.embedding", targetTable)
    for (number, layer) in encoder.enumerated() { map.recurrent("encoder.layers.\(number).forward", layer) }
    for (number, layer) in decoder.enumerated() {
      map.recurrent("decoder.layers.\(number)", layer, inputs: number == 0 ? inputs : nil)
    }
    map.dense("output", output)
    return map
  }
}

extension SavedLayer {
  /// Whether a matrix without bias is by its name a linear map and no embedding.
  var isProjection: Bool {
    kind == .table
      && ["w1", "w2", "wc", "wa", "ua", "va", "v", "out", "fc", "linear", "dense"].contains(last.lowercased())
  }
}
