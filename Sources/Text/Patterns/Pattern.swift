import JSON

/// The regular expressions that tokenizer files use, in a small matcher of our own: on short pieces of text it is many
/// times faster than a general engine, and it leaves the bytes where they are.
///
/// Understood: literals, `.`, classes in classes, `\s \d \w \p{L}` and their opposites, `\x{200B} \n`, groups, `(?i:…)`, the
/// quantifiers `+ * ? {2,5}` in their greedy, lazy and possessive forms, alternation, and look-ahead and look-behind, the
/// latter of fixed length. Anchors and back-references are not; they are refused.
struct Pattern: Sendable {
  /// How hard a quantifier holds on to what it has.
  enum Greed: Sendable {
    case greedy, lazy, possessive
  }

  /// A class with how often it may match.
  struct Repeated: Sendable {
    var scalars: ScalarClass
    var least: Int
    var most: Int
    var greed = Greed.greedy
  }

  /// Alternatives with how often they may match.
  struct Group: Sendable {
    var alternatives: [[Item]]
    var least = 1
    var most = 1
    var isLazy = false
  }

  enum Item: Sendable {
    case scalars(Repeated)
    case group(Group)
    case look(ahead: Bool, negated: Bool, [[Item]])
  }

  /// As the file has it.
  enum Source: Sendable, Equatable {
    case string(String)
    case regex(String)
  }

  let source: Source
  let alternatives: [[Item]]
  /// False for bytes with which no match can start.
  private let firstBytes: [Bool]
  /// False if every match holds a scalar.
  private let matchesEmpty: Bool

  /// Throws: `TokenizerError` if a regular expression is malformed or uses what is not understood.
  init(_ source: Source) throws(TokenizerError) {
    self.source = source
    switch source {
    case .string(let text):
      alternatives = [text.unicodeScalars.map { .scalars(Repeated(scalars: ScalarClass($0), least: 1, most: 1)) }]
    case .regex(let text): alternatives = try PatternParser.parse(text)
    }
    var first = FirstBytes()
    matchesEmpty = first.add(alternatives)
    firstBytes = first.table
  }

  /// Calls `found` with each match in `range`, from the left and not overlapping; an empty match counts unless it stands
  /// at the end of the match before.
  ///
  /// Looking around sees nothing outside `range`.
  func forEachMatch(in bytes: [UInt8], _ range: Range<Int>, _ found: (Range<Int>) -> Void) {
    if range.isEmpty { return }
    var matcher = PatternMatcher(bytes: bytes, range: range)
    var position = range.lowerBound
    var last: Int?
    while position <= range.upperBound {
      let isPossible = position == range.upperBound ? matchesEmpty : firstBytes[Int(bytes[position])]
      if isPossible, let end = matcher.match(alternatives, at: position), end > position || position != last {
        found(position..<end)
        last = end
        if end > position {
          position = end
          continue
        }
      }
      if position == range.upperBound { return }
      position = bytes.scalar(at: position).end
    }
  }
}

/// The bytes with which a match may start; every byte above ASCII is let through.
private struct FirstBytes {
  private(set) var table = [Bool](repeating: false, count: 0x80) + [Bool](repeating: true, count: 0x80)

  /// - Returns: whether one of the alternatives can match nothing; then every byte is let through.
  mutating func add(_ alternatives: [[Pattern.Item]]) -> Bool {
    var matchesEmpty = false
    for items in alternatives where add(items[...]) { matchesEmpty = true }
    if matchesEmpty { table = [Bool](repeating: true, count: 256) }
    return matchesEmpty
  }

  private mutating func add(_ items: ArraySlice<Pattern.Item>) -> Bool {
    for item in items {
      switch item {
      case .look: continue
      case .scalars(let repeated):
        for byte in UInt8(0)..<0x80 where repeated.scalars.contains(Unicode.Scalar(byte)) { table[Int(byte)] = true }
        if repeated.least > 0 { return false }
      case .group(let group):
        if !add(group.alternatives), group.least > 0 { return false }
      }
    }
    return true
  }
}

extension Pattern {
  /// Reads `{"String": "…"}` or `{"Regex": "…"}`.
  init(_ fields: JSONFields, _ key: String) throws(TokenizerError) {
    guard let pattern = try fields.fields(key) else { throw TokenizerError("\(fields.place(of: key)) is missing") }
    do throws(TokenizerError) {
      if let text = try pattern.optionalString("Regex") {
        try self.init(.regex(text))
      } else {
        try self.init(.string(try pattern.string("String")))
      }
    } catch {
      throw TokenizerError("\(pattern.place): \(error.problem)", advice: error.advice)
    }
  }

  var json: JSONValue {
    switch source {
    case .string(let text): .object([("String", .string(text))])
    case .regex(let text): .object([("Regex", .string(text))])
    }
  }
}

extension ScalarClass {
  /// One scalar.
  init(_ scalar: Unicode.Scalar) {
    self.init([.range(scalar.value...scalar.value)])
  }
}
