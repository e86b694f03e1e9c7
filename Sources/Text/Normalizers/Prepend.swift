import JSON

/// Puts a text in front, unless there is nothing.
struct Prepend: Normalizer {
  static let type = "Prepend"
  let text: String

  init(_ fields: JSONFields) throws(TokenizerError) { text = try fields.string("prepend") }

  var members: [(key: String, value: JSONValue)] { [("prepend", .string(text))] }

  func normalize(_ text: inout NormalizedText) { text.prepend(self.text) }
}

extension NormalizedText {
  /// Puts `new` in front, at the place of the first scalar; nothing happens to an empty text.
  mutating func prepend(_ new: String) {
    guard !bytes.isEmpty, let place = place(of: 0..<scalar(at: 0).end) else { return }
    let count = bytes.count
    rewrite { text in
      text.put(Array(new.utf8), at: place)
      text.keep(0..<count)
    }
  }
}
