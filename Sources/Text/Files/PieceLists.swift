import Foundation
import JSON

// Vocabularies that are lists of pieces, as CTranslate2 keeps them; who cuts a text into pieces is another matter.

extension Tokenizer {
  /// The pieces of a JSON list of texts.
  ///
  /// - Throws: `TokenizerError`.
  public static func pieces(jsonList url: URL) throws -> [String] {
    try named(url) { data throws(TokenizerError) in
      guard case .array(let items) = try JSONFields.parse(data) else { throw TokenizerError("is no list of pieces") }
      var pieces: [String] = []
      for (index, item) in items.enumerated() {
        guard case .string(let piece) = item else { throw TokenizerError("[\(index)] is \(item.kind), no piece") }
        pieces.append(piece)
      }
      return pieces
    }
  }

  /// The lines of a text file.
  ///
  /// - Throws: `TokenizerError`.
  public static func pieces(lines url: URL) throws -> [String] {
    try named(url) { data throws(TokenizerError) in try lines(of: data) }
  }

  /// False where a text has to be given as pieces between spaces, since nothing is known that would cut it.
  public var cutsPieces: Bool { !(model is WordLevel && preTokenizer is WhitespaceSplit && normalizer == nil) }

  /// A tokenizer of a list of pieces. Without a SentencePiece model a text is given as pieces between spaces, and as
  /// letters where every piece is one.
  ///
  /// - Parameter name: stands for the list in errors.
  /// - Throws: `TokenizerError`.
  public static func pieces(_ pieces: [String], cutBy model: URL?, name: String) throws -> Tokenizer {
    do throws(TokenizerError) {
      let vocabulary = try Vocabulary(list: pieces)
      let unknown = ["<unk>", "<blank>"].lazy.compactMap { vocabulary.id(of: $0) }.first
      let special = ["<pad>", "<blank>", "<s>", "</s>", "<unk>", "<bos>", "<eos>"]
      var added = special.compactMap { piece in vocabulary.id(of: piece).map { AddedToken(id: $0, content: piece) } }
      if let model {
        guard let unknown else { throw TokenizerError("has no <unk>") }
        let languages = pieces.enumerated().filter { $1.hasPrefix(">>") && $1.hasSuffix("<<") }
        added += languages.map { AddedToken(id: $0.offset, content: $0.element) }
        return try named(model) { data throws(TokenizerError) in
          let file = try SentencePieceFile(data)
          return try Tokenizer(
            normalizer: nil, preTokenizer: nil,
            model: SentencePieceUnits(file, vocabulary: vocabulary, unknownID: unknown),
            decoder: SentencePieceDecoder(file), added: added)
        }
      }
      let isOfLetters = pieces.allSatisfy { $0.unicodeScalars.count <= 1 || special.contains($0) }
      let hasSpaceMarks = pieces.contains { $0.hasPrefix("▁") }
      return try Tokenizer(
        normalizer: nil,
        preTokenizer: isOfLetters
          ? Split(try Pattern(.regex(".")), .isolated) : WhitespaceSplit(),
        model: WordLevel(vocabulary, unknownID: unknown),
        decoder: isOfLetters ? Fuse() : hasSpaceMarks ? Metaspace(prepend: .always, splits: true) : nil, added: added)
    } catch {
      throw error.file.isEmpty ? error.inFile(name) : error
    }
  }
}
