/// Writes one JSON value (RFC 8259) from left to right into one text, so that nothing but the text is ever held.
///
/// Members are parted by `, ` and keys from values by `: `, as Python's `json` does it.
struct JSONWriter {
  private(set) var text = ""
  private var needsComma = false

  mutating func object(_ members: (inout JSONWriter) -> Void) { nest("{", members, "}") }

  mutating func array<Elements: Sequence>(_ elements: Elements, _ write: (inout JSONWriter, Elements.Element) -> Void) {
    nest("[", { writer in for element in elements { write(&writer, element) } }, "]")
  }

  /// Begins a member of an object; its value follows.
  mutating func key(_ name: String) {
    string(name)
    text += ": "
    needsComma = false
  }

  /// The shortest number that reads back as the same `Float`; `null` for what JSON cannot say, infinity and not-a-number.
  mutating func number(_ value: Float) { scalar(value.isFinite ? value.description : "null") }

  mutating func number(_ value: Int) { scalar(String(value)) }

  mutating func bool(_ value: Bool) { scalar(value ? "true" : "false") }

  /// Control characters and the line ends of JavaScript are escaped, all else stands as UTF-8.
  mutating func string(_ value: String) {
    comma()
    text += "\""
    for scalar in value.unicodeScalars {
      switch scalar {
      case "\"", "\\": text += "\\\(scalar)"
      case "\n": text += "\\n"
      case "\t": text += "\\t"
      case "\u{0}"..<" ", "\u{7f}", "\u{2028}", "\u{2029}":
        let digits = String(scalar.value, radix: 16)
        text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: text.unicodeScalars.append(scalar)
      }
    }
    text += "\""
  }

  private mutating func scalar(_ literal: String) {
    comma()
    text += literal
  }

  private mutating func nest(_ open: String, _ content: (inout JSONWriter) -> Void, _ close: String) {
    comma()
    text += open
    needsComma = false
    content(&self)
    text += close
    needsComma = true
  }

  private mutating func comma() {
    if needsComma { text += ", " }
    needsComma = true
  }
}
