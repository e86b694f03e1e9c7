/// Reads a regular expression into a `Pattern`'s items.
struct PatternParser {
  /// Of groups in groups.
  private static let deepest = 8
  /// Of classes in classes.
  private static let deepestClass = 4

  private let scalars: [Unicode.Scalar]
  private var position = 0
  private var ignoresCase = false

  static func parse(_ text: String) throws(TokenizerError) -> [[Pattern.Item]] {
    var parser = PatternParser(scalars: Array(text.unicodeScalars))
    let alternatives = try parser.alternatives(depth: 0)
    if parser.position != parser.scalars.count { throw parser.unsupported("an unmatched )") }
    return alternatives
  }

  private init(scalars: [Unicode.Scalar]) { self.scalars = scalars }

  private func unsupported(_ what: String) -> TokenizerError {
    TokenizerError(
      "the regular expression has \(what) at character \(position + 1), which heed does not read",
      advice: "write the tokenizer with a simpler pattern")
  }

  private var next: Unicode.Scalar? { position < scalars.count ? scalars[position] : nil }

  private mutating func take(_ text: String) -> Bool {
    let wanted = text.unicodeScalars
    guard scalars[position...].starts(with: wanted) else { return false }
    position += wanted.count
    return true
  }

  private mutating func alternatives(depth: Int) throws(TokenizerError) -> [[Pattern.Item]] {
    if depth > Self.deepest { throw unsupported("deep nesting") }
    var alternatives: [[Pattern.Item]] = [[]]
    while let scalar = next, scalar != ")" {
      if take("|") {
        alternatives.append([])
      } else {
        alternatives[alternatives.count - 1].append(try item(depth: depth))
      }
    }
    return alternatives
  }

  private mutating func item(depth: Int) throws(TokenizerError) -> Pattern.Item {
    if next == "(" {
      if let look = try look(depth: depth) { return look }
      var group = Pattern.Group(alternatives: try group(depth: depth))
      let (least, most, greed) = try quantifier()
      // What a possessive group would give back matters to no tokenizer; to be wrong in silence would.
      if greed == .possessive { throw unsupported("the quantifier +") }
      (group.least, group.most, group.isLazy) = (least, most, greed == .lazy)
      return .group(group)
    }
    let scalars = try atom()
    let (least, most, greed) = try quantifier()
    return .scalars(Pattern.Repeated(scalars: scalars, least: least, most: most, greed: greed))
  }

  private mutating func quantifier() throws(TokenizerError) -> (least: Int, most: Int, greed: Pattern.Greed) {
    var counts = (least: 1, most: 1)
    let isBraced = next == "{"
    if take("+") {
      counts.most = .max
    } else if take("*") {
      counts = (0, .max)
    } else if take("?") {
      counts.least = 0
    } else if isBraced {
      counts = try self.counts()
    } else {
      return (1, 1, .greedy)
    }
    // Behind braces Oniguruma takes a plus for a quantifier of a quantifier.
    let greed: Pattern.Greed = take("?") ? .lazy : !isBraced && take("+") ? .possessive : .greedy
    if let mark = next, "+*?{".unicodeScalars.contains(mark) { throw unsupported("the quantifier \(mark)") }
    return (counts.least, counts.most, greed)
  }

  /// `{2}`, `{2,}` or `{2,5}`.
  private mutating func counts() throws(TokenizerError) -> (least: Int, most: Int) {
    let start = position
    let bounds = try braced().split(separator: ",", omittingEmptySubsequences: false)
    let least = bounds.first.flatMap { Int($0) }
    let most = bounds.count == 1 ? least : bounds.last.flatMap { $0.isEmpty ? Int.max : Int($0) }
    guard bounds.count <= 2, let least, let most, least >= 0, least <= most else {
      position = start
      throw unsupported("the quantifier {")
    }
    return (least, most)
  }

  /// Nil if what stands in parentheses is a group.
  private mutating func look(depth: Int) throws(TokenizerError) -> Pattern.Item? {
    let forms: [(mark: String, ahead: Bool, negated: Bool)] = [
      ("(?=", true, false), ("(?!", true, true), ("(?<=", false, false), ("(?<!", false, true),
    ]
    for form in forms where take(form.mark) {
      let inner = try alternatives(depth: depth + 1)
      guard take(")") else { throw unsupported("an unclosed (") }
      if !form.ahead, !inner.allSatisfy({ $0.allSatisfy(Self.isOneScalar) }) {
        throw unsupported("a look-behind of varying length before the place")
      }
      return .look(ahead: form.ahead, negated: form.negated, inner)
    }
    return nil
  }

  /// `(…)`, `(?:…)` or `(?i:…)`; what a group matched is never asked for.
  private mutating func group(depth: Int) throws(TokenizerError) -> [[Pattern.Item]] {
    let outer = ignoresCase
    defer { ignoresCase = outer }
    if take("(?i:") {
      ignoresCase = true
    } else if !take("(?:") {
      _ = take("(")
      if next == "?" || next == "*" { throw unsupported("a group of another kind") }
    }
    let inner = try alternatives(depth: depth + 1)
    guard take(")") else { throw unsupported("an unclosed (") }
    return inner
  }

  private static func isOneScalar(_ item: Pattern.Item) -> Bool {
    if case .scalars(let repeated) = item { repeated.least == 1 && repeated.most == 1 } else { false }
  }

  private mutating func atom() throws(TokenizerError) -> ScalarClass {
    guard let scalar = next else { throw unsupported("an end") }
    if scalar == "[" { return try bracketed(depth: 0) }
    if scalar == "\\" {
      let member = try escape()
      guard case .word(let negated) = member else { return ScalarClass([member], ignoresCase: ignoresCase) }
      // Outside a class Oniguruma takes the small figures and fractions of Latin-1 for letters.
      let figures: [ScalarClass.Member] = [.range(0xB2...0xB3), .range(0xB9...0xB9), .range(0xBC...0xBE)]
      return ScalarClass([.word(negated: false)] + figures, negated: negated)
    }
    if "^$+*?{}]".unicodeScalars.contains(scalar) { throw unsupported("the sign \(scalar)") }
    position += 1
    if scalar == "." { return ScalarClass([.range(0x0A...0x0A)], negated: true) }
    return ScalarClass([.range(scalar.value...scalar.value)], ignoresCase: ignoresCase)
  }

  private mutating func bracketed(depth: Int) throws(TokenizerError) -> ScalarClass {
    if depth > Self.deepestClass { throw unsupported("deep nesting") }
    position += 1
    let negated = take("^")
    var members: [ScalarClass.Member] = []
    // Of `[a&&b]` each side is a class, and what both hold is meant.
    var sides: [ScalarClass] = []
    while let scalar = next, scalar != "]" {
      if take("&&") {
        guard !members.isEmpty else { throw unsupported("an empty side of &&") }
        sides.append(ScalarClass(members, ignoresCase: ignoresCase))
        members = []
        continue
      }
      if scalar == "[" {
        if position + 1 < scalars.count, scalars[position + 1] == ":" { throw unsupported("a class with a name") }
        members.append(.nested(try bracketed(depth: depth + 1)))
        continue
      }
      members.append(try rangeOrMember())
    }
    guard take("]"), !members.isEmpty else { throw unsupported("an unclosed or empty class") }
    let last = ScalarClass(members, ignoresCase: ignoresCase)
    if sides.isEmpty { return negated ? ScalarClass([.nested(last)], negated: true) : last }
    return ScalarClass([.common(sides + [last])], negated: negated)
  }

  private mutating func rangeOrMember() throws(TokenizerError) -> ScalarClass.Member {
    let member = try self.member()
    guard next == "-", position + 1 < scalars.count, scalars[position + 1] != "]", scalars[position + 1] != "[" else {
      return member
    }
    // Behind a class a dash stands for itself.
    guard case .range(let first) = member else { return member }
    position += 1
    guard case .range(let last) = try self.member(), first.lowerBound <= last.upperBound else {
      throw unsupported("a wrong range")
    }
    return .range(first.lowerBound...last.upperBound)
  }

  private mutating func member() throws(TokenizerError) -> ScalarClass.Member {
    guard let scalar = next else { throw unsupported("an unclosed class") }
    if scalar == "\\" { return try escape() }
    position += 1
    return .range(scalar.value...scalar.value)
  }

  private mutating func escape() throws(TokenizerError) -> ScalarClass.Member {
    position += 1
    guard let scalar = next else { throw unsupported("an end after \\") }
    position += 1
    switch scalar {
    case "s": return .whitespace(negated: false)
    case "S": return .whitespace(negated: true)
    case "d", "D": return .categories(GeneralCategory.mask(named: "Nd") ?? 0, negated: scalar == "D")
    case "w", "W": return .word(negated: scalar == "W")
    case "p", "P": return try category(negated: scalar == "P")
    case "n": return .range(0x0A...0x0A)
    case "r": return .range(0x0D...0x0D)
    case "t": return .range(0x09...0x09)
    case "v": return .range(0x0B...0x0B)
    case "f": return .range(0x0C...0x0C)
    case "u": return try fixedHexadecimal()
    case "x": return try hexadecimal()
    default:
      if scalar.properties.isAlphabetic || scalar.properties.numericType != nil {
        throw unsupported("\\\(scalar) before the place")
      }
      return .range(scalar.value...scalar.value)
    }
  }

  private mutating func braced() throws(TokenizerError) -> String {
    guard take("{"), let end = scalars[position...].firstIndex(of: "}") else { throw unsupported("no {…}") }
    defer { position = end + 1 }
    return String(String.UnicodeScalarView(scalars[position..<end]))
  }

  private mutating func category(negated: Bool) throws(TokenizerError) -> ScalarClass.Member {
    let name = try braced()
    guard let mask = GeneralCategory.mask(named: name) else {
      throw unsupported("the property \(name) before the place")
    }
    return .categories(mask, negated: negated)
  }

  /// `\u3040`.
  private mutating func fixedHexadecimal() throws(TokenizerError) -> ScalarClass.Member {
    let digits = String(String.UnicodeScalarView(scalars[position...].prefix(4)))
    guard digits.count == 4, let value = UInt32(digits, radix: 16), let scalar = Unicode.Scalar(value) else {
      throw unsupported("the scalar \(digits)")
    }
    position += 4
    return .range(scalar.value...scalar.value)
  }

  private mutating func hexadecimal() throws(TokenizerError) -> ScalarClass.Member {
    let digits = try braced()
    guard let value = UInt32(digits, radix: 16), let scalar = Unicode.Scalar(value) else {
      throw unsupported("the scalar \(digits) before the place")
    }
    return .range(scalar.value...scalar.value)
  }
}
