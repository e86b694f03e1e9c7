import Testing

@testable import Checkpoints

@Suite struct StrictJSONTests {
  private func read(_ text: String) throws -> JSONValue {
    try Array(text.utf8).withUnsafeBytes { try JSONReader.read($0) }
  }

  @Test func valuesOfEveryKind() throws {
    #expect(
      try read(" [null, true,false ,0,-12,1.5,1e9,-0] ")
        == .array([
          .null, .bool(true), .bool(false), .integer(0), .integer(-12), .fraction, .fraction, .integer(0),
        ]))
    #expect(
      try read(#"{"b":{},"a":[],"b":""}"#)
        == .object([
          ("b", .object([])), ("a", .array([])), ("b", .string("")),
        ]))
    #expect(try read(#""\"\\\/\b\f\n\r\té\u00e9\ud83d\ude42""#) == .string("\"\\/\u{8}\u{c}\n\r\téé🙂"))
    #expect(try read("123456789012345678901234567890") == .fraction)
  }

  @Test(arguments: [
    ("", JSONError.Reason.unexpectedEnd, 0), ("nul", .unexpectedEnd, 3), ("nulL", .unexpectedCharacter, 3),
    ("+1", .unexpectedCharacter, 0), ("01", .badNumber, 0), ("-", .unexpectedEnd, 1), ("1.", .unexpectedEnd, 2),
    ("1e+", .unexpectedEnd, 3), ("-x", .badNumber, 1), ("[1,]", .unexpectedCharacter, 3),
    ("{\"a\"}", .unexpectedCharacter, 4), ("{,}", .unexpectedCharacter, 1), ("[1 2]", .unexpectedCharacter, 3),
    ("\"a", .unexpectedEnd, 2), ("\"\n\"", .controlCharacter, 1), (#""\x""#, .badEscape, 1),
    (#""\u00g0""#, .badEscape, 3), (#""\ud800""#, .badEscape, 1), ("1 1", .trailingCharacters, 2),
    (#""\udc00""#, .badEscape, 1),
  ])
  func whatIsNotJSON(text: String, reason: JSONError.Reason, offset: Int) {
    #expect(throws: JSONError(reason: reason, offset: offset)) { try read(text) }
  }

  @Test func depthIsBounded() throws {
    func nested(_ depth: Int) -> String {
      String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
    }
    _ = try read(nested(JSONReader.depthLimit + 1))
    #expect(throws: JSONError(reason: .tooDeep, offset: 17)) { try read(nested(JSONReader.depthLimit + 2)) }
  }
}
