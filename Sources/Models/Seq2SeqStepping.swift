import Autograd
import Layers
import Tensors
import Traces

extension Seq2Seq: SequenceModel {
  public var attention: [AttentionLayout] {
    configuration.attention == .none ? [] : [AttentionLayout(site: .cross, layers: 1, heads: 1)]
  }
  public var endID: Int { configuration.endID }
  public var suppressedTokens: [Int] { configuration.suppressedTokens }

  public func mechanism(at site: AttentionSite) -> AttentionWorking.Mechanism? { decoder.attention?.mechanism }

  public func begin(_ source: [Int], edits: TapEdits) -> SequenceStart {
    var context = ForwardContext(interventions: edits)
    let (_, memory, carry) = encode([source], &context)
    return SequenceStart(
      state: Seq2SeqState(attention: attention, decoder: decoder, memory: memory, carry: carry, step: 0),
      first: configuration.startID)
  }
}

/// A recurrent decoder between two steps, for one sentence.
private struct Seq2SeqState: SequenceState {
  let attention: [AttentionLayout]
  let decoder: RecurrentDecoder
  let memory: AttentionMemory?
  let carry: DecoderCarry
  let step: Int

  func step(_ token: Int, edits: TapEdits) -> SequenceStep {
    var context = ForwardContext(recording: attention.taps(at: [.cross]), interventions: edits)
    let input = decoder.prepare([token], &context)
    let output = decoder.step(input, carry, memory, step: step, &context)
    let logits = decoder.logits(result: output.result, context: output.context, embedded: input.embedded, &context)
    return SequenceStep(
      next: Seq2SeqState(
        attention: attention, decoder: decoder, memory: memory, carry: output.carry, step: step + 1),
      logits: logits.value.reshaped([logits.value.count]), cross: attention.recorded(.cross, in: context), decoder: nil)
  }

  func recording(_ taps: Set<ForwardContext.Tap>, reading token: Int, edits: TapEdits) -> ForwardContext? {
    var context = ForwardContext(recording: taps, interventions: edits)
    _ = decoder.step(decoder.prepare([token], &context), carry, memory, step: step, &context)
    return context
  }
}
