import Traces

/// What a figure shows: one matrix, or those of many heads side by side.
public enum FigureSelection: Sendable, Hashable {
  case one(HeadSelection)
  /// Every head of a site, or of one of its layers; layers run downwards, heads to the right.
  case grid(Site, layer: Int?)

  public var site: Site {
    switch self {
    case .one(let selection): selection.site
    case .grid(let site, _): site
    }
  }
}

/// Which heads a user asks for; whatever is nil is chosen by what the trace has.
public struct HeadRequest: Sendable, Equatable {
  public enum Arrangement: Sendable {
    /// The mean over the heads.
    case mean
    /// Each for itself.
    case grid
  }

  public var site: Site?
  public var layer: Int?
  public var head: Int?
  public var arrangement: Arrangement?

  public init(site: Site? = nil, layer: Int? = nil, head: Int? = nil, arrangement: Arrangement? = nil) {
    self.site = site
    self.layer = layer
    self.head = head
    self.arrangement = arrangement
  }

  /// What it means for a trace: cross-attention before the encoder's before the decoder's, the only head of a model that
  /// has one, else the mean.
  ///
  /// - Throws: `FigureError` for a site, layer or head that the trace lacks.
  public func selection(in trace: AttentionTrace) throws(FigureError) -> FigureSelection {
    let heads = trace.heads
    guard
      let site = site ?? [Site.cross, .encoder, .decoder].first(where: { site in heads.contains { $0.site == site } })
    else {
      throw FigureError(
        trace.steps.isEmpty
          ? "no token has been produced; there is nothing to draw" : "this model has no attention to draw")
    }
    let present = heads.filter { $0.site == site }
    guard let last = present.last else {
      let sites = Site.allCases.filter { site in heads.contains { $0.site == site } }.map(\.rawValue)
      throw FigureError("there is no \(site.rawValue) attention; choose from: \(sites.joined(separator: ", "))")
    }
    try check(layer, "layer", upTo: last.layer, of: site)
    try check(head, "head", upTo: last.head, of: site)
    if let head {
      guard layer != nil || last.layer == 0 else {
        throw FigureError("head \(head) of which layer? there are layers 0 to \(last.layer)")
      }
      return .one(.head(HeadAddress(site: site, layer: layer ?? 0, head: head)))
    }
    if arrangement == .grid { return .grid(site, layer: layer) }
    return .one(present.count == 1 ? .head(last) : .mean(site: site, layer: layer))
  }

  private func check(_ number: Int?, _ name: String, upTo last: Int, of site: Site) throws(FigureError) {
    guard let number, !(0...last).contains(number) else { return }
    let range = last == 0 ? "only \(name) 0" : "\(name)s 0 to \(last)"
    throw FigureError("there is no \(name) \(number); \(site.rawValue) attention has \(range)")
  }
}
