/// Matches a `Pattern` at places of one range of a text.
struct PatternMatcher {
  private let bytes: [UInt8]
  private let range: Range<Int>
  /// Tries left for one range. No pattern of a sane file comes near it; it bounds what a hostile one can cost, and what
  /// would cost more is taken as no match.
  private var tries: Int

  init(bytes: [UInt8], range: Range<Int>) {
    self.bytes = bytes
    self.range = range
    tries = 10_000 + 256 * range.count
  }

  /// Where the first alternative that matches at `position` ends; nil without a match.
  mutating func match(_ alternatives: [[Pattern.Item]], at position: Int) -> Int? {
    for items in alternatives {
      if let end = match(items, from: 0, at: position) { return end }
    }
    return nil
  }

  private mutating func match(_ items: [Pattern.Item], from first: Int, at start: Int) -> Int? {
    var position = start
    for index in first..<items.count {
      switch items[index] {
      case .look(let ahead, let negated, let alternatives):
        let found = ahead ? match(alternatives, at: position) != nil : look(behind: alternatives, at: position)
        if found == negated { return nil }
      case .scalars(let repeated) where repeated.least == repeated.most:
        guard let end = consume(repeated, at: position, most: repeated.most) else { return nil }
        position = end
      case .scalars(let repeated):
        return backtrack(repeated, before: items, from: index + 1, at: position)
      }
    }
    return position
  }

  /// The longest run of the class after which the rest matches.
  private mutating func backtrack(
    _ repeated: Pattern.Repeated, before items: [Pattern.Item], from next: Int, at start: Int
  ) -> Int? {
    guard let least = consume(repeated, at: start, most: repeated.least) else { return nil }
    var end = least
    var count = repeated.least
    while count < repeated.most, let longer = consume(repeated, at: end, most: 1) {
      end = longer
      count += 1
    }
    if next == items.count { return end }
    while true {
      if let found = match(items, from: next, at: end) { return found }
      if end == least { return nil }
      end = bytes.scalarStart(before: end)
    }
  }

  /// Consumes exactly `most` scalars of the class.
  @inline(__always)
  private mutating func consume(_ repeated: Pattern.Repeated, at start: Int, most: Int) -> Int? {
    var position = start
    for _ in 0..<most {
      tries -= 1
      guard position < range.upperBound, tries > 0 else { return nil }
      let (scalar, end) = bytes.scalar(at: position)
      guard repeated.scalars.contains(scalar) else { return nil }
      position = end
    }
    return position
  }

  /// Whether one of the alternatives, each of fixed length, ends at `position`.
  private mutating func look(behind alternatives: [[Pattern.Item]], at position: Int) -> Bool {
    for items in alternatives {
      var start = position
      var fits = true
      for _ in items {
        if start == range.lowerBound {
          fits = false
          break
        }
        start = bytes.scalarStart(before: start)
      }
      if fits, match(items, from: 0, at: start) == position { return true }
    }
    return false
  }
}
