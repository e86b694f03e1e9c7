import Testing
import Traces

@testable import Figures

@Suite struct SavedTraceTests {
  private func read(_ text: String) throws(FigureError) -> AttentionTrace { try SavedTrace.read(text.utf8) }

  @Test func whatWasWrittenIsReadBack() throws {
    for trace in [
      Example.small(), Example.small(attention: false), Example.empty(), Example.transformer(),
      Example.trace("a b c", "x y") { Float($0 + $1) / 7 }, Example.languageModel(), Example.changed(),
    ] {
      let text = TraceJSON.text(of: trace)
      #expect(TraceJSON.text(of: try read(text)) == text)
    }
  }

  @Test func attentionIsTheSameValue() throws {
    let trace = Example.transformer()
    let back = try read(TraceJSON.text(of: trace))
    #expect(back.encoder == trace.encoder)
    #expect(back.steps.map(\.decoder) == trace.steps.map(\.decoder))
    #expect(back.steps.map(\.cross) == trace.steps.map(\.cross))
  }

  @Test func aPromptAndWhatWasChangedComeBack() throws {
    let model = try read(TraceJSON.text(of: Example.languageModel()))
    #expect(model.prompt == Example.languageModel().prompt)
    #expect(model.steps.map(\.decoder) == Example.languageModel().steps.map(\.decoder))
    #expect(try read(TraceJSON.text(of: Example.changed())).interventions == Example.changed().interventions)
  }

  @Test func tokensAreShownAsTheyWere() throws {
    var trace = Example.small()
    trace.source = ["\u{2581}app", "##le", "<end>"].enumerated().map { Token(id: $0, piece: $1) }
    let back = try read(TraceJSON.text(of: trace))
    #expect(back.source.map(\.surface) == ["app", "le", "<end>"])
    #expect(back.source.map(\.kind) == [.word, .word, .special])
    #expect(try read(TraceJSON.text(of: Example.small())).source[0].kind == .unknown)
  }

  @Test func namesThatALaterVersionAddsArePassedOver() throws {
    let text = TraceJSON.text(of: Example.small())
    let more = text.replacing("\"schema\"", with: "\"new\": [1, {\"a\": null}], \"schema\"")
      .replacing("\"forced\": true", with: "\"forced\": true, \"other\": 7")
    #expect(more != text)
    #expect(TraceJSON.text(of: try read(more)) == text)
  }

  @Test(arguments: [
    ("\"heed-trace/1\"", "\"heed-trace/2\"", "schema is heed-trace/2, not heed-trace/1"),
    ("\"schema\"", "\"scheme\"", "schema is missing"),
    ("\"source\":", "\"target\": 1, \"source\":", "target is there twice"),
    ("\"ids\": [3, 7, 2]", "\"ids\": [3, 7]", "source should be as many ids as tokens, not an object"),
    ("\"ids\": [3, 7, 2]", "\"ids\": [3, 7.5, 2]", "source.ids[1] should be a whole number, not a number"),
    (
      "\"ids\": [3, 7, 2]", "\"ids\": [3, 99999999999999999999, 2]",
      "source.ids[1] should be a whole number, not a number"
    ),
    ("\"endToken\"", "\"soon\"", "target.ending should be an ending, not a string"),
    ("\"ids\": [9, 2]", "\"ids\": [9, 3]", "target and steps name different tokens"),
    ("\"forced\": true", "\"forced\": 1", "steps[1].forced should be true or false, not a number"),
    ("\"site\": \"cross\"", "\"site\": \"crass\"", "attention[0].site should be a site, not a string"),
    ("\"layer\": 0", "\"layer\": -1", "attention[0].layer should be a number from 0, not a number"),
    ("\"layer\": 0", "\"layer\": 9223372036854775807", "attention lacks cross L0H0"),
    ("\"head\": 0", "\"head\": 9223372036854775807", "attention lacks cross L0H0"),
    ("[0.25, 0.75, 0.0]", "[0.25, 0.75]", "attention[0].rows[0] should be 3 numbers, not a list"),
    (", [0.003, 0.0, 0.997]", "", "attention[0].rows should be 2 rows, not a list"),
    ("0.997]]", "\"1\"]]", "attention[0].rows[1][2] should be a number, not a string"),
    ("0.997]]", "7]]", "attention[0].rows[1][2] should be a weight from 0 to 1, not a number"),
    ("0.997]]", "1e999]]", "attention[0].rows[1][2] should be a number, not a number"),
    (
      "\"heed-trace/1\"", "\"heed-trace/1\", \"interventions\": [\"dance 1\"]",
      "interventions[0] should be an intervention, not a string"
    ),
    ("\"scores\": ", "\"marks\": ", "attention[0].scores is missing"),
  ])
  func whatIsWrongIsNamed(good: String, bad: String, message: String) throws {
    let text = TraceJSON.text(of: Example.small())
    let damaged = text.replacing(good, with: bad, maxReplacements: 1)
    try #require(damaged != text)
    let error = #expect(throws: FigureError.self) { try read(damaged) }
    #expect(error?.description == message)
  }

  @Test func aHeadThatIsThereTwiceOrNotAtAllIsAnError() throws {
    let text = TraceJSON.text(of: Example.transformer())
    let twice = text.replacing("\"cross\", \"layer\": 0, \"head\": 1", with: "\"cross\", \"layer\": 0, \"head\": 0")
    #expect(throws: FigureError("attention[9] should be another head: cross L0H0 is there already, not an object")) {
      try read(twice)
    }
    let gap = text.replacing("\"encoder\", \"layer\": 1, \"head\": 0", with: "\"encoder\", \"layer\": 1, \"head\": 2")
    #expect(throws: FigureError("attention lacks encoder L0H2")) { try read(gap) }
  }

  @Test func severalLinesAreNotOneTrace() {
    let text = TraceJSON.text(of: Example.small())
    let error = #expect(throws: FigureError.self) { try read(text + "\n" + text) }
    #expect(error?.description.contains("choose one of several lines") == true)
  }

  /// Whatever is cut off or changed, reading ends with a value or an error.
  @Test func damagedBytesNeverTrap() {
    let bytes = Array(TraceJSON.text(of: Example.transformer()).utf8)
    for count in stride(from: 0, to: bytes.count, by: 29) {
      #expect(throws: FigureError.self) { try SavedTrace.read(bytes.prefix(count)) }
    }
    var errors = 0
    for index in stride(from: 0, to: bytes.count, by: 17) {
      for byte in [0, UInt8(ascii: "9"), UInt8(ascii: "["), UInt8(ascii: "\""), 0xFF] {
        var damaged = bytes
        damaged[index] = byte
        do {
          let trace = try SavedTrace.read(damaged)
          #expect(!TraceCSV.lines(of: trace, sentence: 1).isEmpty)
        } catch {
          errors += 1
        }
      }
    }
    #expect(errors > 100)
  }
}
