/// Reads JSON (RFC 8259) from untrusted bytes: strict, with bounded depth, never trapping.
public struct JSONReader {
  /// Lists and objects nest this deep unless a caller asks for less, as in the reader of Hugging Face's tokenizers.
  public static let usualDepth = 128

  private let bytes: UnsafeBufferPointer<UInt8>
  private let deepest: Int
  private var depth = 0
  private var position = 0

  /// Reads one value that fills `bytes`, white space around it allowed.
  ///
  /// - Throws: `JSONError` with the place where the bytes stop being JSON.
  public static func read(
    _ bytes: UnsafeRawBufferPointer, deepest: Int = usualDepth
  ) throws(JSONError) -> JSONValue {
    var reader = JSONReader(bytes: bytes.assumingMemoryBound(to: UInt8.self), deepest: deepest)
    let value = try reader.value()
    reader.skipSpace()
    if reader.position < bytes.count { throw reader.error(.trailingCharacters) }
    return value
  }

  /// Reads an object that fills `bytes`, and lends its members one by one, so that a long one is never held whole.
  ///
  /// - Parameter body: says whether to go on.
  /// - Returns: whether the value is an object; nothing further is read of any other.
  /// - Throws: as `read`, for what comes before `body` has said no.
  public static func forEachMember(
    of bytes: UnsafeRawBufferPointer, deepest: Int = usualDepth, _ body: (String, JSONValue) -> Bool
  ) throws(JSONError) -> Bool {
    var reader = JSONReader(bytes: bytes.assumingMemoryBound(to: UInt8.self), deepest: deepest)
    reader.skipSpace()
    guard reader.next == UInt8(ascii: "{") else { return false }
    guard try reader.forEachMember(body) else { return true }
    reader.skipSpace()
    if reader.position < bytes.count { throw reader.error(.trailingCharacters) }
    return true
  }

  private init(bytes: UnsafeBufferPointer<UInt8>, deepest: Int) {
    self.bytes = bytes
    self.deepest = deepest
  }

  private mutating func value() throws(JSONError) -> JSONValue {
    skipSpace()
    switch next {
    case UInt8(ascii: "{"): return .object(try members())
    case UInt8(ascii: "["): return .array(try elements())
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    case let byte? where byte == UInt8(ascii: "-") || isDigit(byte): return try number()
    default: throw unexpected()
    }
  }

  private mutating func members() throws(JSONError) -> [(key: String, value: JSONValue)] {
    var members: [(key: String, value: JSONValue)] = []
    // Most objects are small.
    members.reserveCapacity(4)
    _ = try forEachMember { key, value in
      members.append((key, value))
      return true
    }
    return members
  }

  /// - Returns: false if `body` has said no.
  private mutating func forEachMember(_ body: (String, JSONValue) -> Bool) throws(JSONError) -> Bool {
    try enter()
    defer { depth -= 1 }
    skipSpace()
    if take("}") { return true }
    repeat {
      skipSpace()
      guard next == UInt8(ascii: "\"") else { throw unexpected() }
      let key = try string()
      skipSpace()
      guard take(":") else { throw unexpected() }
      guard body(key, try value()) else { return false }
      skipSpace()
    } while take(",")
    guard take("}") else { throw unexpected() }
    return true
  }

  private mutating func elements() throws(JSONError) -> [JSONValue] {
    try enter()
    defer { depth -= 1 }
    var elements: [JSONValue] = []
    skipSpace()
    if take("]") { return elements }
    repeat {
      elements.append(try value())
      skipSpace()
    } while take(",")
    guard take("]") else { throw unexpected() }
    return elements
  }

  private mutating func enter() throws(JSONError) {
    depth += 1
    if depth > deepest { throw error(.tooDeep) }
    position += 1
  }

  private mutating func number() throws(JSONError) -> JSONValue {
    let start = position
    _ = take("-")
    if take("0") {
      if let next, isDigit(next) { throw error(.badNumber, at: start) }
    } else {
      try digits()
    }
    if take(".") { try digits() }
    if take("e") || take("E") {
      if !take("+") { _ = take("-") }
      try digits()
    }
    return .number(String(decoding: bytes[start..<position], as: UTF8.self))
  }

  /// One digit or more.
  private mutating func digits() throws(JSONError) {
    let start = position
    while let next, isDigit(next) { position += 1 }
    if position == start { throw error(next == nil ? .unexpectedEnd : .badNumber) }
  }

  private mutating func string() throws(JSONError) -> String {
    let opening = position
    position += 1
    var text: [UInt8] = []
    while true {
      let start = position
      while let byte = next, byte >= 0x20, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\") { position += 1 }
      let plain = bytes[start..<position]
      // Most texts have no escape.
      if text.isEmpty, next == UInt8(ascii: "\"") {
        position += 1
        guard let valid = String(validating: plain, as: UTF8.self) else { throw error(.invalidUTF8, at: opening) }
        return valid
      }
      text += plain
      if take("\"") { break }
      switch next {
      case UInt8(ascii: "\\"): text += try escape()
      case nil: throw error(.unexpectedEnd)
      default: throw error(.controlCharacter)
      }
    }
    guard let valid = String(validating: text, as: UTF8.self) else { throw error(.invalidUTF8, at: opening) }
    return valid
  }

  /// The UTF-8 of one escape sequence.
  private mutating func escape() throws(JSONError) -> [UInt8] {
    let start = position
    position += 1
    guard let kind = next else { throw error(.unexpectedEnd) }
    position += 1
    switch kind {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [kind]
    case UInt8(ascii: "b"): return [0x08]
    case UInt8(ascii: "f"): return [0x0c]
    case UInt8(ascii: "n"): return [0x0a]
    case UInt8(ascii: "r"): return [0x0d]
    case UInt8(ascii: "t"): return [0x09]
    case UInt8(ascii: "u"): break
    default: throw error(.badEscape, at: start)
    }
    var units = [try hexadecimalUnit()]
    if UTF16.isLeadSurrogate(units[0]) {
      guard take("\\"), take("u") else { throw error(next == nil ? .unexpectedEnd : .badEscape, at: start) }
      units.append(try hexadecimalUnit())
    }
    guard let text = String(validating: units, as: UTF16.self) else { throw error(.badEscape, at: start) }
    return Array(text.utf8)
  }

  private mutating func hexadecimalUnit() throws(JSONError) -> UInt16 {
    var unit: UInt16 = 0
    for _ in 0..<4 {
      guard let byte = next else { throw error(.unexpectedEnd) }
      guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue else { throw error(.badEscape) }
      unit = unit << 4 | UInt16(digit)
      position += 1
    }
    return unit
  }

  private mutating func word(_ text: StaticString, _ value: JSONValue) throws(JSONError) -> JSONValue {
    for index in 0..<text.utf8CodeUnitCount {
      guard next == text.utf8Start[index] else { throw unexpected() }
      position += 1
    }
    return value
  }

  private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

  private func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

  /// Steps over `character` if it is next.
  private mutating func take(_ character: Unicode.Scalar) -> Bool {
    guard next == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }

  private mutating func skipSpace() {
    while let byte = next, byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09 { position += 1 }
  }

  private func unexpected() -> JSONError { error(next == nil ? .unexpectedEnd : .unexpectedCharacter) }

  private func error(_ reason: JSONError.Reason, at offset: Int? = nil) -> JSONError {
    JSONError(reason: reason, offset: offset ?? position)
  }
}
