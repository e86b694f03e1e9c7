import JSON

/// Cuts at the matches of a pattern.
struct Split: PreTokenizer {
  /// What becomes of a match: `a-b` cut at `-` gives `a b`, `a - b`, `a- b`, `a -b`; `contiguous` isolates whole runs.
  enum Behavior: String, Sendable {
    case removed = "Removed"
    case isolated = "Isolated"
    case mergedWithPrevious = "MergedWithPrevious"
    case mergedWithNext = "MergedWithNext"
    case contiguous = "Contiguous"
  }

  static let type = "Split"
  let pattern: Pattern
  let behavior: Behavior
  /// Cuts at what does not match instead.
  let isInverted: Bool

  init(_ pattern: Pattern, _ behavior: Behavior, inverted: Bool = false) {
    self.pattern = pattern
    self.behavior = behavior
    isInverted = inverted
  }

  init(_ fields: JSONFields) throws(TokenizerError) {
    pattern = try Pattern(fields, "pattern")
    behavior = try fields.behavior()
    isInverted = try fields.bool("invert", default: false)
  }

  var members: [(key: String, value: JSONValue)] {
    [("pattern", pattern.json), ("behavior", .string(behavior.rawValue)), ("invert", .bool(isInverted))]
  }

  func split(_ text: inout PreTokenizedText) {
    let bytes = text.text.bytes
    text.cutPieces { piece, result in
      var parts: [Part] = []
      var position = piece.lowerBound
      pattern.forEachMatch(in: bytes, piece) { match in
        if position < match.lowerBound { parts.append(Part(position..<match.lowerBound, isInverted)) }
        parts.append(Part(match, !isInverted))
        position = match.upperBound
      }
      if parts.isEmpty, !isInverted {
        result.append(piece)
        return
      }
      if position < piece.upperBound { parts.append(Part(position..<piece.upperBound, isInverted)) }
      result += behavior.join(parts)
    }
  }
}

/// A stretch of a piece that is a delimiter or lies between delimiters.
struct Part {
  var range: Range<Int>
  var isDelimiter: Bool

  init(_ range: Range<Int>, _ isDelimiter: Bool) {
    self.range = range
    self.isDelimiter = isDelimiter
  }
}

extension Split.Behavior {
  /// The pieces that the parts, in order and without gaps, come to.
  func join(_ parts: [Part]) -> [Range<Int>] {
    switch self {
    case .removed: return parts.filter { !$0.isDelimiter }.map(\.range)
    case .isolated: return parts.map(\.range)
    case .contiguous: return merge(parts) { previous, part in previous.isDelimiter == part.isDelimiter }
    case .mergedWithPrevious: return merge(parts) { previous, part in !previous.isDelimiter && part.isDelimiter }
    case .mergedWithNext:
      // Seen from the right, so that of two delimiters the later one joins what follows.
      return merge(parts.reversed()) { next, part in !next.isDelimiter && part.isDelimiter }.reversed()
    }
  }

  private func merge(_ parts: [Part], _ joins: (Part, Part) -> Bool) -> [Range<Int>] {
    var result: [Range<Int>] = []
    var previous: Part?
    for part in parts {
      if let previous, let last = result.last, joins(previous, part) {
        let start = min(last.lowerBound, part.range.lowerBound)
        result[result.count - 1] = start..<max(last.upperBound, part.range.upperBound)
      } else {
        result.append(part.range)
      }
      previous = part
    }
    return result
  }
}
