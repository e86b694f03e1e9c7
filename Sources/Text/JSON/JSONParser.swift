/// Reads JSON (RFC 8259) from untrusted bytes: strict, with bounded depth, never trapping.
struct JSONParser {
  /// Lists and objects may nest this deep, as in the reference reader of tokenizer files.
  static let deepest = 128

  private let bytes: [UInt8]
  private var position = 0
  private var depth = 0

  /// Throws: `TokenizerError` with the byte where the text stops being JSON.
  static func parse(_ bytes: [UInt8]) throws(TokenizerError) -> JSONValue {
    var parser = JSONParser(bytes: bytes)
    let value = try parser.value()
    parser.skipSpace()
    if parser.position != bytes.count { throw parser.failure("has more text after its end") }
    return value
  }

  private init(bytes: [UInt8]) { self.bytes = bytes }

  private func failure(_ what: String) -> TokenizerError {
    position >= bytes.count && what != "nests too deep"
      ? TokenizerError("is no whole JSON: it ends at byte \(bytes.count)", advice: "copy or download the file again")
      : TokenizerError("is no valid JSON: it \(what) at byte \(position)")
  }

  private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

  private mutating func skipSpace() {
    while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
  }

  private mutating func take(_ byte: Character) -> Bool {
    guard next == byte.asciiValue else { return false }
    position += 1
    return true
  }

  private mutating func value() throws(TokenizerError) -> JSONValue {
    skipSpace()
    switch next {
    case UInt8(ascii: "{"): return try nested { parser throws(TokenizerError) in try parser.object() }
    case UInt8(ascii: "["): return try nested { parser throws(TokenizerError) in try parser.array() }
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    default: return try number()
    }
  }

  private mutating func nested(
    _ read: (inout JSONParser) throws(TokenizerError) -> JSONValue
  ) throws(TokenizerError) -> JSONValue {
    depth += 1
    defer { depth -= 1 }
    if depth > Self.deepest { throw failure("nests too deep") }
    position += 1
    return try read(&self)
  }

  private mutating func object() throws(TokenizerError) -> JSONValue {
    var members: [(key: String, value: JSONValue)] = []
    skipSpace()
    if take("}") { return .object(members) }
    while true {
      skipSpace()
      let key = try string()
      skipSpace()
      guard take(":") else { throw failure("lacks a colon") }
      members.append((key, try value()))
      skipSpace()
      if take("}") { return .object(members) }
      guard take(",") else { throw failure("lacks a comma") }
    }
  }

  private mutating func array() throws(TokenizerError) -> JSONValue {
    var items: [JSONValue] = []
    skipSpace()
    if take("]") { return .array(items) }
    while true {
      items.append(try value())
      skipSpace()
      if take("]") { return .array(items) }
      guard take(",") else { throw failure("lacks a comma") }
    }
  }

  private mutating func word(_ text: StaticString, _ value: JSONValue) throws(TokenizerError) -> JSONValue {
    for index in 0..<text.utf8CodeUnitCount {
      guard next == text.utf8Start[index] else { throw failure("has an unknown word") }
      position += 1
    }
    return value
  }

  private mutating func number() throws(TokenizerError) -> JSONValue {
    let start = position
    _ = take("-")
    if !take("0") { try digits() }
    if take(".") { try digits() }
    if take("e") || take("E") {
      if !take("+") { _ = take("-") }
      try digits()
    }
    return .number(String(decoding: bytes[start..<position], as: UTF8.self))
  }

  private mutating func digits() throws(TokenizerError) {
    let start = position
    while let byte = next, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { position += 1 }
    if position == start { throw failure("has no value") }
  }

  private mutating func string() throws(TokenizerError) -> String {
    guard take("\"") else { throw failure("lacks a string") }
    var text: [UInt8] = []
    while true {
      let start = position
      while let byte = next, byte >= 0x20, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\") { position += 1 }
      text += bytes[start..<position]
      if take("\"") { break }
      guard take("\\") else { throw failure("has a bare control character") }
      text += Array(String(try escape()).utf8)
    }
    guard let valid = String(validating: text, as: UTF8.self) else {
      throw failure("has invalid UTF-8 before the text")
    }
    return valid
  }

  private mutating func escape() throws(TokenizerError) -> Unicode.Scalar {
    guard let byte = next else { throw failure("stops in an escape") }
    position += 1
    switch byte {
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{C}"
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(byte)
    case UInt8(ascii: "u"): return try unicodeEscape()
    default: throw failure("has an unknown escape")
    }
  }

  private mutating func unicodeEscape() throws(TokenizerError) -> Unicode.Scalar {
    let high = try hexadecimal()
    if let scalar = Unicode.Scalar(high) { return scalar }
    guard high < 0xDC00, take("\\"), take("u") else { throw failure("has half a surrogate pair") }
    let low = try hexadecimal()
    guard (0xDC00..<0xE000).contains(low),
      let scalar = Unicode.Scalar(0x10000 + (high - 0xD800) << 10 + (low - 0xDC00))
    else { throw failure("has half a surrogate pair") }
    return scalar
  }

  private mutating func hexadecimal() throws(TokenizerError) -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<4 {
      guard let byte = next, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
        throw failure("has a wrong \\u escape")
      }
      value = value << 4 | UInt32(digit)
      position += 1
    }
    return value
  }
}
