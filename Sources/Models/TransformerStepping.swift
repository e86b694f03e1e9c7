import Autograd
import Layers
import Tensors
import Traces

extension Transformer: SequenceModel {
  public var attention: [AttentionLayout] {
    var layouts: [AttentionLayout] = []
    if let encoder { layouts.append(layout(.encoder, encoder)) }
    if let decoder { layouts.append(layout(.decoder, decoder)) }
    if let decoder, encoder != nil { layouts.append(layout(.cross, decoder)) }
    return layouts
  }

  private func layout(_ site: Site, _ stack: TransformerStack) -> AttentionLayout {
    AttentionLayout(site: site, layers: stack.layers, heads: configuration.heads)
  }

  public var endID: Int { configuration.endID }
  public var suppressedTokens: [Int] { configuration.suppressedTokens }

  public func begin(_ source: [Int], edits: TapEdits) -> SequenceStart {
    var context = ForwardContext(
      recording: taps(.encoder), interventions: edits.filter { $0.key.at.site == .encoder })
    let packing = Packing([source.count])
    let states = encoder.map { $0([source], packing, &context) }
    let seen = recorded(.encoder, in: context)
    guard let decoder else { return SequenceStart(state: nil, first: configuration.startID, encoder: seen) }
    let state = TransformerState(
      model: self, decoder: decoder, past: decoder.past(sentences: 1, states: states, packing))
    guard states == nil else { return SequenceStart(state: state, first: configuration.startID, encoder: seen) }
    return read(prompt(source), state, edits)
  }

  /// A language model reads all of its prompt but the last token, which the first step reads.
  private func read(_ prompt: [Int], _ state: TransformerState, _ edits: TapEdits) -> SequenceStart {
    guard let first = prompt.last, prompt.count > 1 else {
      return SequenceStart(state: state, first: prompt.last ?? configuration.startID)
    }
    var context = ForwardContext(recording: taps(.decoder), interventions: edits)
    var state = state
    _ = state.decoder([prompt.dropLast()], continuing: &state.past, &context)
    return SequenceStart(state: state, first: first, prompt: recorded(.decoder, in: context))
  }

  /// Scores and weights of every layer at a site.
  func taps(_ sites: Site...) -> Set<ForwardContext.Tap> {
    var taps: Set<ForwardContext.Tap> = []
    for layout in attention where sites.contains(layout.site) {
      for layer in 0..<layout.layers {
        let site = AttentionSite(layout.site, layer: layer)
        taps.insert(.init(.scores, at: site))
        taps.insert(.init(.weights, at: site))
      }
    }
    return taps
  }

  /// What the taps of a site saw: `[layers, heads, T, S]`; nil where the model has no such site.
  func recorded(_ site: Site, in context: ForwardContext) -> AttentionBlock? {
    guard let layout = attention.first(where: { $0.site == site }) else { return nil }
    func stack(_ point: TapPoint) -> [Tensor] {
      (0..<layout.layers).compactMap { context.recorded[.init(point, at: AttentionSite(site, layer: $0))] }
    }
    let (scores, weights) = (stack(.scores), stack(.weights))
    guard let shape = weights.first?.shape, shape.rank == 3 else { return nil }
    return AttentionBlock(
      layers: layout.layers, heads: layout.heads, rows: shape[1], columns: shape[2],
      weights: Tensor.concatenatingRows(weights).elements, scores: Tensor.concatenatingRows(scores).elements)
  }
}

/// A decoder between two steps, for one sentence.
private struct TransformerState: SequenceState {
  let model: Transformer
  let decoder: TransformerStack
  var past: DecoderPast

  func step(_ token: Int, edits: TapEdits) -> SequenceStep {
    var context = ForwardContext(recording: model.taps(.decoder, .cross), interventions: edits)
    var next = self
    let logits = model.output(decoder([[token]], continuing: &next.past, &context)).value
    return SequenceStep(
      next: next, logits: logits.reshaped([logits.count]), cross: model.recorded(.cross, in: context),
      decoder: model.recorded(.decoder, in: context))
  }
}
