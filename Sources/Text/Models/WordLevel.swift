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
    // What no word is called stands for nothing: the reference needs the member, and refuses unknown words then.
    let hasNone = try fields.optionalString("unk_token") == "" && vocabulary.id(of: "") == nil
    unknownID = hasNone ? nil : try fields.unknownID(in: vocabulary)
    if unknownID == nil && !hasNone { throw TokenizerError("\(fields.place(of: "unk_token")) is missing") }
  }

  var members: [(key: String, value: JSONValue)] {
    [
      ("vocab", vocabulary.json),
      ("unk_token", .string(unknownID.flatMap { vocabulary[$0] } ?? "")),
    ]
  }

  func encode(_ bytes: [UInt8], _ piece: Range<Int>, into tokens: inout [ModelToken]) {
    guard let id = vocabulary.id(of: bytes, piece) ?? unknownID else { return }
    tokens.append(ModelToken(id: id, range: piece))
  }
}
