/// Writes JSON as the reference library pretty-prints it: two spaces, members in the given order, `\n` at the end.
struct JSONWriter {
  private(set) var bytes: [UInt8] = []

  static func write(_ value: JSONValue) -> [UInt8] {
    var writer = JSONWriter()
    writer.write(value, indent: 0)
    writer.bytes.append(UInt8(ascii: "\n"))
    return writer.bytes
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
        writer.put(": ")
        writer.write(member.value, indent: indent + 1)
      }
    }
  }

  private mutating func write<Item>(
    _ items: [Item], between marks: (String, String), indent: Int, each: (inout JSONWriter, Item) -> Void
  ) {
    put(marks.0)
    for (index, item) in items.enumerated() {
      put(index == 0 ? "\n" : ",\n")
      bytes.append(contentsOf: repeatElement(UInt8(ascii: " "), count: 2 * indent + 2))
      each(&self, item)
    }
    if !items.isEmpty {
      put("\n")
      bytes.append(contentsOf: repeatElement(UInt8(ascii: " "), count: 2 * indent))
    }
    put(marks.1)
  }

  private mutating func put(_ text: String) { bytes.append(contentsOf: text.utf8) }

  private mutating func quote(_ text: String) {
    put("\"")
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""): put("\\\"")
      case UInt8(ascii: "\\"): put("\\\\")
      case 0x0A: put("\\n")
      case 0x0D: put("\\r")
      case 0x09: put("\\t")
      case 0..<0x20: put("\\u00" + (byte < 0x10 ? "0" : "") + String(byte, radix: 16))
      default: bytes.append(byte)
      }
    }
    put("\"")
  }
}
