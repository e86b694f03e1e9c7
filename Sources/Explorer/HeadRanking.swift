import TUI
import Traces

/// What the heads of a site do in a trace, and the order in which they are shown.
struct HeadRanking: Sendable, Equatable {
  enum Sort: String, Sendable, CaseIterable {
    /// By layer and head.
    case layer
    case entropy, sharpness, distance, special, agreement

    /// With what comes first.
    var name: String {
      switch self {
      case .layer: "layer"
      case .entropy: "entropy, lowest first"
      case .sharpness: "sharpness, highest first"
      case .distance: "distance from the diagonal, nearest first"
      case .special: "share on special tokens, largest first"
      case .agreement: "agreement with the mean, highest first"
      }
    }

    /// What is written beside a head.
    func text(_ measures: HeadMeasures) -> String {
      guard let value = value(measures) else { return "" }
      return switch self {
      case .layer, .entropy: Numbers.fixed(Float(value), 1) + " bit"
      case .distance: Numbers.fixed(Float(value), 1) + " off"
      case .sharpness, .special, .agreement: Numbers.short(Float(value))
      }
    }

    fileprivate func value(_ measures: HeadMeasures) -> Double? {
      switch self {
      case .layer, .entropy: measures.entropy.value
      case .sharpness: measures.sharpness.value
      case .distance: measures.distance.value
      case .special: measures.special.value
      case .agreement: measures.agreement.value
      }
    }

    fileprivate var isRising: Bool { self == .entropy || self == .distance }
  }

  let layout: AttentionLayout
  /// `[layers][heads]`; nil where nothing is decoded.
  let measures: [[HeadMeasures]]?
  private(set) var sort = Sort.layer
  /// The number of the head, counted through all layers, that is shown at each place; and the places of the heads.
  private var order: [Int]
  private var places: [Int]

  init(_ trace: AttentionTrace, _ layout: AttentionLayout) {
    self.layout = layout
    let count = layout.layers * layout.heads
    let cells = trace.rowTokens(layout.site).count * trace.columnTokens(layout.site).count
    let measured = trace.measuresOfHeads(layout.site)
    let isWhole = measured.count == layout.layers && measured.allSatisfy { $0.count == layout.heads }
    measures = isWhole && cells > 0 ? measured : nil
    order = Array(0..<count)
    places = order
  }

  mutating func sort(by sort: Sort) {
    guard sort != self.sort else { return }
    self.sort = sort
    order = Array(0..<layout.layers * layout.heads)
    if sort != .layer, let measures {
      let values = measures.flatMap { $0 }.map { sort.value($0) ?? .infinity }
      order.sort { a, b in
        if values[a] == values[b] { return a < b }
        return sort.isRising ? values[a] < values[b] : values[a] > values[b]
      }
    }
    for (place, head) in order.enumerated() { places[head] = place }
  }

  var isByLayer: Bool { sort == .layer || measures == nil }

  func place(layer: Int, head: Int) -> Position {
    let index = layer * layout.heads + head
    let place = places.indices.contains(index) ? places[index] : 0
    return Position(column: place % max(1, layout.heads), row: place / max(1, layout.heads))
  }

  /// The head at the place nearest to one.
  func head(at place: Position) -> (layer: Int, head: Int) {
    let column = min(max(0, place.column), max(0, layout.heads - 1))
    let row = min(max(0, place.row), max(0, layout.layers - 1))
    let index = row * layout.heads + column
    let head = order.indices.contains(index) ? order[index] : 0
    return (head / max(1, layout.heads), head % max(1, layout.heads))
  }

  func measures(layer: Int, head: Int) -> HeadMeasures? {
    guard let measures, measures.indices.contains(layer), measures[layer].indices.contains(head) else { return nil }
    return measures[layer][head]
  }
}

extension HeadType {
  /// In at most six letters, for narrow captions.
  var shortName: String {
    switch self {
    case .previous: "prev"
    case .same: "same"
    case .next: "next"
    case .start: "start"
    case .end: "end"
    case .alignment: "align"
    case .broad: "broad"
    case .selective: "select"
    }
  }
}
