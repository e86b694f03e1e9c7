import Testing
import Traces

@testable import Figures

@Suite struct TraceCSVTests {
  @Test func thereIsALineForEachCell() {
    let expected = """
      3,cross,0,0,0,層,0,<unk>,0.25,-1.5
      3,cross,0,0,0,層,1,été,0.75,1e-07
      3,cross,0,0,0,層,2,</s>,0.0,
      3,cross,0,0,1,</s>,0,<unk>,0.003,0.0
      3,cross,0,0,1,</s>,1,été,0.0,0.0
      3,cross,0,0,1,</s>,2,</s>,0.997,3.0

      """
    #expect(TraceCSV.lines(of: Example.small(), sentence: 3) == expected)
  }

  @Test func everyLineHasTheHeadersColumns() {
    let count = TraceCSV.header.split(separator: ",").count
    let lines = TraceCSV.lines(of: Example.transformer(), sentence: 1).split(separator: "\n")
    #expect(lines.count == 4 * (2 * 2 + 2 * 2 + 2 * 2))
    #expect(lines.allSatisfy { $0.split(separator: ",", omittingEmptySubsequences: false).count == count })
    // The decoder's first column is the start token, which no step produced.
    #expect(lines.contains("1,decoder,1,0,1,y,0,,0.0625,0.0625"))
  }

  @Test(arguments: [
    ("a,b", "\"a,b\""), ("say \"x\"", "\"say \"\"x\"\"\""), ("a\nb", "\"a\nb\""), ("a\r\nb", "\"a\r\nb\""),
    ("a b", "a b"),
  ])
  func fieldsAreQuotedWhereTheyMustBe(piece: String, field: String) {
    var trace = Example.small()
    trace.source[0].piece = piece
    #expect(TraceCSV.lines(of: trace, sentence: 1).hasPrefix("1,cross,0,0,0,層,0,\(field),0.25,"))
  }

  @Test func aTraceWithoutAttentionHasNoLines() {
    #expect(TraceCSV.lines(of: Example.small(attention: false), sentence: 1) == "")
    #expect(TraceCSV.lines(of: Example.empty(), sentence: 1) == "")
  }
}
