import Traces

/// Whose attention is looked at: the site, layer and head under the cursor, that head alone or a mean.
struct HeadCursor: Sendable, Equatable {
  enum Extent: Sendable, CaseIterable {
    case head
    /// The mean over the heads of the layer.
    case layer
    /// The mean over all heads of the site.
    case all
  }

  var site: Site
  var layer = 0
  var head = 0
  var extent = Extent.head

  var selection: HeadSelection {
    switch extent {
    case .head: .head(HeadAddress(site: site, layer: layer, head: head))
    case .layer: .mean(site: site, layer: layer)
    case .all: .mean(site: site, layer: nil)
    }
  }

  /// The next head or the one before, round and round; from a mean first to the head that it was taken at.
  mutating func nextHead(_ offset: Int, in layout: AttentionLayout) {
    if extent == .head { head = Self.wrapped(head + offset, layout.heads) }
    extent = .head
  }

  /// The next layer or the one before, round and round; a mean over a layer stays one.
  mutating func nextLayer(_ offset: Int, in layout: AttentionLayout) {
    if extent != .all { layer = Self.wrapped(layer + offset, layout.layers) }
    if extent == .all { extent = layout.heads > 1 ? .layer : .head }
  }

  mutating func clamp(to layout: AttentionLayout) {
    layer = min(max(0, layer), max(0, layout.layers - 1))
    head = min(max(0, head), max(0, layout.heads - 1))
  }

  private static func wrapped(_ index: Int, _ count: Int) -> Int {
    guard count > 0 else { return 0 }
    return (index % count + count) % count
  }
}

extension ModelSummary {
  /// Sites in the order in which `s` goes through them: first that which shows the alignment.
  var sites: [Site] { [.cross, .encoder, .decoder].filter { layout(at: $0) != nil } }

  /// The first head of the last layer, nearest to the output; nil for a model without attention.
  var firstHead: HeadCursor? {
    guard let site = sites.first, let layout = layout(at: site) else { return nil }
    return HeadCursor(site: site, layer: max(0, layout.layers - 1))
  }

  func layout(at site: Site) -> AttentionLayout? { attention.first { $0.site == site && $0.layers * $0.heads > 0 } }
}

extension State {
  /// Layers and heads of the site that is looked at.
  var headLayout: AttentionLayout? { decode.head.flatMap { model?.layout(at: $0.site) } }

  /// What is shown, in the fewest words that are exact: `L2H0`, `L2 mean of 4 heads`, `mean of 12 heads`.
  var headName: String {
    guard let head = decode.head, let layout = headLayout else { return "" }
    return switch head.extent {
    case .head: head.selection.description
    case .layer: "L\(head.layer) mean of \(layout.heads) heads"
    case .all: "mean of \(layout.layers * layout.heads) heads"
    }
  }

  mutating func changeHead(_ change: (inout HeadCursor, AttentionLayout) -> Void) {
    guard var head = decode.head, let layout = headLayout else { return }
    change(&head, layout)
    decode.look(at: head)
  }

  /// A further press goes from the head to the mean of its layer, to that of all layers, and back to the head.
  mutating func toggleMean() {
    changeHead { head, layout in
      var extents = HeadCursor.Extent.allCases
      if layout.heads < 2 { extents.removeAll { $0 == .layer } }
      if layout.layers < 2 { extents.removeAll { $0 == .all } }
      let next = (extents.firstIndex(of: head.extent) ?? 0) + 1
      head.extent = extents[next % extents.count]
    }
    if let layout = headLayout, layout.layers * layout.heads < 2 {
      notice = Notice(kind: .information, text: "this site has one head, which is its own mean")
    }
  }

  mutating func showNextSite() {
    guard let model, let site = decode.head?.site, let index = model.sites.firstIndex(of: site) else { return }
    guard model.sites.count > 1 else {
      notice = Notice(kind: .information, text: "this model has \(site.name) alone")
      return
    }
    show(model.sites[(index + 1) % model.sites.count])
  }

  /// The same layer and head of another site, where it has them.
  mutating func show(_ site: Site) {
    guard var head = decode.head, let layout = model?.layout(at: site) else { return }
    head.site = site
    head.clamp(to: layout)
    decode.look(at: head)
    search.last = nil
    if cursor.follows, let strongest = strongestColumn(row: row) { column = strongest }
    clampCursor()
  }
}

extension Site {
  /// In words.
  var name: String {
    switch self {
    case .encoder: "encoder self-attention"
    case .decoder: "decoder self-attention"
    case .cross: "cross-attention"
    }
  }
}
