import Foundation
import Testing
import Traces

@testable import Figures

@Suite struct TraceJSONTests {
  @Test func textFollowsTheSchema() {
    let expected = """
      {"schema": "heed-trace/1", "model": {"path": "a\\\\b/m", "architecture": "heed-seq2seq"}, \
      "source": {"text": "zor\\u001bg été", "ids": [3, 7, 2], "tokens": ["<unk>", "été", "</s>"]}, \
      "target": {"text": "層", "ids": [9, 2], "tokens": ["層", "</s>"], "ending": "endToken"}, \
      "steps": [{"id": 9, "token": "層", "probability": 0.1, \
      "candidates": [{"id": 9, "token": "層", "probability": 0.1}, {"id": 7, "token": "été", "probability": 0.05}], \
      "entropy": 0.5, "forced": false}, {"id": 2, "token": "</s>", "probability": null, \
      "candidates": [{"id": 2, "token": "</s>", "probability": null}, {"id": 7, "token": "été", "probability": 0.05}], \
      "entropy": 0.5, "forced": true}], \
      "attention": [{"site": "cross", "layer": 0, "head": 0, "rows": [[0.25, 0.75, 0.0], [0.003, 0.0, 0.997]], \
      "scores": [[-1.5, 1e-07, null], [0.0, 0.0, 3.0]]}]}
      """
    #expect(TraceJSON.text(of: Example.small()) == expected)
  }

  /// Bit patterns of all sizes, subnormal numbers among them.
  @Test func numbersReadBackAsTheSameFloat() throws {
    let patterns = stride(from: 0, through: UInt32.max, by: 2_147_483).map(Float.init(bitPattern:))
    let numbers: [Float] =
      [-0.0, 1 / 3, .leastNonzeroMagnitude, .greatestFiniteMagnitude] + patterns.filter(\.isFinite)
    var trace = Example.small()
    trace.source = numbers.indices.map { Token(id: $0, piece: "\($0)") }
    for index in trace.steps.indices { trace.steps[index].cross = Example.block(numbers, numbers) }
    for key in ["rows", "scores"] {
      let rows = try #require(try attention(of: trace)[0][key] as? [[NSNumber]])
      #expect(rows.count == 2)
      for row in rows { #expect(row.map(\.floatValue.bitPattern) == numbers.map(\.bitPattern)) }
    }
  }

  @Test func sitesLayersAndHeadsAreListedInOrder() throws {
    let attention = try attention(of: Example.transformer())
    let addresses = try attention.map { entry in
      "\(try #require(entry["site"] as? String)) \(try #require(entry["layer"])) \(try #require(entry["head"]))"
    }
    let heads = ["0 0", "0 1", "1 0", "1 1"]
    #expect(addresses == ["encoder", "decoder", "cross"].flatMap { site in heads.map { "\(site) \($0)" } })

    // The second head of the first layer: its block of numbers, divided by 64.
    #expect(attention[1]["rows"] as? [[Double]] == [[4, 5], [6, 7]].map { $0.map { $0 / 64 } })
    // One and two columns at the two steps, filled up to two; the future has no score.
    #expect(attention[5]["rows"] as? [[Double]] == [[1, 0], [2, 3]].map { $0.map { $0 / 64 } })
    let scores = try #require(attention[5]["scores"] as? [[Any]])
    #expect(scores[0][1] is NSNull)
    #expect(scores[1] as? [Double] == [2.0 / 64, 3.0 / 64])
  }

  @Test func everyCharacterSurvives() throws {
    let scalars = (0..<0x3000).compactMap(Unicode.Scalar.init) + ["\u{1F44D}", "\u{1F3FD}", "\u{10FFFF}"]
    var trace = Example.empty()
    trace.sourceText = String(String.UnicodeScalarView(scalars))
    let text = TraceJSON.text(of: trace)
    #expect(!text.unicodeScalars.contains { $0.value < 0x20 })
    let source = try #require(try object(text)["source"] as? [String: Any])
    #expect((source["text"] as? String).map { Array($0.unicodeScalars) } == scalars)
  }

  @Test func aTraceWithoutStepsOrAttentionHasEmptyLists() throws {
    let empty = TraceJSON.text(of: Example.empty())
    #expect(
      empty.hasSuffix(
        #""target": {"text": "", "ids": [], "tokens": [], "ending": "open"}, "steps": [], "attention": []}"#))
    #expect(TraceJSON.text(of: Example.small(attention: false)).hasSuffix(#""attention": []}"#))
  }

  private func object(_ text: String) throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
  }

  private func attention(of trace: AttentionTrace) throws -> [[String: Any]] {
    try #require(try object(TraceJSON.text(of: trace))["attention"] as? [[String: Any]])
  }
}
