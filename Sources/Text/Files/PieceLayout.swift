import Foundation

extension Tokenizer {
  /// How a library numbers the pieces of a SentencePiece file.
  public enum PieceLayout: Sendable, Equatable {
    /// As the file does.
    case plain
    /// As the file does, then so many sentinels, `<extra_id_0>` last: T5.
    case sentinels(Int)
    /// `<pad>`, `</s>`, masks and unused places up to 105, then the file's pieces from its third on: Pegasus.
    case pegasus
    /// `<s>`, `<pad>`, `</s>`, `<unk>`, the file's pieces from its fourth on, then these: mBART, NLLB.
    case fairseq(after: [String])
    /// As `vocab.json` does, then these: M2M100.
    case listed(after: [String])
  }

  /// A SentencePiece model whose pieces another library numbers.
  ///
  /// - Parameter list: `vocab.json`, for `listed`.
  /// Throws: `TokenizerError` for a vocabulary that does not fit the layout.
  static func sentencePiece(_ data: Data, _ layout: PieceLayout, list: Data? = nil) throws(TokenizerError) -> Tokenizer
  {
    if layout == .plain { return try sentencePiece(data) }
    let file = try SentencePieceFile(data)
    let (pieces, special, unknown) = try layout.pieces(file.pieces, list)
    var vocabulary = Vocabulary()
    for (id, piece) in pieces.enumerated() where vocabulary.add(piece) != id {
      throw TokenizerError("has the piece \(piece) twice")
    }
    guard let unknownID = vocabulary.id(of: unknown) else { throw TokenizerError("has no \(unknown)") }
    let added = special.compactMap { piece in vocabulary.id(of: piece).map { AddedToken(id: $0, content: piece) } }
    return try Tokenizer(
      normalizer: nil, preTokenizer: nil,
      model: SentencePieceUnits(file, vocabulary: vocabulary, unknownID: unknownID),
      decoder: SentencePieceDecoder(file), added: added.sorted { $0.id < $1.id })
  }

  /// The ids that the file puts before and after a text.
  public var surroundings: (before: [Int], after: [Int]) {
    // An id that no vocabulary has stands for the text.
    let whole = postProcessor?.surround([EncodedToken(id: -1, range: 0..<0)]).map(\.id) ?? [-1]
    guard let place = whole.firstIndex(of: -1) else { return ([], []) }
    return (Array(whole[..<place]), Array(whole[(place + 1)...]))
  }
}

extension Tokenizer.PieceLayout {
  /// Every piece in the order of its id, those that stand for no text, and the one for what is not known.
  fileprivate func pieces(
    _ own: [String], _ list: Data?
  ) throws(TokenizerError) -> (all: [String], special: [String], unknown: String) {
    let usual = ["<s>", "<pad>", "</s>", "<unk>"]
    switch self {
    case .plain: return (own, [], "<unk>")
    case .sentinels(let count):
      let sentinels = (0..<count).reversed().map { "<extra_id_\($0)>" }
      let known = Set(own)
      return (own + sentinels.filter { !known.contains($0) }, ["<pad>", "</s>", "<unk>"] + sentinels, "<unk>")
    case .pegasus:
      let first = ["<pad>", "</s>", "<mask_1>", "<mask_2>"] + (2...102).map { "<unk_\($0)>" }
      return (first + own.dropFirst(2), first + ["<unk>"], "<unk>")
    case .fairseq(let after): return (usual + own.dropFirst(3) + after, usual + after, "<unk>")
    case .listed(let after):
      guard let list else { throw TokenizerError("needs a vocab.json beside it") }
      let vocabulary = try Vocabulary(json: list)
      let pieces = (0..<vocabulary.count).map { vocabulary[$0] ?? "" }
      let known = Set(pieces)
      return (pieces + after.filter { !known.contains($0) }, usual + after, "<unk>")
    }
  }
}
