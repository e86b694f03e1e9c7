import Autograd
import Layers
import Tensors

/// What a recurrent decoder carries from step to step.
struct DecoderCarry {
  /// One for each layer.
  var layers: [RecurrentState]
  /// Luong's attentional state, fed to the next step with input feeding.
  var attentional: Variable?

  /// The first `count` sentences.
  func rows(_ count: Int) -> DecoderCarry {
    DecoderCarry(layers: layers.map { $0.rows(count) }, attentional: attentional?.rows(0..<count))
  }
}

/// A recurrent decoder with attention in one of two orders:
///
/// - Bahdanau: the state before the step asks, the cell reads `[context; embedded token]`.
/// - Luong: the cell reads the embedded token (with input feeding `[embedded token; attentional state]`), the state
///   after the step asks, and `tanh(Wc [context; state])` is what the output reads.
struct RecurrentDecoder {
  private let configuration: Seq2SeqConfiguration
  private let embedding: Embedding
  private let layers: [RecurrentCell]
  let attention: Attention?
  private let combine: Linear?
  private let readout: Linear?
  private let output: OutputLayer

  init(_ source: inout some ParameterSource, _ configuration: Seq2SeqConfiguration) throws {
    let c = configuration
    self.configuration = c
    let embedding = try source.scoped("decoder.embedding") {
      try Embedding(&$0, vocabulary: c.targetVocabularySize, width: c.targetEmbeddingSize)
    }
    self.embedding = embedding
    layers = try (0..<c.decoderLayers).map { layer in
      try source.scoped("decoder.layers.\(layer)") {
        try RecurrentCell(
          &$0, c.cellKind, inputs: layer == 0 ? c.decoderInputs : c.decoderUnits, units: c.decoderUnits,
          gate: c.gateActivation)
      }
    }
    attention = try ScoreKind(rawValue: c.attention.rawValue).map { score in
      try source.scoped("attention") {
        try Attention(&$0, score, c.span, query: c.decoderUnits, value: c.encoderWidth, units: c.attentionUnits)
      }
    }
    let isLuong = c.attention != .none && !c.asksBeforeStep
    combine =
      isLuong
      ? try source.scoped("attention.combine") {
        try Linear(&$0, c.encoderWidth + c.decoderUnits, c.decoderUnits, hasBias: false)
      } : nil
    readout =
      c.readout == .deep
      ? try source.scoped("readout") {
        try Linear(&$0, c.decoderUnits + c.encoderWidth + c.targetEmbeddingSize, c.readoutUnits)
      } : nil
    output = try source.scoped("output") {
      try OutputLayer(
        &$0, inputs: c.outputWidth, vocabulary: c.targetVocabularySize, tied: c.tiesEmbeddings ? embedding.weight : nil)
    }
  }

  func start(_ states: [RecurrentState]) -> DecoderCarry {
    let fed = configuration.inputFeeding
    let zeros =
      fed ? states.first.map { Variable(Tensor.zeros([$0.hidden.shape[0], configuration.decoderUnits])) } : nil
    return DecoderCarry(layers: states, attentional: zeros)
  }

  /// Embeds tokens and projects them into the first layer's gates: the part of a step that does not depend on the
  /// state, done at once for as many tokens as are known.
  func prepare(_ tokens: [Int], _ context: inout ForwardContext) -> DecoderInput {
    let embedded = context.dropout(embedding(tokens))
    return DecoderInput(
      embedded: embedded, projected: layers[0].project(embedded, inputs: configuration.tokenInputs, addingBias: true))
  }

  /// One step for as many sentences as `input` has rows.
  func step(
    _ input: DecoderInput, _ carry: DecoderCarry, _ memory: AttentionMemory?, step: Int,
    _ context: inout ForwardContext
  ) -> DecoderStepOutput {
    let site = AttentionSite(.cross)
    var projected = input.projected
    var seen: Variable?
    if configuration.asksBeforeStep, let attention, let memory, let top = carry.layers.last {
      let (sum, _) = attention(top.hidden, memory, step: step, at: site, &context)
      projected = projected + layers[0].project(sum, inputs: configuration.contextInputs, addingBias: false)
      seen = sum
    } else if let fed = carry.attentional {
      projected = projected + layers[0].project(fed, inputs: configuration.contextInputs, addingBias: false)
    }
    let states = run(projected, carry)
    var result = states[states.count - 1].hidden
    if let combine, let attention, let memory {
      let (sum, _) = attention(result, memory, step: step, at: site, &context)
      result = combine(Variable.concatenatingColumns([sum, result])).tanh()
      seen = sum
    }
    return DecoderStepOutput(
      carry: DecoderCarry(layers: states, attentional: configuration.inputFeeding ? result : nil), result: result,
      context: seen)
  }

  private func run(_ projected: Variable, _ carry: DecoderCarry) -> [RecurrentState] {
    let isStateless = configuration.decoderState == .zeros
    var states = [layers[0].step(projected, isStateless ? nil : carry.layers[0])]
    for layer in 1..<max(layers.count, 1) {
      let x = layers[layer].project(states[layer - 1].hidden)
      states.append(layers[layer].step(x, isStateless ? nil : carry.layers[layer]))
    }
    return states
  }

  /// Logits `[N, V]` of any number of steps at once.
  func logits(
    result: Variable, context seen: Variable?, embedded: Variable, _ context: inout ForwardContext
  ) -> Variable {
    guard let readout, let seen else { return output(context.dropout(result)) }
    let features = readout(Variable.concatenatingColumns([result, seen, embedded])).tanh()
    return output(context.dropout(features))
  }
}

/// Tokens on their way into a decoder.
struct DecoderInput {
  let embedded: Variable
  let projected: Variable

  func rows(_ range: Range<Int>) -> DecoderInput {
    DecoderInput(embedded: embedded.rows(range), projected: projected.rows(range))
  }
}

struct DecoderStepOutput {
  let carry: DecoderCarry
  /// The top state, or Luong's attentional state: `[N, U]`.
  let result: Variable
  /// What attention brought back: `[N, D]`.
  let context: Variable?
}

extension Seq2SeqConfiguration {
  /// Width of what the first decoder layer reads.
  fileprivate var decoderInputs: Int { max(tokenInputs.upperBound, contextInputs.upperBound) }

  /// The columns of the first layer's input that hold the embedded token.
  fileprivate var tokenInputs: Range<Int> {
    let start = asksBeforeStep ? encoderWidth : 0
    return start..<(start + targetEmbeddingSize)
  }

  /// The columns that hold the context, or the attentional state that is fed back.
  fileprivate var contextInputs: Range<Int> {
    if asksBeforeStep { return 0..<encoderWidth }
    return targetEmbeddingSize..<(targetEmbeddingSize + (inputFeeding ? decoderUnits : 0))
  }
}
