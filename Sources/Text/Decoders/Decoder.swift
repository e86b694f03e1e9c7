import JSON

/// Turns the pieces of a decoded sentence back into text.
protocol Decoder: TokenizerComponent {
  /// The pieces as text; the next decoder takes them, and the last one's are joined.
  func decode(_ pieces: [String]) -> [String]
  /// A piece without its marks, for a reader.
  func surface(_ piece: String) -> String
  /// True if the piece goes on with the word of the piece before it.
  func continuesWord(_ piece: String) -> Bool
}

extension Decoder {
  func surface(_ piece: String) -> String { piece }
  func continuesWord(_ piece: String) -> Bool { false }
}

/// Every decoder that can be read; a new one is a new file and a line here.
let knownDecoders: [any Decoder.Type] = [
  DecoderSequence.self, Metaspace.self, WordPieceDecoder.self, Fuse.self, Replace.self, ByteLevel.self,
  ByteFallback.self, StripDecoder.self, SuffixDecoder.self,
]

/// Several decoders, one after the other.
struct DecoderSequence: Decoder {
  static let type = "Sequence"
  let decoders: [any Decoder]

  init(_ decoders: [any Decoder]) { self.decoders = decoders }

  init(_ fields: JSONFields) throws(TokenizerError) {
    decoders = try readComponents(fields, "decoders", knownDecoders) { $0 as? any Decoder }
  }

  var members: [(key: String, value: JSONValue)] {
    [("decoders", .array(decoders.map(\.json)))]
  }

  func decode(_ pieces: [String]) -> [String] {
    decoders.reduce(pieces) { $1.decode($0) }
  }

  func surface(_ piece: String) -> String {
    decoders.reduce(piece) { $1.surface($0) }
  }

  func continuesWord(_ piece: String) -> Bool {
    decoders.contains { $0.continuesWord(piece) }
  }
}

/// Joins all pieces, so that the decoders after it see the whole sentence.
struct Fuse: Decoder {
  static let type = "Fuse"
  init() {}
  init(_ fields: JSONFields) {}
  var members: [(key: String, value: JSONValue)] { [] }

  func decode(_ pieces: [String]) -> [String] { [pieces.joined()] }
}

extension Replace: Decoder {
  func decode(_ pieces: [String]) -> [String] {
    let new = Array(content.utf8)
    return pieces.map { piece in
      let bytes = Array(piece.utf8)
      var text: [UInt8] = []
      var position = 0
      pattern.forEachMatch(in: bytes, 0..<bytes.count) { match in
        text += bytes[position..<match.lowerBound]
        text += new
        position = match.upperBound
      }
      text += bytes[position...]
      return String(decoding: text, as: UTF8.self)
    }
  }
}
