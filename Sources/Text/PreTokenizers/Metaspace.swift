import JSON

/// SentencePiece's way with spaces: they become `▁`, one may be put in front, and each starts a piece.
///
/// Stands both as a pre-tokenizer and as the decoder that turns the marks back into spaces.
struct Metaspace: PreTokenizer, Decoder {
  enum Prepend: String, Sendable {
    case always
    case first
    case never
  }

  static let type = "Metaspace"
  let replacement: Unicode.Scalar
  let prepend: Prepend
  let splits: Bool

  init(prepend: Prepend, splits: Bool) {
    replacement = "▁"
    self.prepend = prepend
    self.splits = splits
  }

  init(_ fields: JSONFields) throws(TokenizerError) {
    let mark = try fields.string("replacement").unicodeScalars
    guard mark.count == 1, let replacement = mark.first else {
      throw TokenizerError("\(fields.place(of: "replacement")) is not one character")
    }
    self.replacement = replacement
    let name = try fields.optionalString("prepend_scheme") ?? Prepend.always.rawValue
    guard let prepend = Prepend(rawValue: name) else {
      throw TokenizerError("\(fields.place(of: "prepend_scheme")) is \(name), not always, first or never")
    }
    self.prepend = prepend
    splits = try fields.bool("split", default: true)
  }

  var members: [(key: String, value: JSONValue)] {
    [
      ("replacement", .string(String(replacement))), ("prepend_scheme", .string(prepend.rawValue)),
      ("split", .bool(splits)),
    ]
  }

  func split(_ text: inout PreTokenizedText) {
    var pieces: [Range<Int>] = []
    let old = text.pieces
    text.text.rewrite { new in
      for piece in old {
        let start = new.count
        let starts = mark(piece, in: &new)
        guard splits else {
          pieces.append(start..<new.count)
          continue
        }
        // Two marks in a row are two pieces, the second of which joins what follows.
        let cuts = [start] + starts.filter { $0 > start } + [new.count]
        pieces += zip(cuts, cuts.dropFirst()).map { $0..<$1 }
      }
    }
    text.pieces = pieces.filter { !$0.isEmpty }
  }

  /// Copies a piece with marks for spaces; returns where the marks are.
  private func mark(_ piece: Range<Int>, in new: inout NormalizedText.Rewriter) -> [Int] {
    let mark = Array(String(replacement).utf8)
    let source = new.source
    var starts: [Int] = []
    let (first, firstEnd) = source.scalar(at: piece.lowerBound)
    let isStart = source.typed(piece.lowerBound..<firstEnd).lowerBound == 0
    if first != " ", first != replacement, prepend == .always || (prepend == .first && isStart),
      let place = source.place(of: piece.lowerBound..<firstEnd)
    {
      starts.append(new.count)
      new.put(mark, at: place)
    }
    var position = piece.lowerBound
    while position < piece.upperBound {
      let (scalar, end) = source.scalar(at: position)
      if scalar == " ", let place = source.place(of: position..<end) {
        starts.append(new.count)
        new.put(mark, at: place)
      } else {
        if scalar == replacement { starts.append(new.count) }
        new.keep(position..<end)
      }
      position = end
    }
    return starts
  }

  func decode(_ pieces: [String]) -> [String] {
    pieces.enumerated().map { index, piece in
      var text = String.UnicodeScalarView()
      for scalar in piece.unicodeScalars {
        if scalar != replacement {
          text.append(scalar)
        } else if index > 0 || prepend == .never {
          text.append(" ")
        }
      }
      return String(text)
    }
  }

  func surface(_ piece: String) -> String {
    let text = String(String.UnicodeScalarView(piece.unicodeScalars.drop { $0 == replacement }))
    return text.isEmpty ? piece : text
  }

  func continuesWord(_ piece: String) -> Bool {
    piece.unicodeScalars.first != replacement
      && piece.unicodeScalars.contains { $0.properties.isAlphabetic || $0.properties.numericType != nil }
  }
}
