import Testing

@testable import JSON

@Suite struct JSONWriterTests {
  private let value = JSONValue.object([
    ("b", .array([.int(1), .null])), ("a", .object([])), ("c", .array([])), ("d", .string("\"\\\n\r\t\u{1}\u{1f}é🙂/")),
  ])

  private func written(_ style: JSONWriter.Style) -> String {
    String(decoding: JSONWriter.write(value, style: style), as: UTF8.self)
  }

  @Test func styles() {
    let text = #""\"\\\n\r\t\u0001\u001fé🙂/""#
    #expect(written(.compact) == #"{"b":[1,null],"a":{},"c":[],"d":"# + text + "}")
    #expect(written(.line) == #"{"b": [1, null], "a": {}, "c": [], "d": "# + text + "}")
    #expect(
      written(.pretty) == """
        {
          "b": [
            1,
            null
          ],
          "a": {},
          "c": [],
          "d": \(text)
        }

        """)
  }

  @Test func floatsReadBackAsTheSameNumber() {
    for value in [Float(0.1), 1e-7, -0.0, .greatestFiniteMagnitude, .leastNonzeroMagnitude, 16_777_216] {
      guard case .number(let digits) = JSONValue.float(value) else {
        Issue.record("\(value) is not a number")
        continue
      }
      #expect(Float(digits)?.bitPattern == value.bitPattern)
    }
    for value in [Float.nan, .infinity, -.infinity] {
      guard case .null = JSONValue.float(value) else {
        Issue.record("\(value) is not null")
        continue
      }
    }
  }
}
