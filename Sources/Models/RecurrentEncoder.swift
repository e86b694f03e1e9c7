import Autograd
import Layers
import Tensors

/// A recurrent encoder: embedded tokens through stacked GRU or LSTM layers.
struct RecurrentEncoder {
  private let embedding: Embedding
  private let layers: [RecurrentLayer]
  private let bridges: [Bridge]

  init(_ source: inout some ParameterSource, _ configuration: Seq2SeqConfiguration) throws {
    let c = configuration
    embedding = try source.scoped("encoder.embedding") {
      try Embedding(&$0, vocabulary: c.sourceVocabularySize, width: c.sourceEmbeddingSize)
    }
    layers = try (0..<c.encoderLayers).map { layer in
      try source.scoped("encoder.layers.\(layer)") {
        try RecurrentLayer(
          &$0, c.cellKind, inputs: layer == 0 ? c.sourceEmbeddingSize : c.encoderWidth, units: c.encoderUnits,
          bidirectional: c.bidirectional, gate: c.gateActivation)
      }
    }
    let needsBridge = c.bidirectional || c.encoderUnits != c.decoderUnits
    bridges = try (0..<c.decoderLayers).map { layer in
      try source.scoped("bridge.\(layer)") { try Bridge(&$0, c, isNeeded: needsBridge) }
    }
  }

  /// Reads a batch of sources.
  ///
  /// - Parameter lengths: real lengths; nil where the padding is to be read like any token.
  /// - Returns: the top layer's states `[B, S, D]` and the state in which each decoder layer starts.
  func callAsFunction(
    _ sources: [[Int]], padID: Int, masksPadding: Bool, _ context: inout ForwardContext
  ) -> (states: Variable, start: [RecurrentState], lengths: [Int]?) {
    let length = sources.map(\.count).max() ?? 0
    let count = sources.count
    let batch = SequenceBatch(length: length, count: count, lengths: masksPadding ? sources.map(\.count) : nil)
    let timeMajor = (0..<length).flatMap { t in sources.map { t < $0.count ? $0[t] : padID } }
    var x = context.dropout(embedding(timeMajor))
    var starts: [RecurrentState] = []
    for (index, layer) in layers.enumerated() {
      let (outputs, final, backward) = layer(x, batch)
      x = index == layers.count - 1 ? outputs : context.dropout(outputs)
      let bridge = index - (layers.count - bridges.count)
      if bridge >= 0 { starts.append(bridges[bridge](final, backward)) }
    }
    let states = x.reshaped([length, count, x.shape.columns]).swappingFirstAxes()
    return (context.dropout(states), starts, batch.lengths)
  }
}

/// Turns an encoder layer's final state into a decoder layer's first: as it is where the widths agree, else through
/// `tanh(dense([forward; backward]))`.
private struct Bridge {
  private let hidden: Linear?
  private let cell: Linear?

  init(_ source: inout some ParameterSource, _ c: Seq2SeqConfiguration, isNeeded: Bool) throws {
    guard isNeeded else {
      (hidden, cell) = (nil, nil)
      return
    }
    if c.cell == .lstm {
      hidden = try source.scoped("hidden") { try Linear(&$0, c.encoderWidth, c.decoderUnits) }
      cell = try source.scoped("cell") { try Linear(&$0, c.encoderWidth, c.decoderUnits) }
    } else {
      hidden = try Linear(&source, c.encoderWidth, c.decoderUnits)
      cell = nil
    }
  }

  func callAsFunction(_ forward: RecurrentState, _ backward: RecurrentState?) -> RecurrentState {
    guard let hidden else { return forward }
    func joined(_ a: Variable, _ b: Variable?) -> Variable { b.map { .concatenatingColumns([a, $0]) } ?? a }
    return RecurrentState(
      hidden: hidden(joined(forward.hidden, backward?.hidden)).tanh(),
      cell: cell.flatMap { cell in forward.cell.map { cell(joined($0, backward?.cell)).tanh() } })
  }
}
