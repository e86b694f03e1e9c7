import CSentencePiece

/// A BPE model in SentencePiece's memory, from which ours is read.
struct SentencePieceModel: ~Copyable {
  private let handle: OpaquePointer

  /// Trains on lines of valid UTF-8 without line breaks.
  init(training lines: some Sequence<[UInt8]>, size: Int, characterCoverage: Double) throws(TokenizerError) {
    var text: [UInt8] = []
    for line in lines where !line.isEmpty {
      text += line
      text.append(UInt8(ascii: "\n"))
    }
    if text.isEmpty { throw TokenizerError("the training text is empty", advice: "give text that is not empty") }
    var message: UnsafeMutablePointer<CChar>?
    let trained = text.withUnsafeBytes { bytes in
      csentencepiece_train_bpe(
        bytes.baseAddress?.assumingMemoryBound(to: CChar.self), bytes.count, Int32(clamping: size),
        characterCoverage, &message)
    }
    defer { csentencepiece_free_text(message) }
    guard let trained else {
      let reason = message.map { String(cString: $0) } ?? "no reason given"
      throw TokenizerError("SentencePiece cannot train: \(reason)", advice: "give more text or another size")
    }
    handle = trained
  }

  deinit { csentencepiece_free(handle) }

  var count: Int { Int(csentencepiece_size(handle)) }

  func piece(_ id: Int) -> String {
    var length = 0
    guard let bytes = csentencepiece_piece(handle, Int32(clamping: id), &length) else { return "" }
    return String(decoding: UnsafeRawBufferPointer(start: bytes, count: length), as: UTF8.self)
  }

  /// The library's own ids of a normalized text.
  func encode(_ text: String) -> [Int] {
    var ids = [Int32](repeating: 0, count: text.utf8.count + 2)
    let found = text.utf8CString.withUnsafeBufferPointer { bytes in
      csentencepiece_encode(handle, bytes.baseAddress, bytes.count - 1, &ids, ids.count)
    }
    return ids.prefix(max(0, Int(found))).map(Int.init)
  }
}

extension BytePairEncoding {
  /// Trains with SentencePiece.
  ///
  /// Throws: `TokenizerError` with the library's reason, e.g. a size that does not hold the characters of the text.
  static func train(
    on lines: some Sequence<[UInt8]>, size: Int, characterCoverage: Double
  ) throws(TokenizerError) -> BytePairEncoding {
    let trained = try SentencePieceModel(training: lines, size: size, characterCoverage: characterCoverage)
    return try BytePairEncoding(trained)
  }

  /// The trained model as merges. Its pieces come in the order in which they merge, so a merge ranks as the piece that it
  /// makes; SentencePiece merges any two neighbours that make a piece, so every way to cut one in two is a merge.
  init(_ trained: borrowing SentencePieceModel) throws(TokenizerError) {
    var vocabulary = Vocabulary()
    for id in 0..<trained.count { vocabulary.add(trained.piece(id)) }
    var merges: [(left: String, right: String)] = []
    for id in Tokenizer.specialPieces.count..<trained.count {
      let scalars = Array(trained.piece(id).unicodeScalars)
      for cut in scalars.indices.dropFirst() {
        let left = String(String.UnicodeScalarView(scalars[..<cut]))
        let right = String(String.UnicodeScalarView(scalars[cut...]))
        if vocabulary.id(of: left) != nil, vocabulary.id(of: right) != nil { merges.append((left, right)) }
      }
    }
    try self.init(vocabulary, merges: merges, unknownID: 3, options: Options(fusesUnknown: true))
  }
}
