import TUI
import Testing
import Traces

@testable import Explorer

/// What is drawn: committed screens, text and colours, and what must hold for any screen.
@Suite struct ViewTests {
  @Test(arguments: [(80, 24), (120, 40), (200, 60), (60, 50)])
  func matrix(columns: Int, rows: Int) throws {
    try expectSnapshot("matrix-\(columns)x\(rows)", view(Samples.state(columns, rows)))
  }

  @Test(arguments: [(80, 24), (120, 40), (200, 60), (60, 50)])
  func longSentence(columns: Int, rows: Int) throws {
    let state = Samples.state(columns, rows, trace: FakeEngine.long(steps: 30, words: 60))
    try expectSnapshot("long-\(columns)x\(rows)", view(state))
  }

  @Test(arguments: [(80, 24), (120, 40), (200, 60), (60, 50)])
  func listOfSteps(columns: Int, rows: Int) throws {
    let trace = Samples.trace(steps: 5, model: Samples.withoutAttention)
    let state = Samples.state(columns, rows, trace: trace, model: Samples.withoutAttention)
    try expectSnapshot("steps-\(columns)x\(rows)", view(state))
  }

  @Test(arguments: [(80, 24), (120, 40), (200, 60), (60, 50)])
  func help(columns: Int, rows: Int) throws {
    var state = Samples.state(columns, rows)
    _ = Samples.press("?", &state)
    try expectSnapshot("help-\(columns)x\(rows)", view(state))
  }

  @Test func firstStart() throws {
    try expectSnapshot("ready-80x24", view(Samples.state(80, 24, trace: Samples.trace(steps: 0))))
  }

  @Test func smallestWindow() throws {
    try expectSnapshot("matrix-40x12", view(Samples.state(40, 12)))
  }

  @Test func halfRows() throws {
    var state = Samples.state(80, 24, trace: FakeEngine.long(steps: 30, words: 60))
    state.picture.zoom = 0
    try expectSnapshot("half-80x24", view(state))
  }

  @Test func editing() throws {
    var state = Samples.state(80, 24)
    _ = Samples.press("i!", &state)
    try expectSnapshot("editing-80x24", view(state))
  }

  @Test func forcing() throws {
    var state = Samples.state(80, 24, trace: Samples.trace(steps: 7, forced: [6]))
    _ = Samples.press("fj", &state)
    try expectSnapshot("forcing-80x24", view(state))
  }

  @Test func lengthLimit() throws {
    let trace = Samples.trace(steps: 5, limit: 5)
    try expectSnapshot("limit-80x24", view(Samples.state(80, 24, trace: trace)))
  }

  @Test(arguments: [
    ("indexed256", ColorDepth.indexed256, true), ("ansi16", .ansi16, true), ("ansi8", .ansi8, true),
    ("none", .none, true), ("ascii", .none, false),
  ])
  func colours(name: String, depth: ColorDepth, isUTF8: Bool) throws {
    try expectSnapshot("matrix-80x24-\(name)", view(Samples.state(80, 24, depth: depth, isUTF8: isUTF8)))
  }

  @Test func scriptsOfTheWorld() throws {
    let trace = Samples.trace(
      source: "我 喜歡 👩‍👩‍👧 e\u{301}tude zyzzyva שלום 。", target: "j’ aime les pommes vertes <unk> . <end>", steps: 5,
      alignment: [1, 2, 3, 4, 5, 6, 7, 8], unknown: ["zyzzyva", "<unk>"])
    try expectSnapshot("scripts-80x24", view(Samples.state(80, 24, trace: trace)))
  }

  // MARK: What must hold

  @Test func theCellUnderTheCursorIsGivenExactly() throws {
    let state = Samples.state(120, 40)
    let weight = try #require(state.decode.matrix)[6, 9]
    let status = view(state).text[37]
    #expect(status.contains("pomme ← apple  0.7112"))
    #expect(status.contains("largest of its row") && status.contains("score +5.750"))
    let exact = try #require(status.split(separator: "exactly ").last.flatMap { Float($0) })
    #expect(exact == weight)
  }

  @Test func cellsHaveTheColourOfTheirWeight() throws {
    let state = Samples.state(120, 40)
    let layout = try #require(ScreenLayout(state)?.matrix(state))
    let matrix = try #require(state.decode.matrix)
    let screen = view(state)
    for row in 0..<matrix.rows {
      for column in 0..<matrix.columns {
        let cell = screen[column: layout.column(of: column) + 4, row: layout.line(ofRow: row)]
        #expect(cell.style.background == Palette.viridis.color(at: matrix[row, column]))
      }
    }
  }

  @Test func halfRowsHaveTheColoursOfBothSteps() throws {
    var state = Samples.state(120, 40, trace: Samples.trace(steps: 6))
    state.picture.zoom = 0
    state.cursor = Cursor(step: 5, source: 11)
    let layout = try #require(ScreenLayout(state)?.matrix(state))
    let matrix = try #require(state.decode.matrix)
    let cell = view(state)[column: layout.column(of: 3), row: layout.line(ofRow: 2)]
    #expect(cell.character == "▀")
    #expect(cell.style.foreground == Palette.viridis.color(at: matrix[2, 3]))
    #expect(cell.style.background == Palette.viridis.color(at: matrix[3, 3]))
  }

  @Test func anUnknownWordIsMarkedAndExplained() {
    let trace = Samples.trace(source: "zyzzyva !", target: "x ! <end>", steps: 1, alignment: [1], unknown: ["zyzzyva"])
    let screen = view(Samples.state(120, 40, trace: trace))
    #expect(screen.text.contains { $0.contains("“zyzzyva” is unknown: read as <unk>") })
    let ready = view(Samples.state(120, 40, trace: Samples.trace(source: "zyzzyva", steps: 0, unknown: ["zyzzyva"])))
    #expect(ready.text.contains { $0.contains("“zyzzyva” is unknown to the model") })
  }

  @Test func aForcedTokenIsMarked() {
    let screen = view(Samples.state(120, 40, trace: Samples.trace(steps: 3, forced: [2])))
    #expect(screen.text.contains { $0.contains("*veut") })
  }

  @Test(arguments: [(40, 12), (71, 24), (80, 24), (60, 50)])
  func candidatesToChooseFromAreInSight(columns: Int, rows: Int) {
    var state = Samples.state(columns, rows)
    _ = Samples.press("fj", &state)
    let text = view(state).text
    #expect(text.contains { $0.contains("Next token") } && text.contains { $0.contains("verte") })
  }

  @Test func whatIsOutOfSightIsSaid() {
    let screen = view(Samples.state(80, 24, trace: FakeEngine.long(steps: 40)))
    #expect(screen.text.contains { $0.contains("of 82") && $0.contains("of 40") })
  }

  @Test func aWindowTooSmallSaysWhatItNeeds() {
    let text = view(Samples.state(30, 8)).text.joined(separator: "\n")
    #expect(text.contains("40×12") && text.contains("30×8"))
  }

  @Test func waitingSaysForWhat() {
    var state = State(display: Samples.display(80, 24))
    #expect(view(state).text.contains { $0.contains("opening the model") })
    _ = update(&state, .progress("opening opus-mt-en-fr", fraction: 0.5))
    #expect(view(state).text.contains { $0.contains("opening opus-mt-en-fr") })
    _ = update(&state, .opened(Samples.summary, sentence: "a"))
    #expect(view(state).text.contains { $0.contains("reading the sentence") })
  }
}
