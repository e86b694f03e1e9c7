import Autograd
import Layers
import Tensors
import Traces

extension Transformer: SequenceModel {
  public var endID: Int { configuration.endID }
  public var suppressedTokens: [Int] { configuration.suppressedTokens }

  public func choice(at step: Int) -> TokenChoice {
    let prefix = configuration.affixes.targetPrefix.map { [$0] }
    let beginning = configuration.beginTokens.isEmpty ? prefix : configuration.beginTokens
    guard step >= beginning.count else { return TokenChoice(among: beginning[step]) }
    let isFirst = step == beginning.count
    return TokenChoice(without: suppressedTokens + (isFirst ? configuration.beginSuppressedTokens : []))
  }

  public func begin(_ source: [Int], edits: TapEdits) -> SequenceStart {
    // A model that hears has no use for ids: it hears silence.
    if let filters = configuration.soundFilters {
      return begin(hearing: .zeros([2 * configuration.maximumSourceLength, filters]), edits: edits)
    }
    return begin(source, edits) { encoder, context in encoder([source], Packing([source.count]), &context) }
  }

  /// Hears a sound once for all steps.
  ///
  /// - Parameter spectrogram: `[frames, filters]`.
  /// - Precondition: the model hears, and has positions for all frames.
  func begin(hearing spectrogram: Tensor, edits: TapEdits) -> SequenceStart {
    let positions = 0..<SoundStem.positions(frames: spectrogram.shape.rows)
    return begin(Array(positions), edits) { encoder, context in encoder(hearing: spectrogram, &context) }
  }

  private func begin(
    _ source: [Int], _ edits: TapEdits,
    states encode: (TransformerStack, inout ForwardContext) -> Variable
  ) -> SequenceStart {
    var context = ForwardContext(recording: taps(.encoder), interventions: edits)
    let packing = Packing([source.count])
    let states = encoder.map { encode($0, &context) }
    let seen = recorded(.encoder, in: context)
    guard let decoder else { return SequenceStart(state: nil, first: configuration.startID, encoder: seen) }
    let state = TransformerState(
      model: self, decoder: decoder, past: decoder.past(sentences: 1, states: states, packing))
    guard states == nil else { return SequenceStart(state: state, first: configuration.startID, encoder: seen) }
    return read(prompt(source), state, edits)
  }

  /// A language model reads all of its prompt but the last token, which the first step reads; of a prompt of one token
  /// that is an empty block.
  private func read(_ prompt: [Int], _ state: TransformerState, _ edits: TapEdits) -> SequenceStart {
    let first = prompt.last ?? configuration.startID
    guard prompt.count > 1 else {
      let empty = AttentionBlock(
        layers: state.decoder.layers, heads: configuration.heads(at: .decoder), rows: 0, columns: 0, weights: [],
        scores: [])
      return SequenceStart(state: state, first: first, prompt: empty)
    }
    var context = ForwardContext(recording: taps(.decoder), interventions: edits)
    var state = state
    _ = state.decoder([prompt.dropLast()], continuing: &state.past, &context)
    return SequenceStart(state: state, first: first, prompt: recorded(.decoder, in: context))
  }

  public func mechanism(at site: AttentionSite) -> AttentionWorking.Mechanism? {
    (site.site == .encoder ? encoder : decoder)?.mechanism(at: site)
  }

  public func recording(
    _ taps: Set<ForwardContext.Tap>, reading source: [Int], edits: TapEdits
  ) -> ForwardContext? {
    var context = ForwardContext(recording: taps, interventions: edits)
    if let encoder {
      _ = encoder([source], Packing([source.count]), &context)
    } else if let decoder {
      var past = decoder.past(sentences: 1, states: nil, Packing([source.count]))
      _ = decoder([prompt(source).dropLast()], continuing: &past, &context)
    }
    return context
  }

  /// Scores and weights of every layer at some sites.
  func taps(_ sites: Site...) -> Set<ForwardContext.Tap> { attention.taps(at: sites) }

  /// What the taps of a site saw: `[layers, heads, T, S]`; nil where the model has no such site.
  func recorded(_ site: Site, in context: ForwardContext) -> AttentionBlock? {
    attention.recorded(site, in: context)
  }
}

/// A decoder between two steps, for one sentence.
private struct TransformerState: SequenceState {
  let model: Transformer
  let decoder: TransformerStack
  var past: DecoderPast

  func step(_ token: Int, edits: TapEdits) -> SequenceStep {
    var context = ForwardContext(recording: model.stepTaps, interventions: edits)
    var next = self
    let logits = model.output(decoder([[token]], continuing: &next.past, &context)).value
    return SequenceStep(
      next: next, logits: logits.reshaped([logits.count]), cross: model.recorded(.cross, in: context),
      decoder: model.recorded(.decoder, in: context))
  }

  func recording(_ taps: Set<ForwardContext.Tap>, reading token: Int, edits: TapEdits) -> ForwardContext? {
    var context = ForwardContext(recording: taps, interventions: edits)
    var next = self
    _ = decoder([[token]], continuing: &next.past, &context)
    return context
  }
}
