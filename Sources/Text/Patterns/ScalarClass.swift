/// A set of Unicode scalars, as a regular expression writes it: `[^\s\p{L}']`.
struct ScalarClass: Sendable {
  indirect enum Member: Sendable {
    case range(ClosedRange<UInt32>)
    /// `\w`.
    case word(negated: Bool)
    /// A class in a class.
    case nested(ScalarClass)
    /// What all of several classes hold.
    case common([ScalarClass])
    /// White space by Unicode's White_Space property.
    case whitespace(negated: Bool)
    /// Bit `i` stands for the `i`th of `GeneralCategory.all`.
    case categories(UInt32, negated: Bool)
  }

  private let members: [Member]
  private let isNegated: Bool
  /// A letter is in the class if its other case is.
  private let ignoresCase: Bool
  /// The answers for the 128 ASCII scalars.
  private let ascii: (UInt64, UInt64)

  init(_ members: [Member], negated: Bool = false, ignoresCase: Bool = false) {
    self.members = members
    isNegated = negated
    self.ignoresCase = ignoresCase
    var low: UInt64 = 0
    var high: UInt64 = 0
    for value in 0..<UInt32(64) {
      let (first, second) = (Unicode.Scalar(UInt8(value)), Unicode.Scalar(UInt8(value + 64)))
      if Self.contains(first, members, ignoresCase) != negated { low |= 1 << UInt64(value) }
      if Self.contains(second, members, ignoresCase) != negated { high |= 1 << UInt64(value) }
    }
    ascii = (low, high)
  }

  @inline(__always)
  func contains(_ scalar: Unicode.Scalar) -> Bool {
    let value = scalar.value
    if value < 64 { return ascii.0 >> UInt64(value) & 1 == 1 }
    if value < 128 { return ascii.1 >> UInt64(value - 64) & 1 == 1 }
    return Self.contains(scalar, members, ignoresCase) != isNegated
  }

  private static func contains(_ scalar: Unicode.Scalar, _ members: [Member], _ ignoresCase: Bool) -> Bool {
    if contains(scalar, members) { return true }
    return ignoresCase && otherCases(scalar).contains { contains($0, members) }
  }

  /// Letters, marks, digits and connectors, as Oniguruma counts them.
  private static func isOfWord(_ scalar: Unicode.Scalar) -> Bool {
    if scalar.properties.isAlphabetic { return true }
    switch scalar.properties.generalCategory {
    case .nonspacingMark, .spacingMark, .enclosingMark, .decimalNumber, .connectorPunctuation: return true
    default: return false
    }
  }

  /// Those of one scalar; also the two signs that fold to an ASCII letter.
  private static func otherCases(_ scalar: Unicode.Scalar) -> [Unicode.Scalar] {
    let cases = [scalar.properties.lowercaseMapping, scalar.properties.uppercaseMapping].compactMap { mapping in
      mapping.unicodeScalars.count == 1 ? mapping.unicodeScalars.first : nil
    }
    switch scalar {
    case "s", "S": return cases + ["\u{17F}"]
    case "k", "K": return cases + ["\u{212A}"]
    case "\u{17F}": return cases + ["s"]
    default: return cases
    }
  }

  private static func contains(_ scalar: Unicode.Scalar, _ members: [Member]) -> Bool {
    for member in members {
      switch member {
      case .range(let range):
        if range.contains(scalar.value) { return true }
      case .whitespace(let negated):
        if scalar.properties.isWhitespace != negated { return true }
      case .word(let negated):
        if isOfWord(scalar) != negated { return true }
      case .nested(let inner):
        if inner.contains(scalar) { return true }
      case .common(let classes):
        if classes.allSatisfy({ $0.contains(scalar) }) { return true }
      case .categories(let mask, let negated):
        let bit = GeneralCategory.bit(scalar.properties.generalCategory)
        if (mask & bit != 0) != negated { return true }
      }
    }
    return false
  }
}

/// General categories by the names that regular expressions give them.
enum GeneralCategory {
  private static let all: [(name: String, category: Unicode.GeneralCategory)] = [
    ("Lu", .uppercaseLetter), ("Ll", .lowercaseLetter), ("Lt", .titlecaseLetter), ("Lm", .modifierLetter),
    ("Lo", .otherLetter), ("Mn", .nonspacingMark), ("Mc", .spacingMark), ("Me", .enclosingMark),
    ("Nd", .decimalNumber), ("Nl", .letterNumber), ("No", .otherNumber), ("Pc", .connectorPunctuation),
    ("Pd", .dashPunctuation), ("Ps", .openPunctuation), ("Pe", .closePunctuation), ("Pi", .initialPunctuation),
    ("Pf", .finalPunctuation), ("Po", .otherPunctuation), ("Sm", .mathSymbol), ("Sc", .currencySymbol),
    ("Sk", .modifierSymbol), ("So", .otherSymbol), ("Zs", .spaceSeparator), ("Zl", .lineSeparator),
    ("Zp", .paragraphSeparator), ("Cc", .control), ("Cf", .format), ("Co", .privateUse), ("Cn", .unassigned),
    ("Cs", .surrogate),
  ]

  static func bit(_ category: Unicode.GeneralCategory) -> UInt32 {
    switch category {
    case .uppercaseLetter: 1 << 0
    case .lowercaseLetter: 1 << 1
    case .otherLetter: 1 << 4
    case .nonspacingMark: 1 << 5
    case .decimalNumber: 1 << 8
    default: all.firstIndex { $0.category == category }.map { 1 << UInt32($0) } ?? 0
    }
  }

  /// The categories that a name such as `L` or `Lu` covers; nil for an unknown name.
  static func mask(named name: String) -> UInt32? {
    let mask = all.enumerated().reduce(UInt32(0)) { mask, entry in
      entry.element.name.hasPrefix(name) ? mask | 1 << UInt32(entry.offset) : mask
    }
    return name.isEmpty || mask == 0 ? nil : mask
  }
}
