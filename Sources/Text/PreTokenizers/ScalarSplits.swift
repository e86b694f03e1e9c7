import JSON

// Pre-tokenizers that cut where a scalar is of a kind.

/// Cuts into words and runs of other signs, and drops white space.
struct Whitespace: PreTokenizer {
  static let type = "Whitespace"
  init() {}
  init(_ fields: JSONFields) {}
  var members: [(key: String, value: JSONValue)] { [] }

  func split(_ text: inout PreTokenizedText) {
    text.cut(.removed) { $0.properties.isWhitespace }
    let bytes = text.text.bytes
    text.cutPieces { piece, result in
      var start = piece.lowerBound
      var position = start
      var wasWord = false
      while position < piece.upperBound {
        let (scalar, end) = bytes.scalar(at: position)
        let isWord = scalar.isWordCharacter
        if position > start, isWord != wasWord {
          result.append(start..<position)
          start = position
        }
        wasWord = isWord
        position = end
      }
      result.append(start..<position)
    }
  }
}

/// BERT's words: cut at white space, which is dropped, and around each punctuation mark.
struct BertPreTokenizer: PreTokenizer {
  static let type = "BertPreTokenizer"
  init() {}
  init(_ fields: JSONFields) {}
  var members: [(key: String, value: JSONValue)] { [] }

  func split(_ text: inout PreTokenizedText) {
    text.cut(.removed) { $0.properties.isWhitespace }
    text.cut(.isolated) { $0.isPunctuationMark }
  }
}

/// Cuts around punctuation marks.
struct Punctuation: PreTokenizer {
  static let type = "Punctuation"
  let behavior: Split.Behavior

  init(_ fields: JSONFields) throws(TokenizerError) {
    behavior = try fields.value("behavior") == nil ? .isolated : fields.behavior()
  }

  var members: [(key: String, value: JSONValue)] { [("behavior", .string(behavior.rawValue))] }

  func split(_ text: inout PreTokenizedText) { text.cut(behavior) { $0.isPunctuationMark } }
}

/// Cuts around numbers, or around each of their digits.
struct Digits: PreTokenizer {
  static let type = "Digits"
  let cutsEach: Bool

  init(_ fields: JSONFields) throws(TokenizerError) { cutsEach = try fields.bool("individual_digits", default: false) }

  var members: [(key: String, value: JSONValue)] { [("individual_digits", .bool(cutsEach))] }

  func split(_ text: inout PreTokenizedText) {
    text.cut(cutsEach ? .isolated : .contiguous) {
      switch $0.properties.generalCategory {
      case .decimalNumber, .letterNumber, .otherNumber: true
      default: false
      }
    }
  }
}

/// Cuts at one character and drops it.
struct CharacterDelimiter: PreTokenizer {
  static let type = "CharDelimiterSplit"
  let delimiter: Unicode.Scalar

  init(_ fields: JSONFields) throws(TokenizerError) {
    let scalars = try fields.string("delimiter").unicodeScalars
    guard scalars.count == 1, let delimiter = scalars.first else {
      throw TokenizerError("\(fields.place(of: "delimiter")) is not one character")
    }
    self.delimiter = delimiter
  }

  var members: [(key: String, value: JSONValue)] { [("delimiter", .string(String(delimiter)))] }

  func split(_ text: inout PreTokenizedText) { text.cut(.removed) { $0 == delimiter } }
}

extension PreTokenizedText {
  /// Cuts at every scalar that satisfies the test.
  mutating func cut(_ behavior: Split.Behavior, where isDelimiter: (Unicode.Scalar) -> Bool) {
    let bytes = text.bytes
    cutPieces { piece, result in
      var parts: [Part] = []
      var start = piece.lowerBound
      var position = start
      while position < piece.upperBound {
        let (scalar, end) = bytes.scalar(at: position)
        if isDelimiter(scalar) {
          if start < position { parts.append(Part(start..<position, false)) }
          parts.append(Part(position..<end, true))
          start = end
        }
        position = end
      }
      if start < position { parts.append(Part(start..<position, false)) }
      result += behavior.join(parts)
    }
  }
}

extension JSONFields {
  func behavior() throws(TokenizerError) -> Split.Behavior {
    let name = try string("behavior")
    guard let behavior = Split.Behavior(rawValue: name) else {
      throw TokenizerError("\(place(of: "behavior")) is \(name), which heed does not read")
    }
    return behavior
  }
}

extension Unicode.Scalar {
  /// Any sign of ASCII that is no letter, digit or space, and Unicode's punctuation, as BERT counts it.
  var isPunctuationMark: Bool {
    switch value {
    case 0x21...0x2F, 0x3A...0x40, 0x5B...0x60, 0x7B...0x7E: return true
    case 0..<0x80: return false
    default: break
    }
    switch properties.generalCategory {
    case .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation, .initialPunctuation,
      .finalPunctuation, .otherPunctuation:
      return true
    default: return false
    }
  }

  /// `\w` of regular expressions (Unicode Technical Standard 18).
  var isWordCharacter: Bool {
    if properties.isAlphabetic || properties.isJoinControl { return true }
    switch properties.generalCategory {
    case .nonspacingMark, .spacingMark, .enclosingMark, .decimalNumber, .connectorPunctuation: return true
    default: return false
    }
  }
}
