/// Writes JSON with members in the order that they have.
public struct JSONWriter {
  public enum Style: Sendable {
    /// No white space at all.
    case compact
    /// On one line, a blank after each comma and colon.
    case line
    /// Two spaces a level, a line a member, and a line end after all, as Hugging Face's tokenizers write.
    case pretty
  }

  private let style: Style
  private var bytes: [UInt8] = []

  /// The UTF-8 of a value.
  public static func write(_ value: JSONValue, style: Style) -> [UInt8] {
    var writer = JSONWriter(style: style)
    writer.write(value, indent: 0)
    if style == .pretty { writer.put("\n") }
    return writer.bytes
  }

  private init(style: Style) {
    self.style = style
  }

  private mutating func write(_ value: JSONValue, indent: Int) {
    switch value {
    case .null: put("null")
    case .bool(let flag): put(flag ? "true" : "false")
    case .number(let digits): put(digits)
    case .string(let text): quote(text)
    case .array(let items):
      write(items, between: ("[", "]"), indent: indent) { $0.write($1, indent: indent + 1) }
    case .object(let members):
      write(members, between: ("{", "}"), indent: indent) { writer, member in
        writer.quote(member.key)
        writer.put(writer.style == .compact ? ":" : ": ")
        writer.write(member.value, indent: indent + 1)
      }
    }
  }

  private mutating func write<Item>(
    _ items: [Item], between marks: (String, String), indent: Int, each: (inout JSONWriter, Item) -> Void
  ) {
    put(marks.0)
    for (index, item) in items.enumerated() {
      if index > 0 { put(style == .line ? ", " : ",") }
      if style == .pretty { newLine(indent: indent + 1) }
      each(&self, item)
    }
    if style == .pretty && !items.isEmpty { newLine(indent: indent) }
    put(marks.1)
  }

  private mutating func newLine(indent: Int) {
    put("\n")
    bytes.append(contentsOf: repeatElement(UInt8(ascii: " "), count: 2 * indent))
  }

  private mutating func put(_ text: String) { bytes.append(contentsOf: text.utf8) }

  private mutating func quote(_ text: String) {
    put("\"")
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""): put("\\\"")
      case UInt8(ascii: "\\"): put("\\\\")
      case 0x0a: put("\\n")
      case 0x0d: put("\\r")
      case 0x09: put("\\t")
      case 0..<0x20: put("\\u00" + (byte < 0x10 ? "0" : "") + String(byte, radix: 16))
      default: bytes.append(byte)
      }
    }
    put("\"")
  }
}
