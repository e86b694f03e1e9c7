import JSON

/// The regular expressions that tokenizer files use, in a small matcher of our own: on short pieces of text it is many
/// times faster than a general engine, and it leaves the bytes where they are.
///
/// Understood: literals, `.`, classes, `\s \S \d \D \p{L} \P{L} \x{200B} \n`, the quantifiers `+ * ? {2,5}` on one scalar,
/// alternation, and look-ahead and look-behind, the latter of fixed length. Groups are not; they are refused.
struct Pattern: Sendable {
  /// A class with how often it may match, greedily.
  struct Repeated: Sendable {
    var scalars: ScalarClass
    var least: Int
    var most: Int
  }

  enum Item: Sendable {
    case scalars(Repeated)
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
    firstBytes = Self.firstBytes(of: alternatives)
    matchesEmpty = alternatives.contains { items in
      items.allSatisfy { if case .scalars(let repeated) = $0 { repeated.least == 0 } else { true } }
    }
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

  /// Looks at the first class that a match must consume; every byte above ASCII is let through.
  private static func firstBytes(of alternatives: [[Item]]) -> [Bool] {
    var table = [Bool](repeating: false, count: 256)
    for byte in 0x80...0xFF { table[byte] = true }
    for items in alternatives {
      let first = items.lazy.compactMap { item -> Repeated? in
        if case .scalars(let repeated) = item { repeated } else { nil }
      }.first
      for byte in UInt8(0)..<0x80 {
        guard let first, first.least > 0 else {
          table[Int(byte)] = true
          continue
        }
        if first.scalars.contains(Unicode.Scalar(byte)) { table[Int(byte)] = true }
      }
    }
    return table
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
