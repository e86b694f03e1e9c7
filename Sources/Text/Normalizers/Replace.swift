import JSON

/// Puts a text in the place of every match of a pattern.
struct Replace: Normalizer {
  static let type = "Replace"
  let pattern: Pattern
  let content: String

  init(_ pattern: Pattern, with content: String) {
    self.pattern = pattern
    self.content = content
  }

  init(_ fields: JSONFields) throws(TokenizerError) {
    pattern = try Pattern(fields, "pattern")
    content = try fields.string("content")
  }

  var members: [(key: String, value: JSONValue)] {
    [("pattern", pattern.json), ("content", .string(content))]
  }

  func normalize(_ text: inout NormalizedText) {
    let new = Array(content.utf8)
    let bytes = text.bytes
    var changes: [(range: Range<Int>, bytes: [UInt8], place: NormalizedText.Place?)] = []
    pattern.forEachMatch(in: bytes, 0..<bytes.count) { match in
      // What is inserted takes the place of the last scalar before its end, as in the reference library.
      let end = match.upperBound
      changes.append((match, new, end == 0 ? nil : text.place(of: bytes.scalarStart(before: end)..<end)))
    }
    text.replace(changes)
  }
}
