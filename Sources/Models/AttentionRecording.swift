import Layers
import Tensors
import Traces

extension [AttentionLayout] {
  /// Scores and weights of every layer at some sites.
  func taps(at sites: [Site]) -> Set<ForwardContext.Tap> {
    var taps: Set<ForwardContext.Tap> = []
    for layout in self where sites.contains(layout.site) {
      for layer in 0..<layout.layers {
        let site = AttentionSite(layout.site, layer: layer)
        taps.insert(.init(.scores, at: site))
        taps.insert(.init(.weights, at: site))
      }
    }
    return taps
  }

  /// What the taps of a site saw: `[layers, heads, T, S]`; nil where the model has no such site, or for a pass without it.
  func recorded(_ site: Site, in context: ForwardContext) -> AttentionBlock? {
    guard let layout = first(where: { $0.site == site }) else { return nil }
    func stack(_ point: TapPoint) -> [Tensor] {
      (0..<layout.layers).compactMap { context.recorded[.init(point, at: AttentionSite(site, layer: $0))] }
    }
    let (scores, weights) = (stack(.scores), stack(.weights))
    // One head has no axis of its own: `[T, S]`.
    guard let shape = weights.first?.shape, weights.count == layout.layers, scores.count == layout.layers,
      (weights + scores).allSatisfy({ $0.shape == shape })
    else { return nil }
    return AttentionBlock(
      layers: layout.layers, heads: layout.heads, rows: shape[shape.rank - 2], columns: shape[shape.rank - 1],
      weights: Tensor.concatenatingRows(weights).elements, scores: Tensor.concatenatingRows(scores).elements)
  }
}
