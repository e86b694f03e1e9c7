import Traces

/// Whose attention is looked at: the site, layer and head under the cursor, that head alone or a mean.
struct HeadCursor: Sendable, Hashable {
  enum Extent: String, Sendable, CaseIterable {
    case head
    /// The mean over the heads of the layer.
    case layer
    /// The mean over all heads of the site.
    case all
    /// What reaches the layer's tokens through all layers up to it (Abnar and Zuidema, 2020).
    case rollout
    /// The same as maximum flow through a network.
    case flow

    static let means: [Self] = [.head, .layer, .all]
    static let pathways: [Self] = [.head, .rollout, .flow]
  }

  var site: Site
  var layer = 0
  var head = 0
  var extent = Extent.head

  /// Longest side of a matrix of which the flow is computed; it takes time by its fourth power.
  static let longestFlow = 40

  /// The head that it stands on, whatever its extent.
  var address: HeadAddress { HeadAddress(site: site, layer: layer, head: head) }

  /// The numbers of a trace that it stands for; nil where the trace lacks them.
  func matrix(in trace: AttentionTrace) -> AttentionMatrix? {
    switch extent {
    case .head: return trace.matrix(.head(address))
    case .layer: return trace.matrix(.mean(site: site, layer: layer))
    case .all: return trace.matrix(.mean(site: site, layer: nil))
    case .rollout: return trace.rollout(site, through: layer)
    case .flow:
      guard let stack = trace.stack(site, through: layer), trace.rowTokens(site).count <= Self.longestFlow else {
        return nil
      }
      return stack.flow
    }
  }

  /// Whether a trace has what rollout or flow is made of.
  func has(_ pathway: Extent, in trace: AttentionTrace) -> Bool {
    guard let layers = trace.block(site)?.layers, layer < layers else { return false }
    if site == .cross { return pathway == .rollout && trace.encoder != nil }
    let size = trace.rowTokens(site).count
    return size > 0 && (pathway == .rollout || size <= Self.longestFlow)
  }

  /// The next head or the one before, round and round; from a mean first to the head that it was taken at.
  mutating func nextHead(_ offset: Int, in layout: AttentionLayout) {
    if extent == .head { head = Self.wrapped(head + offset, layout.heads) }
    extent = .head
  }

  /// The next layer or the one before, round and round; what is made of a layer is then made of that one.
  mutating func nextLayer(_ offset: Int, in layout: AttentionLayout) {
    guard extent != .all else {
      extent = layout.heads > 1 ? .layer : .head
      return
    }
    layer = Self.wrapped(layer + offset, layout.layers)
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
    case .head: head.address.description
    case .layer: "L\(head.layer) mean of \(layout.heads) heads"
    case .all: "mean of \(layout.layers * layout.heads) heads"
    case .rollout: "rollout up to L\(head.layer)"
    case .flow: "flow up to L\(head.layer)"
    }
  }

  /// What a key of heads does.
  mutating func changeHead(by action: Action) {
    switch action {
    case .nextSite: showNextSite()
    case .nextHead: changeHead { $0.nextHead(1, in: $1) }
    case .previousHead: changeHead { $0.nextHead(-1, in: $1) }
    case .nextLayer: changeHead { $0.nextLayer(1, in: $1) }
    case .previousLayer: changeHead { $0.nextLayer(-1, in: $1) }
    case .meanHeads: toggleMean()
    case .pathways: togglePathway()
    default: break
    }
  }

  mutating func changeHead(_ change: (inout HeadCursor, AttentionLayout) -> Void) {
    guard var head = decode.head, let layout = headLayout else { return }
    change(&head, layout)
    decode.look(at: head)
  }

  /// A further press goes from the head to the mean of its layer, to that of all layers, and back to the head.
  mutating func toggleMean() {
    guard let layout = headLayout else { return }
    let extents = HeadCursor.Extent.means.filter {
      $0 == .head || ($0 == .layer ? layout.heads > 1 : layout.layers > 1)
    }
    guard extents.count > 1 else {
      notice = Notice(kind: .information, text: "this site has one head, which is its own mean")
      return
    }
    showNext(of: extents)
  }

  /// From the head to the rollout, to the flow, and back; only to those that the trace has.
  mutating func togglePathway() {
    guard let head = decode.head, let trace = decode.trace else { return }
    let extents = HeadCursor.Extent.pathways.filter { $0 == .head || head.has($0, in: trace) }
    guard extents.count > 1 else {
      let text = "no rollout here: it is made of the layers of self-attention"
      notice = Notice(kind: .information, text: text)
      return
    }
    if extents.count == 2, head.extent == .rollout, head.site != .cross {
      let text = "no flow of more than \(HeadCursor.longestFlow) tokens: it would take too long"
      notice = Notice(kind: .information, text: text)
    }
    showNext(of: extents)
  }

  private mutating func showNext(of extents: [HeadCursor.Extent]) {
    changeHead { head, _ in
      let next = extents.firstIndex(of: head.extent).map { $0 + 1 } ?? 1
      head.extent = extents[next % extents.count]
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
    if HeadCursor.Extent.pathways.contains(head.extent) { head.extent = .head }
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
