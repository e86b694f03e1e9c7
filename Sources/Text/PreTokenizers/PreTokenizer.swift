import JSON

/// A normalized text and the pieces it is cut into; a model encodes each piece for itself.
struct PreTokenizedText {
  var text: NormalizedText
  /// In order, not overlapping, none empty.
  var pieces: [Range<Int>]

  init(_ text: NormalizedText, pieces: [Range<Int>]? = nil) {
    self.text = text
    self.pieces = (pieces ?? [0..<text.bytes.count]).filter { !$0.isEmpty }
  }

  /// Cuts each piece into what `cut` appends; empty ranges are left out.
  mutating func cutPieces(_ cut: (Range<Int>, inout [Range<Int>]) -> Void) {
    var result: [Range<Int>] = []
    result.reserveCapacity(pieces.count * 2)
    for piece in pieces { cut(piece, &result) }
    pieces = result.filter { !$0.isEmpty }
  }
}

/// Cuts a normalized text into pieces.
protocol PreTokenizer: TokenizerComponent {
  func split(_ text: inout PreTokenizedText)
}

/// Every pre-tokenizer that can be read; a new one is a new file and a line here.
let knownPreTokenizers: [any PreTokenizer.Type] = [
  PreTokenizerSequence.self, WhitespaceSplit.self, Whitespace.self, Split.self, Metaspace.self, ByteLevel.self,
  BertPreTokenizer.self, Punctuation.self, Digits.self, CharacterDelimiter.self,
]

/// Several pre-tokenizers, each cutting the pieces of the one before.
struct PreTokenizerSequence: PreTokenizer {
  static let type = "Sequence"
  let preTokenizers: [any PreTokenizer]

  init(_ preTokenizers: [any PreTokenizer]) { self.preTokenizers = preTokenizers }

  init(_ fields: JSONFields) throws(TokenizerError) {
    preTokenizers = try readComponents(fields, "pretokenizers", knownPreTokenizers) { $0 as? any PreTokenizer }
  }

  var members: [(key: String, value: JSONValue)] {
    [("pretokenizers", .array(preTokenizers.map(\.json)))]
  }

  func split(_ text: inout PreTokenizedText) {
    for preTokenizer in preTokenizers { preTokenizer.split(&text) }
  }
}

/// Cuts at white space and drops it.
struct WhitespaceSplit: PreTokenizer {
  static let type = "WhitespaceSplit"
  init() {}
  init(_ fields: JSONFields) {}
  var members: [(key: String, value: JSONValue)] { [] }

  func split(_ text: inout PreTokenizedText) { text.cut(.removed) { $0.properties.isWhitespace } }
}
