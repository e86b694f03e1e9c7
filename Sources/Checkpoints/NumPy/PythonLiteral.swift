/// The few Python literals that stand in the header of an array.
enum PythonValue: Sendable {
  case bool(Bool)
  case int(Int)
  case text(String)
  case tuple([PythonValue])
  case dictionary([String: PythonValue])
}

/// Reads one such literal.
struct PythonLiteral {
  private let characters: [UInt8]
  private var position = 0

  init(_ text: String) { characters = Array(text.utf8) }

  /// One value with nothing but white space behind it, or nil.
  mutating func whole() -> PythonValue? {
    guard let value = value(depth: 0) else { return nil }
    skipSpace()
    return position == characters.count ? value : nil
  }

  private mutating func value(depth: Int) -> PythonValue? {
    // A list of fields of records of records is the deepest that NumPy writes.
    guard depth < 8 else { return nil }
    skipSpace()
    switch next {
    case UInt8(ascii: "{"): return dictionary(depth)
    case UInt8(ascii: "("): return tuple(close: ")", depth)
    case UInt8(ascii: "["): return tuple(close: "]", depth)
    case UInt8(ascii: "'"), UInt8(ascii: "\""): return text().map(PythonValue.text)
    default: return word()
    }
  }

  private mutating func dictionary(_ depth: Int) -> PythonValue? {
    position += 1
    var members: [String: PythonValue] = [:]
    while true {
      skipSpace()
      if take("}") { return .dictionary(members) }
      guard let key = text() else { return nil }
      skipSpace()
      guard take(":"), let value = value(depth: depth + 1) else { return nil }
      guard members.updateValue(value, forKey: key) == nil, members.count < 16 else { return nil }
      skipSpace()
      guard take(",") || next == UInt8(ascii: "}") else { return nil }
    }
  }

  private mutating func tuple(close: Unicode.Scalar, _ depth: Int) -> PythonValue? {
    position += 1
    var values: [PythonValue] = []
    while true {
      skipSpace()
      if take(close) { return .tuple(values) }
      guard let value = value(depth: depth + 1) else { return nil }
      values.append(value)
      skipSpace()
      guard take(",") || next == UInt8(ascii: close) else { return nil }
    }
  }

  /// Without escapes, which no type or name of a field needs.
  private mutating func text() -> String? {
    guard let quote = next, quote == UInt8(ascii: "'") || quote == UInt8(ascii: "\"") else { return nil }
    position += 1
    let start = position
    while let byte = next, byte != quote {
      if byte == UInt8(ascii: "\\") { return nil }
      position += 1
    }
    guard next == quote else { return nil }
    defer { position += 1 }
    return String(decoding: characters[start..<position], as: UTF8.self)
  }

  private mutating func word() -> PythonValue? {
    let start = position
    while let byte = next, byte == UInt8(ascii: "-") || isAlphanumeric(byte) { position += 1 }
    switch String(decoding: characters[start..<position], as: UTF8.self) {
    case "True": return .bool(true)
    case "False": return .bool(false)
    // Python 2 marked long integers.
    case let word: return Int(word.hasSuffix("L") ? String(word.dropLast()) : word).map(PythonValue.int)
    }
  }

  private func isAlphanumeric(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
      || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
  }

  private var next: UInt8? { position < characters.count ? characters[position] : nil }

  private mutating func take(_ character: Unicode.Scalar) -> Bool {
    guard next == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }

  private mutating func skipSpace() {
    while let byte = next, byte == 0x20 || byte == 0x09 || byte == 0x0a { position += 1 }
  }
}
