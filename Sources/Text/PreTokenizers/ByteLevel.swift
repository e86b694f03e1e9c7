import JSON

/// GPT-2's bytes as letters: each of the 256 bytes is written as a visible character, so that nothing is unknown.
///
/// Stands as a pre-tokenizer, as the decoder that turns the letters back into bytes, and as the post-processor that takes
/// spaces off the offsets.
struct ByteLevel: PreTokenizer, Decoder {
  static let type = "ByteLevel"
  let addsPrefixSpace: Bool
  let trimsOffsets: Bool
  let splits: Bool
  private let pattern: Pattern?

  /// GPT-2's words, numbers and signs, with the space before them.
  private static let words =
    #"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"#

  init(addsPrefixSpace: Bool, trimsOffsets: Bool = true, splits: Bool = true) throws(TokenizerError) {
    self.addsPrefixSpace = addsPrefixSpace
    self.trimsOffsets = trimsOffsets
    self.splits = splits
    pattern = splits ? try Pattern(.regex(Self.words)) : nil
  }

  init(_ fields: JSONFields) throws(TokenizerError) {
    try self.init(
      addsPrefixSpace: fields.bool("add_prefix_space", default: true),
      trimsOffsets: fields.bool("trim_offsets", default: true), splits: fields.bool("use_regex", default: true))
  }

  var members: [(key: String, value: JSONValue)] {
    [
      ("add_prefix_space", .bool(addsPrefixSpace)), ("trim_offsets", .bool(trimsOffsets)),
      ("use_regex", .bool(splits)),
    ]
  }

  func split(_ text: inout PreTokenizedText) {
    if addsPrefixSpace { prefix(&text) }
    if let pattern { Split(pattern, .isolated).split(&text) }
    spell(&text)
  }

  /// Writes each byte as its letter.
  func spell(_ text: inout PreTokenizedText) {
    var pieces: [Range<Int>] = []
    let old = text.pieces
    text.text.rewrite { new in
      for piece in old {
        let start = new.count
        var position = piece.lowerBound
        while position < piece.upperBound {
          let end = new.source.scalar(at: position).end
          if let place = new.source.place(of: position..<end) {
            for byte in new.source.bytes[position..<end] { new.put(Self.letters[Int(byte)], at: place) }
          }
          position = end
        }
        pieces.append(start..<new.count)
      }
    }
    text.pieces = pieces
  }

  /// A space before each piece that does not start with one.
  private func prefix(_ text: inout PreTokenizedText) {
    let old = text.pieces
    var pieces: [Range<Int>] = []
    text.text.rewrite { new in
      for piece in old {
        let start = new.count
        let (first, end) = new.source.scalar(at: piece.lowerBound)
        if first != " ", let place = new.source.place(of: piece.lowerBound..<end) { new.put([0x20], at: place) }
        new.keep(piece)
        pieces.append(start..<new.count)
      }
    }
    text.pieces = pieces
  }

  func decode(_ pieces: [String]) -> [String] {
    let bytes = pieces.flatMap { Self.bytes($0) ?? Array($0.utf8) }
    return [String(decoding: bytes, as: UTF8.self)]
  }

  func surface(_ piece: String) -> String {
    guard let bytes = Self.bytes(piece), let text = String(validating: bytes, as: UTF8.self) else { return piece }
    let trimmed = text.unicodeScalars.drop { $0 == " " }
    return trimmed.isEmpty ? piece : String(String.UnicodeScalarView(trimmed))
  }

  func continuesWord(_ piece: String) -> Bool {
    guard let first = piece.unicodeScalars.first, first != Self.space else { return false }
    guard let bytes = Self.bytes(piece) else { return false }
    // Half a character belongs to the word that it stands in.
    guard let text = String(validating: bytes, as: UTF8.self) else { return true }
    return text.unicodeScalars.first.map { $0.properties.isAlphabetic || $0.properties.numericType != nil } ?? false
  }

  /// The letter for a space, `Ġ`.
  static let space: Unicode.Scalar = "\u{120}"

  /// The letter of each byte, in UTF-8: printable Latin-1 stands for itself, the rest follows from `Ā` on.
  private static let letters: [[UInt8]] = scalars.map { UTF8.encode($0).map { Array($0) } ?? [] }

  private static let scalars: [Unicode.Scalar] = {
    var next: UInt32 = 0x100
    return (0..<UInt32(256)).map { byte in
      switch byte {
      case 0x21...0x7E, 0xA1...0xAC, 0xAE...0xFF: return Unicode.Scalar(UInt8(byte))
      default:
        defer { next += 1 }
        return Unicode.Scalar(next) ?? "?"
      }
    }
  }()

  private static let byteOfScalar: [Unicode.Scalar: UInt8] = Dictionary(
    uniqueKeysWithValues: scalars.enumerated().map { ($0.element, UInt8($0.offset)) })

  /// Nil if the piece holds anything but letters for bytes.
  private static func bytes(_ piece: String) -> [UInt8]? {
    var bytes: [UInt8] = []
    for scalar in piece.unicodeScalars {
      guard let byte = byteOfScalar[scalar] else { return nil }
      bytes.append(byte)
    }
    return bytes
  }
}
