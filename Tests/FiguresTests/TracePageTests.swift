import Foundation
import JSON
import Testing
import Traces

@testable import Figures

@Suite struct TracePageTests {
  private func page(_ trace: AttentionTrace, _ request: HeadRequest = HeadRequest()) throws -> String {
    String(decoding: try trace.figure(.html, heads: request), as: UTF8.self)
  }

  /// What the page's script will read.
  private func data(_ page: String) throws -> [String: Any] {
    let match = try #require(page.firstMatch(of: /<script type="application\/json" id="data">([^<]*)<\/script>/))
    return try #require(try JSONSerialization.jsonObject(with: Data(match.1.utf8)) as? [String: Any])
  }

  private func weights(_ site: Any?) throws -> [UInt8] {
    let site = try #require(site as? [String: Any])
    let text = try #require(site["weights"] as? String)
    return Array(try #require(Data(base64Encoded: text)))
  }

  @Test func weightsAreExact() throws {
    let trace = Example.transformer()
    let data = try data(try page(trace))
    #expect(data["exact"] as? Bool == true)
    let sites = try #require(data["sites"] as? [[String: Any]])
    #expect(sites.map { $0["site"] as? String } == ["encoder", "decoder", "cross"])
    for site in sites {
      let name = try #require((site["site"] as? String).flatMap(Site.init(rawValue:)))
      let heads = trace.heads.filter { $0.site == name }
      #expect(site["heads"] as? [[Int]] == heads.map { [$0.layer, $0.head] })
      #expect(
        try weights(site)
          == heads.flatMap { trace.matrix(.head($0))?.weights ?? [] }.map(\.bitPattern).littleEndianBytes)
    }
  }

  @Test func stepsAndTokensAreThere() throws {
    let data = try data(try page(Example.small()))
    let steps = try #require(data["steps"] as? [[String: Any]])
    let site = try #require((data["sites"] as? [[String: Any]])?.first)
    let rows = try #require(site["rows"] as? [[String: Any]])
    #expect(rows.map { $0["forced"] as? Bool } == [false, true])
    #expect(rows.map { $0["text"] as? String } == ["層", "</s>"])
    let columns = try #require(site["columns"] as? [[String: Any]])
    #expect(columns.map { $0["text"] as? String } == ["zor g, \"x\"", "été", "</s>"])
    #expect(columns.map { $0["piece"] as? String } == ["<unk>", "été", "</s>"])
    #expect(columns.map { $0["kind"] as? String } == ["unknown", "word", "special"])
    #expect(steps[0]["probability"] as? Double == 0.1 && steps[1]["probability"] is NSNull)
    #expect((steps[0]["candidates"] as? [[String: Any]])?.count == 2)
  }

  @Test func aPromptsRowsComeBeforeTheFirstStep() throws {
    let data = try data(try page(Example.languageModel()))
    let site = try #require((data["sites"] as? [[String: Any]])?.first)
    #expect(site["firstStep"] as? Int == 2)
    #expect((site["rows"] as? [Any])?.count == 4 && (site["columns"] as? [Any])?.count == 4)
    #expect(data["notes"] as? [String] == ["Stopped after 2 tokens, before the end token."])
  }

  @Test func whatIsAskedForIsShownFirstAndAlone() throws {
    let data = try data(try page(Example.transformer(), HeadRequest(site: .encoder, layer: 1, head: 0)))
    let first = try #require(data["first"] as? [String: Any])
    #expect(first["site"] as? String == "encoder" && first["layer"] as? Int == 1 && first["head"] as? Int == 0)
    let sites = try #require(data["sites"] as? [[String: Any]])
    #expect(sites.count == 1 && sites[0]["heads"] as? [[Int]] == [[1, 0], [1, 1]])
  }

  /// Nothing that a token holds can end the element that it stands in, or begin another.
  @Test func noTokenLeavesItsPlace() throws {
    let evil = ["</script><script>alert(1)</script>", "<!--", "<script>", "]]>", "\u{2028}", "\"'&amp;", "\u{0}<\u{8}"]
    var trace = Example.small()
    trace.sourceText = evil.joined(separator: " ")
    trace.targetText = trace.sourceText
    trace.model.name = evil[0]
    trace.source = evil.enumerated().map { Token(id: $0, piece: $1) }
    for index in trace.steps.indices {
      trace.steps[index].token = Token(id: 1, piece: evil[index])
      trace.steps[index].candidates = [Candidate(token: Token(id: 1, piece: evil[1]), probability: 1)]
      trace.steps[index].cross = Example.block([Float](repeating: 0, count: 7), [Float](repeating: 0, count: 7))
    }
    let page = try page(trace)
    #expect(page.matches(of: /<script/).count == 2 && page.matches(of: /<\/script/).count == 2)
    #expect(!page.contains("<!--") && !page.contains("alert(1)</"))
    let site = try #require((try data(page)["sites"] as? [[String: Any]])?.first)
    let columns = try #require(site["columns"] as? [[String: Any]])
    #expect(columns.prefix(4).map { $0["text"] as? String } == evil.prefix(4).map { $0 })
    #expect(columns.suffix(3).map { $0["text"] as? String } == ["␣", evil[5], " < "])
    #expect(page.contains("<title>&lt;/script&gt;&lt;script&gt;"))
  }

  @Test func thePageLoadsNothing() throws {
    let page = try page(Example.transformer())
    #expect(!page.contains("://") && !page.contains("src=") && !page.contains("href=") && !page.contains("import("))
    #expect(page.contains("default-src 'none'"))
  }

  @Test func manyWeightsAreRoundedAndTooManyRefused() throws {
    let side = 1500
    let words = (0..<side).map { "w\($0)" }.joined(separator: " ")
    let data = try data(try page(Example.trace(words, words) { $0 == $1 ? 1 : 0.25 }))
    #expect(data["exact"] as? Bool == false)
    let bytes = try weights((data["sites"] as? [Any])?.first)
    #expect(bytes.count == 2 * side * side)
    #expect(bytes[..<4] == [0xFF, 0xFF, 0x00, 0x40])
  }
}
