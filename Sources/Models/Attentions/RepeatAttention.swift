import Autograd
import Layers
import Tensors
import Traces

/// A bidirectional LSTM over letters, attention that scores `relu(e · tanh(W [state; decoder's state]))`, and an LSTM that
/// reads the context alone: no token is fed back, and a target ends where it always ends.
public struct RepeatAttention: OpenedFamily {
  public let configuration: RepeatAttentionConfiguration
  private let encoder: RecurrentLayer
  fileprivate let hidden: Linear
  fileprivate let energy: Linear
  fileprivate let cell: RecurrentCell
  fileprivate let output: Linear

  /// Parameters of `encoder.forward`, `encoder.backward`, `attention.hidden` `[2 U + D, A]`, `attention.energy` `[A, 1]`,
  /// `decoder.cell` and `output`.
  public init(_ configuration: RepeatAttentionConfiguration, _ source: inout some ParameterSource) throws {
    self.configuration = configuration
    let c = configuration
    encoder = try source.scoped("encoder") {
      try RecurrentLayer(
        &$0, .lstm, inputs: c.sourceVocabularySize, units: c.encoderUnits, bidirectional: true, gate: c.gateActivation)
    }
    hidden = try source.scoped("attention.hidden") {
      try Linear(&$0, 2 * c.encoderUnits + c.decoderUnits, c.attentionUnits)
    }
    energy = try source.scoped("attention.energy") { try Linear(&$0, c.attentionUnits, 1) }
    cell = try source.scoped("decoder.cell") {
      try RecurrentCell(&$0, .lstm, inputs: 2 * c.encoderUnits, units: c.decoderUnits, gate: c.gateActivation)
    }
    output = try source.scoped("output") { try Linear(&$0, c.decoderUnits, c.targetVocabularySize) }
  }

  public var attention: [AttentionLayout] { [AttentionLayout(site: .cross, layers: 1, heads: 1)] }
  public var endID: Int { configuration.endID }
  public var suppressedTokens: [Int] { configuration.suppressedTokens }

  public func begin(_ source: [Int], edits: TapEdits) -> SequenceStart {
    let letters = Tensor.oneHot(source, width: configuration.sourceVocabularySize)
    let (states, _, _) = encoder(Variable(letters), SequenceBatch(length: source.count, count: 1))
    return SequenceStart(
      state: RepeatAttentionState(model: self, values: states, state: cell.zeroState(1)), first: 0)
  }
}

private struct RepeatAttentionState: SequenceState {
  let model: RepeatAttention
  /// `[S, 2 U]`.
  let values: Variable
  let state: RecurrentState

  func step(_ token: Int, edits: TapEdits) -> SequenceStep {
    var context = ForwardContext(recording: model.attention.taps(at: [.cross]), interventions: edits)
    let length = values.shape[0]
    let repeated = Variable.concatenatingRows(Array(repeating: state.hidden, count: length))
    let energies = model.energy(model.hidden(.concatenatingColumns([values, repeated])).tanh()).activated(.relu)
    let seen = context.attend(scores: energies.reshaped([1, length]), values: values)
    let next = model.cell.step(model.cell.project(seen), state)
    let logits = model.output(next.hidden).value
    return SequenceStep(
      next: RepeatAttentionState(model: model, values: values, state: next), logits: logits.reshaped([logits.count]),
      cross: model.attention.recorded(.cross, in: context), decoder: nil)
  }
}
