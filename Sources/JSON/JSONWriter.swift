/// Writes one JSON value (RFC 8259) from left to right, members in the order that they come, so that nothing but the
/// text is ever held.
public struct JSONWriter {
  public enum Style: Sendable {
    /// No white space at all.
    case compact
    /// On one line, a blank after each comma and colon, as Python's `json` writes.
    case line
    /// Two spaces a level, a line a member, and a line end after all, as Hugging Face's tokenizers write.
    case pretty
  }

  /// UTF-8.
  public private(set) var bytes: [UInt8] = []
  private let style: Style
  private var depth = 0
  /// Whether the next item is the first of its list or object.
  private var isFirst = true
  private var followsKey = false

  public init(style: Style) {
    self.style = style
  }

  /// The UTF-8 of a whole value.
  public static func write(_ value: JSONValue, style: Style) -> [UInt8] {
    var writer = JSONWriter(style: style)
    writer.value(value)
    if style == .pretty { writer.put("\n") }
    return writer.bytes
  }

  public mutating func object(_ members: (inout JSONWriter) throws -> Void) rethrows { try nest("{", members, "}") }

  public mutating func array<Elements: Sequence>(
    _ elements: Elements, _ write: (inout JSONWriter, Elements.Element) throws -> Void
  ) rethrows {
    try nest("[", { writer in for element in elements { try write(&writer, element) } }, "]")
  }

  /// Begins a member of an object; its value follows.
  public mutating func key(_ name: String) {
    string(name)
    put(style == .compact ? ":" : ": ")
    followsKey = true
  }

  public mutating func value(_ value: JSONValue) {
    switch value {
    case .null: literal("null")
    case .bool(let flag): literal(flag ? "true" : "false")
    case .number(let digits): literal(digits)
    case .string(let text): string(text)
    case .array(let items): array(items) { $0.value($1) }
    case .object(let members):
      object { writer in
        for (key, value) in members {
          writer.key(key)
          writer.value(value)
        }
      }
    }
  }

  /// Control characters are escaped, all else stands as UTF-8.
  public mutating func string(_ text: String) {
    beginItem()
    put("\"")
    // Most texts have nothing to escape.
    if text.utf8.allSatisfy({ $0 >= 0x20 && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }) {
      put(text)
    } else {
      for byte in text.utf8 { put(escaped: byte) }
    }
    put("\"")
  }

  private mutating func put(escaped byte: UInt8) {
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

  private mutating func literal(_ text: String) {
    beginItem()
    put(text)
  }

  private mutating func nest(
    _ open: String, _ content: (inout JSONWriter) throws -> Void, _ close: String
  ) rethrows {
    beginItem()
    put(open)
    depth += 1
    isFirst = true
    try content(&self)
    depth -= 1
    if !isFirst { newLine() }
    put(close)
    isFirst = false
  }

  private mutating func beginItem() {
    if followsKey {
      followsKey = false
      return
    }
    if !isFirst { put(style == .line ? ", " : ",") }
    if depth > 0 { newLine() }
    isFirst = false
  }

  private mutating func newLine() {
    guard style == .pretty else { return }
    put("\n")
    bytes.append(contentsOf: repeatElement(UInt8(ascii: " "), count: 2 * depth))
  }

  private mutating func put(_ text: String) { bytes.append(contentsOf: text.utf8) }
}
