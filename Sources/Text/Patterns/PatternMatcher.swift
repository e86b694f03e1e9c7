/// Matches a `Pattern` at places of one range of a text.
struct PatternMatcher {
  /// What varies in length more often than that in one match, such as a group that is repeated, takes too much stack and
  /// counts as no match.
  private static let deepest = 500

  private let bytes: [UInt8]
  private let range: Range<Int>
  /// Tries left for one range. No pattern of a sane file comes near it; it bounds what a hostile one can cost, and what
  /// would cost more is taken as no match.
  private var tries: Int
  private var depth = 0

  /// What has to match behind what is being matched.
  private indirect enum Rest {
    case nothing
    case items([Pattern.Item], from: Int, Rest)
    /// The group once more, or what follows it.
    case again(Pattern.Group, done: Int, start: Int, Rest)
  }

  init(bytes: [UInt8], range: Range<Int>) {
    self.bytes = bytes
    self.range = range
    tries = 10_000 + 256 * range.count
  }

  /// Where the first alternative that matches at `position` ends; nil without a match.
  mutating func match(_ alternatives: [[Pattern.Item]], at position: Int) -> Int? {
    for items in alternatives {
      if let end = match(items, from: 0, at: position, .nothing) { return end }
    }
    return nil
  }

  private mutating func match(_ items: [Pattern.Item], from first: Int, at start: Int, _ rest: Rest) -> Int? {
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
        let isLast = index + 1 == items.count
        return backtrack(repeated, before: isLast ? rest : .items(items, from: index + 1, rest), at: position)
      case .group(let group):
        return match(group, done: 0, start: -1, at: position, .items(items, from: index + 1, rest))
      }
    }
    return match(rest, at: position)
  }

  private mutating func match(_ rest: Rest, at position: Int) -> Int? {
    switch rest {
    case .nothing: position
    case .items(let items, let first, let rest): match(items, from: first, at: position, rest)
    case .again(let group, let done, let start, let rest):
      match(group, done: done, start: start, at: position, rest)
    }
  }

  /// One more of the group, or as many as there are.
  ///
  /// - Parameter start: where the last one began; one that matches nothing is not repeated.
  private mutating func match(
    _ group: Pattern.Group, done: Int, start: Int, at position: Int, _ rest: Rest
  ) -> Int? {
    tries -= 1
    depth += 1
    defer { depth -= 1 }
    guard tries > 0, depth < Self.deepest else { return nil }
    let isEnough = done >= group.least
    if group.isLazy, isEnough, let end = match(rest, at: position) { return end }
    if done < group.most, position > start || !isEnough {
      for items in group.alternatives {
        if let end = match(items, from: 0, at: position, .again(group, done: done + 1, start: position, rest)) {
          return end
        }
      }
    }
    return isEnough && !group.isLazy ? match(rest, at: position) : nil
  }

  /// A run of the class after which the rest matches: the longest, or if it is lazy the shortest.
  private mutating func backtrack(_ repeated: Pattern.Repeated, before rest: Rest, at start: Int) -> Int? {
    depth += 1
    defer { depth -= 1 }
    guard depth < Self.deepest, let least = consume(repeated, at: start, most: repeated.least) else { return nil }
    var end = least
    var count = repeated.least
    if repeated.greed == .lazy {
      while true {
        if let found = match(rest, at: end) { return found }
        guard count < repeated.most, let longer = consume(repeated, at: end, most: 1) else { return nil }
        end = longer
        count += 1
      }
    }
    while count < repeated.most, let longer = consume(repeated, at: end, most: 1) {
      end = longer
      count += 1
    }
    if case .nothing = rest { return end }
    while true {
      if let found = match(rest, at: end) { return found }
      if end == least || repeated.greed == .possessive { return nil }
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
      if fits, match(items, from: 0, at: start, .nothing) == position { return true }
    }
    return false
  }
}
