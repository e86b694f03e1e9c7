import JSON

/// SentencePiece's cleaning of translators' texts: control characters out, signs without width and odd spaces to spaces.
struct Nmt: Normalizer {
  static let type = "Nmt"
  init() {}
  init(_ fields: JSONFields) {}
  var members: [(key: String, value: JSONValue)] { [] }

  func normalize(_ text: inout NormalizedText) {
    text.mapScalars { scalar in
      switch scalar.value {
      case 0x01...0x08, 0x0B, 0x0E...0x1F, 0x7F, 0x8F, 0x9F: []
      case 0x09, 0x0A, 0x0C, 0x0D, 0x1680, 0x200B...0x200F, 0x2028, 0x2029, 0x2581, 0xFEFF, 0xFFFD: [0x20]
      default: nil
      }
    }
  }
}

/// As a normalizer, GPT-2's letters for bytes cut nothing.
extension ByteLevel: Normalizer {
  func normalize(_ text: inout NormalizedText) {
    if text.bytes.isEmpty { return }
    var whole = PreTokenizedText(text)
    spell(&whole)
    text = whole.text
  }
}
