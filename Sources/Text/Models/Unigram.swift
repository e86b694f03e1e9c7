import JSON

/// A unigram language model (Kudo 2018): of all ways to cut a text into pieces, the most probable one.
struct Unigram: TokenModel {
  static let type = "Unigram"
  /// An unknown scalar costs this more than the least probable piece, as in SentencePiece.
  private static let unknownPenalty = 10.0

  let vocabulary: Vocabulary
  let unknownID: Int?
  /// Natural logarithms of the pieces' probabilities, by id.
  private let scores: [Double]
  /// Unknown text becomes its bytes, `<0xC3>`, where the vocabulary has them.
  private let bytes: BytePieces?
  private let longest: Int
  private let unknownScore: Double

  /// Throws: `TokenizerError` if there is no piece, one comes twice, or `unknownID` is outside.
  init(
    _ pieces: [(piece: String, score: Double)], unknownID: Int?, fallsBackToBytes: Bool, at place: String = "vocab"
  ) throws(TokenizerError) {
    var vocabulary = Vocabulary()
    for (index, (piece, _)) in pieces.enumerated() where vocabulary.add(piece) != index {
      throw TokenizerError("\(place)[\(index)] is \(piece), which came before")
    }
    if let unknownID, !pieces.indices.contains(unknownID) {
      throw TokenizerError("unk_id is \(unknownID), but \(place) has \(pieces.count) pieces")
    }
    self.vocabulary = vocabulary
    self.unknownID = unknownID
    scores = pieces.map(\.score)
    bytes = fallsBackToBytes ? BytePieces(vocabulary) : nil
    longest = pieces.map(\.piece.utf8.count).max() ?? 0
    unknownScore = (scores.min() ?? 0) - Self.unknownPenalty
  }

  init(_ fields: JSONFields) throws(TokenizerError) {
    let place = fields.place(of: "vocab")
    var pieces: [(piece: String, score: Double)] = []
    for (index, value) in try fields.array("vocab").enumerated() {
      guard case .array(let pair) = value, pair.count == 2, case .string(let piece) = pair[0],
        case .number(let digits) = pair[1], let score = Double(digits), score.isFinite
      else { throw TokenizerError("\(place)[\(index)] is no piece with its score") }
      pieces.append((piece, score))
    }
    let unknownID = try fields.value("unk_id") == nil ? nil : fields.int("unk_id")
    try self.init(
      pieces, unknownID: unknownID, fallsBackToBytes: fields.bool("byte_fallback", default: false), at: place)
  }

  var members: [(key: String, value: JSONValue)] {
    [
      ("unk_id", unknownID.map { .int($0) } ?? .null),
      (
        "vocab",
        .array(
          scores.enumerated().map { id, score in
            .array([.string(vocabulary[id] ?? ""), .number(score == 0 ? "0.0" : "\(score)")])
          })
      ),
      ("byte_fallback", .bool(bytes != nil)),
    ]
  }

  func encode(_ text: [UInt8], _ piece: Range<Int>, into tokens: inout [ModelToken]) {
    for range in bestCuts(text, piece) {
      if let id = vocabulary.id(of: text, range) {
        tokens.append(ModelToken(id: id, range: range))
      } else if let ids = bytes?.ids(of: text[range]) {
        tokens += ids.map { ModelToken(id: $0, range: range) }
      } else if let unknownID {
        tokens.append(ModelToken(id: unknownID, range: range))
      }
    }
  }

  /// The best way to reach a place in the text.
  private struct Arrival {
    var score = 0.0
    var start = -1
    var isUnknown = false
  }

  /// The ranges of the most probable pieces; unknown scalars in a row are one range.
  private func bestCuts(_ text: [UInt8], _ piece: Range<Int>) -> [Range<Int>] {
    let base = piece.lowerBound
    var best = [Arrival](repeating: Arrival(), count: piece.count + 1)
    func arrive(_ start: Int, _ end: Int, _ score: Double, isUnknown: Bool = false) {
      let score = score + best[start - base].score
      if best[end - base].start < 0 || score > best[end - base].score {
        best[end - base] = Arrival(score: score, start: start, isUnknown: isUnknown)
      }
    }
    var position = base
    while position < piece.upperBound {
      let next = text.scalar(at: position).end
      var hasScalar = false
      var end = next
      while end <= piece.upperBound, end - position <= longest {
        if let id = vocabulary.id(of: text, position..<end) {
          // A text may spell the unknown piece's name; that is unknown too.
          arrive(position, end, scores[id], isUnknown: id == unknownID)
          if end == next { hasScalar = true }
        }
        if end == piece.upperBound { break }
        end = text.scalar(at: end).end
      }
      if !hasScalar { arrive(position, next, unknownScore, isUnknown: true) }
      position = next
    }
    return ranges(best, piece)
  }

  private func ranges(_ best: [Arrival], _ piece: Range<Int>) -> [Range<Int>] {
    var ranges: [Range<Int>] = []
    var end = piece.upperBound
    var wasUnknown = false
    while end > piece.lowerBound {
      let arrival = best[end - piece.lowerBound]
      if arrival.isUnknown, wasUnknown, let last = ranges.last {
        ranges[ranges.count - 1] = arrival.start..<last.upperBound
      } else {
        ranges.append(arrival.start..<end)
      }
      wasUnknown = arrival.isUnknown
      end = arrival.start
    }
    return ranges.reversed()
  }
}

/// The pieces `<0x00>` to `<0xFF>` with which any text can be spelled.
struct BytePieces: Sendable {
  private let ids: [Int?]

  init(_ vocabulary: Vocabulary) {
    ids = (0..<256).map { vocabulary.id(of: Self.piece(UInt8($0))) }
  }

  static func piece(_ byte: UInt8) -> String {
    let digits = String(byte, radix: 16, uppercase: true)
    return "<0x\(digits.count < 2 ? "0" : "")\(digits)>"
  }

  /// The byte that a piece spells; nil for any other piece.
  static func byte(_ piece: String) -> UInt8? {
    guard piece.utf8.count == 6, piece.hasPrefix("<0x"), piece.hasSuffix(">") else { return nil }
    return UInt8(piece.dropFirst(3).dropLast(), radix: 16)
  }

  /// An id for each byte; nil if the vocabulary lacks one of them.
  func ids(of bytes: some Sequence<UInt8>) -> [Int]? {
    var result: [Int] = []
    for byte in bytes {
      guard let id = ids[Int(byte)] else { return nil }
      result.append(id)
    }
    return result
  }
}
