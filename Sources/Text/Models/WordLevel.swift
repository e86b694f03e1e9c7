import JSON

/// A piece is a word of the vocabulary, or unknown.
struct WordLevel: TokenModel {
  static let type = "WordLevel"
  let vocabulary: Vocabulary
  let unknownID: Int?

  /// - Parameter unknownID: nil: unknown words are left out, as Keras does without an `oov_token`.
  init(_ vocabulary: Vocabulary, unknownID: Int?) {
    self.vocabulary = vocabulary
    self.unknownID = unknownID
  }

  init(_ fields: JSONFields) throws(TokenizerError) {
    vocabulary = try Vocabulary(fields.vocabularyEntries(), at: fields.place(of: "vocab"))
    unknownID = try fields.unknownID(in: vocabulary)
    if unknownID == nil { throw TokenizerError("\(fields.place(of: "unk_token")) is missing") }
  }

  var members: [(key: String, value: JSONValue)] {
    [
      ("vocab", vocabulary.json),
      ("unk_token", unknownID.flatMap { vocabulary[$0] }.map { .string($0) } ?? .null),
    ]
  }

  func encode(_ bytes: [UInt8], _ piece: Range<Int>, into tokens: inout [ModelToken]) {
    guard let id = vocabulary.id(of: bytes, piece) ?? unknownID else { return }
    tokens.append(ModelToken(id: id, range: piece))
  }
}
