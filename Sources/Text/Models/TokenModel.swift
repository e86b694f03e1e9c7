import JSON

/// An id and the bytes of the normalized text that it stands for.
struct ModelToken {
  var id: Int
  var range: Range<Int>
}

/// Turns one piece of normalized text into ids.
protocol TokenModel: TokenizerComponent {
  /// Its pieces and their ids, from 0.
  var vocabulary: Vocabulary { get }
  /// The id for text that the vocabulary lacks; nil if there is none.
  var unknownID: Int? { get }
  func encode(_ bytes: [UInt8], _ piece: Range<Int>, into tokens: inout [ModelToken])
}

/// Every model that can be read; a new one is a new file and a line here.
let knownModels: [any TokenModel.Type] = [
  WordLevel.self, BytePairEncoding.self, Unigram.self, WordPiece.self,
]

extension JSONFields {
  /// The entries of `vocab`.
  func vocabularyEntries() throws(TokenizerError) -> [(piece: String, id: Int)] {
    var entries: [(piece: String, id: Int)] = []
    for (piece, value) in try members("vocab") {
      guard case .number(let digits) = value, let id = Int(digits) else {
        throw TokenizerError("\(place(of: "vocab")) gives \(piece) \(value.kind) where an id belongs")
      }
      entries.append((piece, id))
    }
    return entries
  }

  /// The id of the piece that `unk_token` names.
  func unknownID(in vocabulary: Vocabulary) throws(TokenizerError) -> Int? {
    guard let piece = try optionalString("unk_token") else { return nil }
    guard let id = vocabulary.id(of: piece) else {
      throw TokenizerError("\(place(of: "unk_token")) is \(piece), which \(place(of: "vocab")) lacks")
    }
    return id
  }
}
