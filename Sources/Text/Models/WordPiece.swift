import JSON

/// WordPiece (Schuster and Nakajima 2012, as in BERT): the longest piece that fits, from the left.
struct WordPiece: TokenModel {
  static let type = "WordPiece"
  let vocabulary: Vocabulary
  let unknownID: Int?
  /// Starts a piece that goes on with a word: `##`.
  private let prefix: [UInt8]
  /// A longer word, in scalars, is unknown without a look.
  private let longestWord: Int

  init(_ vocabulary: Vocabulary, unknownID: Int, prefix: String = "##", longestWord: Int = 100) {
    self.vocabulary = vocabulary
    self.unknownID = unknownID
    self.prefix = Array(prefix.utf8)
    self.longestWord = longestWord
  }

  init(_ fields: JSONFields) throws(TokenizerError) {
    let vocabulary = try Vocabulary(fields.vocabularyEntries(), at: fields.place(of: "vocab"))
    guard let unknownID = try fields.unknownID(in: vocabulary) else {
      throw TokenizerError("\(fields.place(of: "unk_token")) is missing")
    }
    let longest = try fields.value("max_input_chars_per_word") == nil ? 100 : fields.int("max_input_chars_per_word")
    self.init(
      vocabulary, unknownID: unknownID, prefix: try fields.optionalString("continuing_subword_prefix") ?? "##",
      longestWord: longest)
  }

  var members: [(key: String, value: JSONValue)] {
    [
      ("unk_token", unknownID.flatMap { vocabulary[$0] }.map { .string($0) } ?? .null),
      ("continuing_subword_prefix", .string(String(decoding: prefix, as: UTF8.self))),
      ("max_input_chars_per_word", .int(longestWord)), ("vocab", vocabulary.json),
    ]
  }

  func encode(_ bytes: [UInt8], _ piece: Range<Int>, into tokens: inout [ModelToken]) {
    if let found = pieces(bytes, piece) {
      tokens += found
    } else if let unknownID {
      tokens.append(ModelToken(id: unknownID, range: piece))
    }
  }

  /// Nil if a part of the word is not in the vocabulary: then the whole word is unknown.
  private func pieces(_ bytes: [UInt8], _ word: Range<Int>) -> [ModelToken]? {
    guard bytes[word].count(where: { $0 & 0xC0 != 0x80 }) <= longestWord else { return nil }
    var found: [ModelToken] = []
    var start = word.lowerBound
    while start < word.upperBound {
      var end = word.upperBound
      var id = id(bytes, start..<end, continues: start > word.lowerBound)
      while id == nil, end > start {
        end = bytes.scalarStart(before: end)
        if end > start { id = self.id(bytes, start..<end, continues: start > word.lowerBound) }
      }
      guard let id else { return nil }
      found.append(ModelToken(id: id, range: start..<end))
      start = end
    }
    return found
  }

  private func id(_ bytes: [UInt8], _ range: Range<Int>, continues: Bool) -> Int? {
    guard continues, !prefix.isEmpty else { return vocabulary.id(of: bytes, range) }
    let piece = prefix + bytes[range]
    return vocabulary.id(of: piece, 0..<piece.count)
  }
}
