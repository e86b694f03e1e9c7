import Foundation

/// One token of an encoded text.
public struct EncodedToken: Sendable, Hashable {
  public var id: Int
  /// Where it stands in the text as typed, in UTF-8 bytes.
  public var range: Range<Int>

  public init(id: Int, range: Range<Int>) {
    self.id = id
    self.range = range
  }
}

/// Text to ids and back, as a `tokenizer.json` of Hugging Face's tokenizers describes it: text is normalized, cut into
/// pieces, and each piece becomes ids of the model's vocabulary.
///
/// Ids and offsets are those of the reference library.
public struct Tokenizer: Sendable {
  let normalizer: (any Normalizer)?
  let preTokenizer: (any PreTokenizer)?
  let model: any TokenModel
  let decoder: (any Decoder)?
  let postProcessor: (any PostProcessor)?
  let added: AddedTokens
  private let special: SpecialTokens

  /// - Parameter findsAdded: added tokens are looked for in typed text; else they only have a part in decoding.
  /// - Throws: `TokenizerError` if the added tokens do not fit the vocabulary.
  init(
    normalizer: (any Normalizer)?, preTokenizer: (any PreTokenizer)?, model: any TokenModel,
    decoder: (any Decoder)?, postProcessor: (any PostProcessor)? = nil, added: [AddedToken],
    findsAdded: Bool = true
  ) throws(TokenizerError) {
    self.normalizer = normalizer
    self.preTokenizer = preTokenizer
    self.model = model
    self.decoder = decoder
    self.postProcessor = postProcessor
    self.added = try AddedTokens(added, model.vocabulary, normalizer, findsAny: findsAdded)
    special = SpecialTokens(added, unknown: model.unknownID)
  }

  /// The same, but a special token's name in a text is text like any other.
  func splittingSpecial() throws(TokenizerError) -> Tokenizer {
    try Tokenizer(
      normalizer: normalizer, preTokenizer: preTokenizer, model: model, decoder: decoder, postProcessor: postProcessor,
      added: added.tokens, findsAdded: false)
  }

  /// How many ids there are, those of added tokens included.
  public var vocabularySize: Int { max(model.vocabulary.count, (added.byID.keys.max() ?? -1) + 1) }

  /// The id of `<pad>`, or of what other libraries call it; nil if the file has none.
  public var padID: Int? { special.pad }
  /// The id of `<start>`, or of what other libraries call it; nil if the file has none.
  public var startID: Int? { special.start }
  /// The id of `<end>`, or of what other libraries call it; nil if the file has none.
  public var endID: Int? { special.end }
  /// The id for text that the vocabulary lacks; nil if there is none.
  public var unknownID: Int? { special.unknown }

  /// The vocabulary's spelling of an id; nil outside the vocabulary.
  public func piece(of id: Int) -> String? { added.byID[id]?.content ?? model.vocabulary[id] }

  /// The id of a piece, which must be given in the vocabulary's Unicode form.
  public func id(of piece: String) -> Int? { added.id(of: piece) ?? model.vocabulary.id(of: piece) }

  /// The piece without its marks, for a reader; `<unk>` outside the vocabulary.
  public func surface(of id: Int) -> String {
    guard let piece = piece(of: id) else { return unknownPiece }
    return isSpecial(id) ? piece : decoder?.surface(piece) ?? piece
  }

  /// The text as typed that a token stands for, up to the end of its last letter with its accents.
  public func surface(of token: EncodedToken, in text: String) -> String {
    let bytes = text.utf8
    guard token.range.lowerBound >= 0, !token.range.isEmpty,
      let start = bytes.index(bytes.startIndex, offsetBy: token.range.lowerBound, limitedBy: bytes.endIndex),
      let end = bytes.index(start, offsetBy: token.range.count, limitedBy: bytes.endIndex)
    else { return surface(of: token.id) }
    let rest = text.unicodeScalars[end...].prefix { $0.properties.canonicalCombiningClass != .notReordered }
    return String(text.unicodeScalars[start..<rest.endIndex])
  }

  /// True for a sub-word that goes on with the word of the token before it.
  public func continuesWord(_ id: Int) -> Bool {
    guard !isSpecial(id), let piece = piece(of: id) else { return false }
    return decoder?.continuesWord(piece) ?? false
  }

  /// True for `<pad>`, `<start>`, `<end>`, `<unk>` and what else the file calls special.
  public func isSpecial(_ id: Int) -> Bool { id == special.unknown || added.byID[id]?.isSpecial == true }

  /// The ids of a text; a word that the vocabulary lacks gets `unknownID`.
  ///
  /// Ranges are in order. The sub-words of one letter share its range.
  ///
  /// - Parameter addingSpecialTokens: with the tokens that the file puts around a text, `[CLS]` and the like; their
  ///   ranges are empty.
  public func encode(_ text: String, addingSpecialTokens: Bool = false) -> [EncodedToken] {
    let bytes = Array(text.utf8)
    var tokens: [EncodedToken] = []
    added.forEachSegment(inTyped: bytes) { segment, token in
      if let token {
        tokens.append(EncodedToken(id: token, range: segment))
      } else if !segment.isEmpty {
        encode(NormalizedText(bytes[segment], base: segment.lowerBound), into: &tokens)
      }
    }
    guard let postProcessor else { return tokens }
    postProcessor.narrow(&tokens, in: bytes) { token in
      added.byID[token.id] == nil
        ? model.vocabulary[token.id] ?? "" : String(decoding: bytes[token.range], as: UTF8.self)
    }
    return addingSpecialTokens ? postProcessor.surround(tokens) : tokens
  }

  private func encode(_ typed: NormalizedText, into tokens: inout [EncodedToken]) {
    var text = typed
    normalizer?.normalize(&text)
    let normalized = text
    added.forEachSegment(inNormalized: normalized.bytes) { segment, token in
      if let token {
        tokens.append(EncodedToken(id: token, range: normalized.typed(segment)))
        return
      }
      var cut = PreTokenizedText(normalized, pieces: [segment])
      preTokenizer?.split(&cut)
      var found: [ModelToken] = []
      for piece in cut.pieces { model.encode(cut.text.bytes, piece, into: &found) }
      for token in found { tokens.append(EncodedToken(id: token.id, range: cut.text.typed(token.range))) }
    }
  }

  /// The text of ids. Pad, start and end are left out, an id outside the vocabulary reads as `<unk>`.
  public func decode(_ ids: [Int]) -> String {
    let pieces = ids.filter { !special.isSilent($0) }.map { piece(of: $0) ?? unknownPiece }
    return decoder?.decode(pieces).joined() ?? pieces.joined(separator: " ")
  }

  private var unknownPiece: String { unknownID.flatMap { piece(of: $0) } ?? "<unk>" }
}

/// The tokens with a part in decoding, found by the names that libraries give them.
private struct SpecialTokens: Sendable {
  var pad: Int?
  var start: Int?
  var end: Int?
  var unknown: Int?

  init(_ added: [AddedToken], unknown: Int?) {
    func id(_ names: [String]) -> Int? {
      names.lazy.compactMap { name in added.first { $0.isSpecial && $0.content == name }?.id }.first
    }
    pad = id(["<pad>", "[PAD]", "<PAD>", "PAD"])
    start = id(["<start>", "<s>", "<bos>", "[CLS]", "[start]", "<sos>", "[START]", "<SOS>", "SOS"])
    end = id(["<end>", "</s>", "<eos>", "[SEP]", "[end]", "<|endoftext|>", "[END]", "<EOS>", "EOS"])
    self.unknown = unknown ?? id(["<unk>", "[UNK]", "<UNK>", "UNK"])
  }

  func isSilent(_ id: Int) -> Bool { id == pad || id == start || id == end }
}
