import Testing

@testable import JSON

@Suite struct JSONReaderTests {
  private func read(_ text: String, deepest: Int = JSONReader.usualDepth) throws -> JSONValue {
    try Array(text.utf8).withUnsafeBytes { try JSONReader.read($0, deepest: deepest) }
  }

  /// What is read, written again without white space.
  private func rewritten(_ text: String, _ style: JSONWriter.Style = .compact) throws -> String {
    String(decoding: JSONWriter.write(try read(text), style: style), as: UTF8.self)
  }

  @Test func orderNamesAndNumbersAreKept() throws {
    let text = #"{"b":[null,true,false,0,-12,1.50,1E+9,-0],"a":{},"b":[],"e\u0301":"","é":""}"#
    #expect(try rewritten(text) == text.replacing(#"e\u0301"#, with: "e\u{301}"))
    #expect(try rewritten(" [ 1 ,\t{ } ,\r\n\"\" ] ") == #"[1,{},""]"#)
    #expect(try rewritten("123456789012345678901234567890") == "123456789012345678901234567890")
  }

  @Test func membersAreLentOneByOne() throws {
    func members(_ text: String, until last: String? = nil) throws -> [String]? {
      var keys: [String] = []
      let isObject = try Array(text.utf8).withUnsafeBytes { bytes in
        try JSONReader.forEachMember(of: bytes) { key, value in
          keys.append("\(key) \(value.kind)")
          return key != last
        }
      }
      return isObject ? keys : nil
    }
    let text = #" {"a": 1, "a": [{}], "b": {"c": "d"}} "#
    #expect(try members(text) == ["a a number", "a a list", "b an object"])
    #expect(try members("{}") == [] && members("[1]") == nil)
    // What lies behind the last that is wanted is not read.
    #expect(try members(#"{"a": 1, "b" wrong"#, until: "a") == ["a a number"])
    #expect(throws: JSONError(reason: .trailingCharacters, offset: 3)) { try members("{} 1") }
    #expect(throws: JSONError(reason: .unexpectedCharacter, offset: 13)) { try members(#"{"a": 1, "b" wrong"#) }
  }

  @Test func everyEscapeIsUnderstood() throws {
    guard case .string(let text) = try read(#""\"\\\/\b\f\n\r\té\u00e9\ud83d\ude42""#) else {
      Issue.record("not a string")
      return
    }
    #expect(text == "\"\\/\u{8}\u{c}\n\r\téé🙂")
  }

  @Test(arguments: [
    ("", JSONError.Reason.unexpectedEnd, 0), ("nul", .unexpectedEnd, 3), ("nulL", .unexpectedCharacter, 3),
    ("+1", .unexpectedCharacter, 0), ("01", .badNumber, 0), ("-", .unexpectedEnd, 1), ("1.", .unexpectedEnd, 2),
    ("1e+", .unexpectedEnd, 3), ("-x", .badNumber, 1), ("[1,]", .unexpectedCharacter, 3),
    ("{\"a\"}", .unexpectedCharacter, 4), ("{,}", .unexpectedCharacter, 1), ("[1 2]", .unexpectedCharacter, 3),
    ("\"a", .unexpectedEnd, 2), ("\"\n\"", .controlCharacter, 1), (#""\x""#, .badEscape, 1),
    (#""\u00g0""#, .badEscape, 5), (#""\ud800""#, .badEscape, 1), ("1 1", .trailingCharacters, 2),
    (#""\udc00""#, .badEscape, 1), (#""\ud800\u0041""#, .badEscape, 1), (#""\u00"#, .unexpectedEnd, 5),
  ])
  func whatIsNotJSON(text: String, reason: JSONError.Reason, offset: Int) {
    #expect(throws: JSONError(reason: reason, offset: offset)) { try read(text) }
  }

  @Test func aStringMustBeUTF8() {
    let bytes: [UInt8] = Array("[\"a".utf8) + [0xff] + Array("\"]".utf8)
    #expect(throws: JSONError(reason: .invalidUTF8, offset: 1)) {
      try bytes.withUnsafeBytes { try JSONReader.read($0) }
    }
  }

  @Test func depthIsBounded() throws {
    func nested(_ depth: Int) -> String {
      String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
    }
    _ = try read(nested(3), deepest: 3)
    _ = try read("[[],[],[],[[]]]", deepest: 3)
    #expect(throws: JSONError(reason: .tooDeep, offset: 3)) { try read(nested(4), deepest: 3) }
    #expect(throws: JSONError(reason: .tooDeep, offset: 128)) { try read(nested(100_000)) }
  }
}
