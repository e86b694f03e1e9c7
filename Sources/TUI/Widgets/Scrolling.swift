/// The part of a list that is in sight.
public struct ScrollWindow: Sendable, Hashable {
  /// The first entry in sight.
  public private(set) var first: Int

  public init(first: Int = 0) { self.first = max(0, first) }

  /// Moves as little as needed so that `selected` is among the `visible` entries of `count`, with no room wasted at the
  /// end, and returns the entries in sight.
  @discardableResult
  public mutating func show(_ selected: Int, of count: Int, visible: Int) -> Range<Int> {
    guard count > 0, visible > 0 else {
      first = 0
      return 0..<0
    }
    let selected = min(max(0, selected), count - 1)
    if selected < first { first = selected }
    if selected - first >= visible { first = selected - visible + 1 }
    first = max(0, min(first, count - min(visible, count)))
    return first..<first + min(visible, count - first)
  }
}
