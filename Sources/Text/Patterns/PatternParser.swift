/// Reads a regular expression into a `Pattern`'s items.
struct PatternParser {
  private static let deepestLook = 4

  private let scalars: [Unicode.Scalar]
  private var position = 0

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
    if depth > Self.deepestLook { throw unsupported("deep nesting") }
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
    if next == "(" { return try look(depth: depth) }
    let scalars = try atom()
    var repeated = Pattern.Repeated(scalars: scalars, least: 1, most: 1)
    if take("+") {
      repeated.most = .max
    } else if take("*") {
      repeated.least = 0
      repeated.most = .max
    } else if take("?") {
      repeated.least = 0
    } else if next == "{" {
      (repeated.least, repeated.most) = try counts()
    }
    if let mark = next, "+*?{".unicodeScalars.contains(mark) { throw unsupported("the quantifier \(mark)") }
    return .scalars(repeated)
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

  private mutating func look(depth: Int) throws(TokenizerError) -> Pattern.Item {
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
    throw unsupported("a group")
  }

  private static func isOneScalar(_ item: Pattern.Item) -> Bool {
    if case .scalars(let repeated) = item { repeated.least == 1 && repeated.most == 1 } else { false }
  }

  private mutating func atom() throws(TokenizerError) -> ScalarClass {
    guard let scalar = next else { throw unsupported("an end") }
    if scalar == "[" { return try bracketed() }
    if scalar == "\\" { return ScalarClass([try escape()]) }
    if "^$+*?{}]".unicodeScalars.contains(scalar) { throw unsupported("the sign \(scalar)") }
    position += 1
    return scalar == "." ? ScalarClass([.range(0x0A...0x0A)], negated: true) : ScalarClass(scalar)
  }

  private mutating func bracketed() throws(TokenizerError) -> ScalarClass {
    position += 1
    let negated = take("^")
    var members: [ScalarClass.Member] = []
    while let scalar = next, scalar != "]" {
      if scalar == "[" || scalar == "&" { throw unsupported("a class in a class") }
      let member = try self.member()
      guard next == "-", position + 1 < scalars.count, scalars[position + 1] != "]" else {
        members.append(member)
        continue
      }
      position += 1
      guard case .range(let first) = member, case .range(let last) = try self.member(),
        first.lowerBound <= last.upperBound
      else { throw unsupported("a wrong range") }
      members.append(.range(first.lowerBound...last.upperBound))
    }
    guard take("]"), !members.isEmpty else { throw unsupported("an unclosed or empty class") }
    return ScalarClass(members, negated: negated)
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
    case "p", "P": return try category(negated: scalar == "P")
    case "n": return .range(0x0A...0x0A)
    case "r": return .range(0x0D...0x0D)
    case "t": return .range(0x09...0x09)
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

  private mutating func hexadecimal() throws(TokenizerError) -> ScalarClass.Member {
    let digits = try braced()
    guard let value = UInt32(digits, radix: 16), let scalar = Unicode.Scalar(value) else {
      throw unsupported("the scalar \(digits) before the place")
    }
    return .range(scalar.value...scalar.value)
  }
}
