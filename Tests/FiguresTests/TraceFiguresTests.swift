import Foundation
import TUI
import Testing
import Traces

@testable import Figures

/// A model that read two words, one of them unknown, and produced two tokens.
private func trace(ending: Ending = .endToken, attention: Bool = true) -> AttentionTrace {
  let unknown = Token(id: 3, piece: "<unk>", surface: "zor\u{1b}g, \"x\"", kind: .unknown)
  let source = [unknown, Token(id: 7, piece: "été"), Token(id: 2, piece: "</s>", kind: .special)]
  func step(_ token: Token, _ probability: Float, _ weights: [Float], _ scores: [Float]) -> Step {
    Step(
      token: token, probability: probability,
      candidates: [
        Candidate(token: token, probability: probability), Candidate(token: source[1], probability: 0.05),
      ],
      entropy: 0.5, isForced: token.id == 2,
      cross: attention
        ? AttentionBlock(layers: 1, heads: 1, rows: 1, columns: 3, weights: weights, scores: scores) : nil)
  }
  return AttentionTrace(
    model: .init(name: "m", path: "a\\b/m", architecture: "heed-seq2seq", summary: "additive"),
    sourceText: "zor\u{1b}g été", source: source, targetText: "層",
    steps: [
      step(Token(id: 9, piece: "層"), 0.1, [0.25, 0.75, 0], [-1.5, 1e-7, -.infinity]),
      step(Token(id: 2, piece: "</s>", kind: .special), .nan, [0.003, 0, 0.997], [0, 0, 3]),
    ], ending: ending, lengthLimit: 2)
}

@Suite struct TraceFiguresTests {
  @Test func jsonFollowsTheSchema() {
    let expected = """
      {"schema": "heed-trace/1", "model": {"path": "a\\\\b/m", "architecture": "heed-seq2seq"}, \
      "source": {"text": "zor\\u001bg été", "ids": [3, 7, 2], "tokens": ["<unk>", "été", "</s>"]}, \
      "target": {"text": "層", "ids": [9, 2], "tokens": ["層", "</s>"], "ending": "endToken"}, \
      "steps": [{"id": 9, "token": "層", "probability": 0.1, "entropy": 0.5, "forced": false, \
      "candidates": [{"id": 9, "token": "層", "probability": 0.1}, {"id": 7, "token": "été", "probability": 0.05}]}, \
      {"id": 2, "token": "</s>", "probability": null, "entropy": 0.5, "forced": true, \
      "candidates": [{"id": 2, "token": "</s>", "probability": null}, {"id": 7, "token": "été", "probability": 0.05}]}], \
      "attention": [{"site": "cross", "layer": 0, "head": 0, "rows": [[0.25, 0.75, 0.0], [0.003, 0.0, 0.997]]}]}
      """
    #expect(TraceJSON.text(of: trace()) == expected)
  }

  @Test func jsonReadsBackAsTheSameNumbers() throws {
    let value = try JSONSerialization.jsonObject(with: Data(TraceJSON.text(of: trace()).utf8))
    let attention = try #require((value as? [String: Any])?["attention"] as? [[String: Any]])
    let rows = try #require(attention[0]["rows"] as? [[NSNumber]])
    #expect(rows.map { $0.map(\.floatValue) } == [[0.25, 0.75, 0], [0.003, 0, 0.997]])
  }

  @Test func aModelWithoutAttentionHasAnEmptyList() {
    #expect(TraceJSON.text(of: trace(attention: false)).hasSuffix(#""attention": []}"#))
    #expect(TraceCSV.lines(of: trace(attention: false), sentence: 1) == "")
    #expect(TraceText(trace(attention: false)).text.hasSuffix("\nthis model has no attention to show\n"))
  }

  @Test func csvHasALineForEachCell() {
    let expected = """
      3,cross,0,0,0,層,0,<unk>,0.25,-1.5
      3,cross,0,0,0,層,1,été,0.75,1e-07
      3,cross,0,0,0,層,2,</s>,0.0,
      3,cross,0,0,1,</s>,0,<unk>,0.003,0.0
      3,cross,0,0,1,</s>,1,été,0.0,0.0
      3,cross,0,0,1,</s>,2,</s>,0.997,3.0

      """
    #expect(TraceCSV.lines(of: trace(), sentence: 3) == expected)
  }

  @Test func csvQuotesWhatWouldBreakALine() {
    var quoted = trace()
    quoted.source[0].piece = "a,\"b\"\n"
    #expect(TraceCSV.lines(of: quoted, sentence: 1).hasPrefix("1,cross,0,0,0,層,0,\"a,\"\"b\"\"\n\",0.25"))
  }

  @Test func textShowsTheWeightsAndWhatTheyHide() {
    let expected = """
      source  zor g été
      target  層
      unknown to the model, read as <unk>: zor g, "x"
      stopped at the limit of 2 tokens before the end token

      cross attention, weights
           zor g, "x"  été </s>
      層          .25  .75    ·
      </s>          ·    · 1.00

      """
    #expect(TraceText(trace(ending: .lengthLimit)).text == expected)
  }

  @Test func coloursAreWrittenOnlyWhereTheTerminalHasThem() {
    #expect(!TraceText(trace()).text.contains("\u{1b}"))
    #expect(TraceText(trace(), depth: .indexed256).text.contains("\u{1b}[0;38;5;"))
    #expect(TraceText(trace(), depth: .trueColor).text.contains("48;2;"))
  }

  @Test func aLongSentenceContinuesBelow() {
    var long = trace()
    long.source = (0..<30).map { Token(id: $0, piece: "token\($0)") }
    let weights = [Float](repeating: 1 / 30, count: 30)
    let block = AttentionBlock(layers: 1, heads: 1, rows: 1, columns: 30, weights: weights, scores: weights)
    for index in long.steps.indices { long.steps[index].cross = block }
    let lines = TraceText(long, width: 80).text.split(separator: "\n")
    #expect(lines.allSatisfy { $0.count <= 80 })
    #expect(lines.count { $0.hasPrefix("</s>") } == 4)
    for index in 0..<30 { #expect(lines.contains { $0.split(separator: " ").contains("token\(index)") }) }
  }
}
