import Foundation
import JSON

// Tokenizers in the files of other libraries.

extension Tokenizer {
  /// A SentencePiece `.model` or `.spm`.
  ///
  /// Throws: `TokenizerError` with the library's reason.
  static func sentencePiece(_ data: Data) throws(TokenizerError) -> Tokenizer {
    let file = try SentencePieceFile(data)
    let model = try SentencePieceUnits(file)
    let controls = file.controlIDs.map { AddedToken(id: $0, content: model.vocabulary[$0] ?? "") }
    return try Tokenizer(
      normalizer: nil, preTokenizer: nil, model: model, decoder: SentencePieceDecoder(file),
      added: controls.filter { !$0.content.isEmpty }, findsAdded: false)
  }

  /// Marian's pair: pieces of one side's `.spm` with the ids of `vocab.json`, which both sides share.
  ///
  /// A language token such as `>>fra<<` in the text is taken whole, and so is what `added_tokens.json` lists.
  ///
  /// Throws: `TokenizerError` for a vocabulary without `<unk>`, or `<blank>` in its place.
  static func marian(
    _ pieces: Data, vocabulary json: Data, added: [(piece: String, id: Int)] = []
  ) throws(TokenizerError) -> Tokenizer {
    let vocabulary = try Vocabulary(json: json)
    guard let unknown = vocabulary.id(of: "<unk>") ?? vocabulary.id(of: "<blank>") else {
      throw TokenizerError("has no <unk>")
    }
    let file = try SentencePieceFile(pieces)
    let names = Set(added.map(\.piece))
    var tokens = (0..<vocabulary.count).compactMap { id -> AddedToken? in
      guard let piece = vocabulary[id], isUsualSpecial(piece) || names.contains(piece) else { return nil }
      return AddedToken(id: id, content: piece)
    }
    // Those within the list that it does not have are the other side's.
    let beyond = added.filter { vocabulary.id(of: $0.piece) == nil && $0.id >= vocabulary.count }
    for (piece, id) in beyond.sorted(by: { $0.id < $1.id }) {
      tokens.append(AddedToken(id: id, content: piece))
    }
    return try Tokenizer(
      normalizer: nil, preTokenizer: nil,
      model: SentencePieceUnits(file, vocabulary: vocabulary, unknownID: unknown), decoder: SentencePieceDecoder(file),
      added: tokens)
  }

  /// BERT's `vocab.txt`: WordPiece, one piece a line.
  ///
  /// - Parameter settings: what `tokenizer_config.json` says; nil for nothing. Where it says nothing of capital letters, a
  ///   vocabulary without any decides.
  /// Throws: `TokenizerError` for a vocabulary without `[UNK]`, or for settings of a wrong kind.
  static func bert(_ lines: PieceLines, _ settings: JSONFields? = nil) throws(TokenizerError) -> Tokenizer {
    let vocabulary = try Vocabulary(lines)
    guard let unknown = vocabulary.id(of: "[UNK]") else { throw TokenizerError("has no [UNK]") }
    let added = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "[START]", "[END]"].compactMap { piece in
      vocabulary.id(of: piece).map { AddedToken(id: $0, content: piece) }
    }
    func flag(_ key: String) throws(TokenizerError) -> Bool? {
      guard let settings, try settings.value(key) != nil else { return nil }
      return try settings.bool(key, default: false)
    }
    return try Tokenizer(
      normalizer: BertNormalizer(
        partsChinese: flag("tokenize_chinese_chars") ?? true, stripsAccents: flag("strip_accents"),
        lowercases: flag("do_lower_case") ?? !vocabulary.hasCapitals),
      preTokenizer: BertPreTokenizer(), model: WordPiece(vocabulary, unknownID: unknown),
      decoder: WordPieceDecoder(prefix: "##", cleansUp: true),
      postProcessor: BertProcessing(vocabulary, "[CLS]", "[SEP]") ?? BertProcessing(vocabulary, "[START]", "[END]"),
      added: added)
  }

  /// The lines of a text file.
  static func lines(of data: Data) throws(TokenizerError) -> [String] {
    let lines = try PieceLines(data)
    return (0..<lines.count).map { lines[$0] }
  }
}

extension Vocabulary {
  /// The pieces of a list, whose ids are their places.
  init(list: [String]) throws(TokenizerError) {
    self.init()
    for (id, piece) in list.enumerated() where add(piece) != id {
      throw TokenizerError("line \(id + 1) has the piece \(piece) again")
    }
  }

  /// A `vocab.json`: an object of pieces and ids.
  init(json: Data) throws(TokenizerError) {
    let wrapped = JSONValue.object([("vocab", try JSONFields.parse(json))])
    self = try Vocabulary(JSONFields(wrapped, at: "").vocabularyEntries(), at: "vocab.json")
  }

  /// True if a piece, special tokens apart, holds a letter that lower case would change. Mathematical capitals and the like
  /// have no lower case.
  var hasCapitals: Bool {
    // Looking a letter up takes long, and a list has few.
    var lower: Set<Unicode.Scalar> = []
    return (0..<count).contains { id in
      let piece = bytes(of: id)
      guard let first = piece.first, first != UInt8(ascii: "["), first != UInt8(ascii: "<") else { return false }
      if piece.contains(where: { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) }) {
        return !specialWords.contains(String(decoding: piece, as: UTF8.self))
      }
      guard piece.contains(where: { $0 >= 0x80 }) else { return false }
      return String(decoding: piece, as: UTF8.self).unicodeScalars.contains { scalar in
        guard !scalar.isASCII, !lower.contains(scalar) else { return false }
        if scalar.properties.changesWhenLowercased { return true }
        lower.insert(scalar)
        return false
      }
    }
  }
}

extension BertProcessing {
  /// Nil if the vocabulary lacks one of the tokens.
  init?(_ vocabulary: Vocabulary, _ before: String, _ after: String) {
    guard let first = vocabulary.id(of: before), let last = vocabulary.id(of: after) else { return nil }
    self.init(cls: NamedToken(before, first), sep: NamedToken(after, last))
  }
}
