/// A JSON value that keeps what a dictionary would lose: the order of an object's members and names given twice.
enum JSONValue: Equatable {
  case null
  case bool(Bool)
  /// A number written without fraction or exponent that fits.
  case integer(Int)
  /// Any other number; headers have no use for one.
  case fraction
  case string(String)
  case array([JSONValue])
  case object([(name: String, value: JSONValue)])

  static func == (a: Self, b: Self) -> Bool {
    switch (a, b) {
    case (.null, .null), (.fraction, .fraction): true
    case (.bool(let a), .bool(let b)): a == b
    case (.integer(let a), .integer(let b)): a == b
    case (.string(let a), .string(let b)): a == b
    case (.array(let a), .array(let b)): a == b
    case (.object(let a), .object(let b)): a.elementsEqual(b) { $0.name == $1.name && $0.value == $1.value }
    default: false
    }
  }
}

/// Where and why a text is not JSON.
public struct JSONError: Error, Equatable, Sendable, CustomStringConvertible {
  public enum Reason: String, Sendable {
    case unexpectedEnd = "it ends too early"
    case unexpectedCharacter = "unexpected character"
    case trailingCharacters = "characters follow the end of the value"
    case badNumber = "a number is malformed"
    case badEscape = "an escape in a string is malformed"
    case controlCharacter = "a control character stands in a string"
    case tooDeep = "it is nested too deeply"
  }

  public var reason: Reason
  /// Byte in the text, from 0.
  public var offset: Int

  public var description: String { "\(reason.rawValue) at byte \(offset)" }
}

/// A recursive-descent reader of RFC 8259 over bytes that are known to be UTF-8.
///
/// Foundation's readers keep one of two members with the same name and do not tell, so an attacker and a check could
/// see different tensors.
struct JSONReader {
  /// A header needs 3.
  static let depthLimit = 16

  private let bytes: UnsafeRawBufferPointer
  private var position = 0

  /// Reads one value that fills `bytes`, white space around it allowed.
  static func read(_ bytes: UnsafeRawBufferPointer) throws(JSONError) -> JSONValue {
    var reader = JSONReader(bytes: bytes)
    let value = try reader.value(depth: 0)
    reader.skipSpace()
    if reader.position < bytes.count { throw reader.error(.trailingCharacters) }
    return value
  }

  private init(bytes: UnsafeRawBufferPointer) {
    self.bytes = bytes
  }

  private mutating func value(depth: Int) throws(JSONError) -> JSONValue {
    if depth > Self.depthLimit { throw error(.tooDeep) }
    skipSpace()
    switch try peek() {
    case UInt8(ascii: "{"): return .object(try members(depth: depth))
    case UInt8(ascii: "["): return .array(try elements(depth: depth))
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try literal("true", .bool(true))
    case UInt8(ascii: "f"): return try literal("false", .bool(false))
    case UInt8(ascii: "n"): return try literal("null", .null)
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
    default: throw error(.unexpectedCharacter)
    }
  }

  private mutating func members(depth: Int) throws(JSONError) -> [(name: String, value: JSONValue)] {
    position += 1
    var members: [(name: String, value: JSONValue)] = []
    skipSpace()
    if try take("}") { return members }
    repeat {
      skipSpace()
      guard try peek() == UInt8(ascii: "\"") else { throw error(.unexpectedCharacter) }
      let name = try string()
      skipSpace()
      guard try take(":") else { throw error(.unexpectedCharacter) }
      members.append((name, try value(depth: depth + 1)))
      skipSpace()
    } while try take(",")
    guard try take("}") else { throw error(.unexpectedCharacter) }
    return members
  }

  private mutating func elements(depth: Int) throws(JSONError) -> [JSONValue] {
    position += 1
    var elements: [JSONValue] = []
    skipSpace()
    if try take("]") { return elements }
    repeat {
      elements.append(try value(depth: depth + 1))
      skipSpace()
    } while try take(",")
    guard try take("]") else { throw error(.unexpectedCharacter) }
    return elements
  }

  private mutating func number() throws(JSONError) -> JSONValue {
    let start = position
    let isNegative = try take("-")
    let digits = try digits()
    if digits.count > 1 && bytes[digits.lowerBound] == UInt8(ascii: "0") { throw error(.badNumber, at: start) }
    var isInteger = true
    if position < bytes.count, try take(".") {
      _ = try self.digits()
      isInteger = false
    }
    if position < bytes.count, bytes[position] | 0x20 == UInt8(ascii: "e") {
      position += 1
      let sign = try peek()
      if sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") { position += 1 }
      _ = try self.digits()
      isInteger = false
    }
    guard isInteger, let magnitude = Int(String(decoding: bytes[digits], as: UTF8.self)) else { return .fraction }
    return .integer(isNegative ? -magnitude : magnitude)
  }

  /// One digit or more.
  private mutating func digits() throws(JSONError) -> Range<Int> {
    let start = position
    while position < bytes.count, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[position]) { position += 1 }
    guard position > start else {
      throw error(position == bytes.count ? .unexpectedEnd : .badNumber)
    }
    return start..<position
  }

  private mutating func string() throws(JSONError) -> String {
    position += 1
    var units: [UInt8] = []
    while true {
      let byte = try peek()
      switch byte {
      case UInt8(ascii: "\""):
        position += 1
        return String(decoding: units, as: UTF8.self)
      case UInt8(ascii: "\\"):
        units.append(contentsOf: try escape())
      case 0..<0x20:
        throw error(.controlCharacter)
      default:
        units.append(byte)
        position += 1
      }
    }
  }

  /// The UTF-8 of one escape sequence.
  private mutating func escape() throws(JSONError) -> [UInt8] {
    let start = position
    position += 1
    let kind = try peek()
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
      guard try take("\\"), try take("u") else { throw error(.badEscape, at: start) }
      units.append(try hexadecimalUnit())
    }
    guard let text = String(validating: units, as: UTF16.self) else { throw error(.badEscape, at: start) }
    return Array(text.utf8)
  }

  private mutating func hexadecimalUnit() throws(JSONError) -> UInt16 {
    guard position + 4 <= bytes.count else { throw error(.unexpectedEnd, at: bytes.count) }
    let digits = bytes[position..<position + 4]
    guard digits.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit && $0 < 0x80 }),
      let unit = UInt16(String(decoding: digits, as: UTF8.self), radix: 16)
    else { throw error(.badEscape) }
    position += 4
    return unit
  }

  private mutating func literal(_ text: StaticString, _ value: JSONValue) throws(JSONError) -> JSONValue {
    for index in 0..<text.utf8CodeUnitCount {
      guard try peek() == text.utf8Start[index] else { throw error(.unexpectedCharacter) }
      position += 1
    }
    return value
  }

  private func peek() throws(JSONError) -> UInt8 {
    guard position < bytes.count else { throw error(.unexpectedEnd) }
    return bytes[position]
  }

  /// Steps over `character` if it is next.
  private mutating func take(_ character: Unicode.Scalar) throws(JSONError) -> Bool {
    guard try peek() == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }

  private mutating func skipSpace() {
    while position < bytes.count, [0x20, 0x09, 0x0a, 0x0d].contains(bytes[position]) { position += 1 }
  }

  private func error(_ reason: JSONError.Reason, at offset: Int? = nil) -> JSONError {
    JSONError(reason: reason, offset: offset ?? position)
  }
}
