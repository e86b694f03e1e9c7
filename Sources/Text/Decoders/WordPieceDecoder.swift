import JSON

/// Puts a space before each piece but the first, and before none that starts with `prefix`, which is taken off.
struct WordPieceDecoder: Decoder {
  static let type = "WordPiece"
  let prefix: String
  /// Takes out the spaces that English does not have before marks and contractions.
  let cleansUp: Bool

  init(prefix: String, cleansUp: Bool = false) {
    self.prefix = prefix
    self.cleansUp = cleansUp
  }

  init(_ fields: JSONFields) throws(TokenizerError) {
    prefix = try fields.string("prefix")
    cleansUp = try fields.bool("cleanup", default: true)
  }

  var members: [(key: String, value: JSONValue)] {
    [("prefix", .string(prefix)), ("cleanup", .bool(cleansUp))]
  }

  func decode(_ pieces: [String]) -> [String] {
    pieces.enumerated().map { index, piece in
      let text = index == 0 ? piece : continues(piece) ? unmarked(piece) : " " + piece
      return cleansUp ? Self.cleansed(text) : text
    }
  }

  func surface(_ piece: String) -> String { continues(piece) ? unmarked(piece) : piece }

  func continuesWord(_ piece: String) -> Bool { continues(piece) }

  private func continues(_ piece: String) -> Bool { piece.utf8.starts(with: prefix.utf8) }

  private func unmarked(_ piece: String) -> String {
    String(piece.unicodeScalars.dropFirst(prefix.unicodeScalars.count))
  }

  private static func cleansed(_ text: String) -> String {
    let rules = [
      (" .", "."), (" ?", "?"), (" !", "!"), (" ,", ","), (" ' ", "'"), (" n't", "n't"), (" 'm", "'m"),
      (" do not", " don't"), (" 's", "'s"), (" 've", "'ve"), (" 're", "'re"),
    ]
    return rules.reduce(text) { $0.replacingScalars($1.0, with: $1.1) }
  }
}

/// Takes `suffix` off, with which each word ends, and puts a space there, but not after the last piece.
struct SuffixDecoder: Decoder {
  static let type = "BPEDecoder"
  let suffix: String

  init(_ fields: JSONFields) throws(TokenizerError) { suffix = try fields.optionalString("suffix") ?? "</w>" }

  var members: [(key: String, value: JSONValue)] { [("suffix", .string(suffix))] }

  func decode(_ pieces: [String]) -> [String] {
    pieces.enumerated().map { $1.replacingScalars(suffix, with: $0 == pieces.count - 1 ? "" : " ") }
  }

  func surface(_ piece: String) -> String { piece.replacingScalars(suffix, with: "") }
}

/// Takes up to so many of one character off the ends of each piece.
struct StripDecoder: Decoder {
  static let type = "Strip"
  let content: Unicode.Scalar
  let start: Int
  let stop: Int

  init(_ fields: JSONFields) throws(TokenizerError) {
    let scalars = try fields.string("content").unicodeScalars
    guard scalars.count == 1, let content = scalars.first else {
      throw TokenizerError("\(fields.place(of: "content")) is not one character")
    }
    self.content = content
    start = try fields.int("start")
    stop = try fields.int("stop")
  }

  var members: [(key: String, value: JSONValue)] {
    [("content", .string(String(content))), ("start", .int(start)), ("stop", .int(stop))]
  }

  func decode(_ pieces: [String]) -> [String] {
    pieces.map { piece in
      let scalars = Array(piece.unicodeScalars)
      let leading = scalars.prefix { $0 == content }.count
      let trailing = scalars.reversed().prefix { $0 == content }.count
      let kept = scalars.dropFirst(min(leading, max(0, start))).dropLast(min(trailing, max(0, stop)))
      return String(String.UnicodeScalarView(kept))
    }
  }
}

/// Turns runs of pieces such as `<0xC3>` into the text that their bytes spell, or into `U+FFFD` each.
struct ByteFallback: Decoder {
  static let type = "ByteFallback"
  init() {}
  init(_ fields: JSONFields) {}
  var members: [(key: String, value: JSONValue)] { [] }

  func decode(_ pieces: [String]) -> [String] {
    var result: [String] = []
    var bytes: [UInt8] = []
    func flush() {
      if bytes.isEmpty { return }
      if let text = String(validating: bytes, as: UTF8.self) {
        result.append(text)
      } else {
        result += bytes.map { _ in "\u{FFFD}" }
      }
      bytes = []
    }
    for piece in pieces {
      if let byte = BytePieces.byte(piece) {
        bytes.append(byte)
      } else {
        flush()
        result.append(piece)
      }
    }
    flush()
    return result
  }
}

extension String {
  /// Every `old` replaced, compared scalar by scalar and not as graphemes.
  func replacingScalars(_ old: String, with new: String) -> String {
    let (text, old) = (Array(unicodeScalars), Array(old.unicodeScalars))
    if old.isEmpty { return self }
    var result = String.UnicodeScalarView()
    var index = 0
    while index < text.count {
      if text[index...].starts(with: old) {
        result.append(contentsOf: new.unicodeScalars)
        index += old.count
      } else {
        result.append(text[index])
        index += 1
      }
    }
    return String(result)
  }
}
