/// Where and why a text is not JSON.
public struct JSONError: Error, Equatable, Sendable, CustomStringConvertible {
  public enum Reason: String, Sendable {
    case unexpectedEnd = "it ends too early"
    case unexpectedCharacter = "unexpected character"
    case trailingCharacters = "characters follow the end of the value"
    case badNumber = "a number is malformed"
    case badEscape = "an escape in a string is malformed"
    case controlCharacter = "a control character stands in a string"
    case invalidUTF8 = "a string is not UTF-8"
    case tooDeep = "it is nested too deeply"
  }

  public var reason: Reason
  /// Byte in the text, from 0.
  public var offset: Int

  public init(reason: Reason, offset: Int) {
    self.reason = reason
    self.offset = offset
  }

  public var description: String { "\(reason.rawValue) at byte \(offset)" }
}
