import TUI
import Testing
import Traces

@testable import Explorer

/// Which commands follow from which events.
@Suite struct UpdateTests {
  struct Row: Sendable, CustomTestStringConvertible {
    let name: String
    var steps = 3
    let events: [Event]
    let commands: [Command]
    var testDescription: String { name }
  }

  /// All start in generation 1, with three of ten tokens decoded.
  static let rows = [
    Row(name: "Space steps", events: [key(" ")], commands: [.step(generation: 1)]),
    Row(
      name: "each Space is a step", events: [key(" "), key(" ")],
      commands: [.step(generation: 1), .step(generation: 1)]),
    Row(name: "Backspace goes one back", events: [named(.backspace)], commands: [.jump(steps: 2, generation: 2)]),
    Row(name: "Backspace at the start does nothing", steps: 0, events: [named(.backspace)], commands: []),
    Row(name: "R starts over", events: [key("R")], commands: [.jump(steps: 0, generation: 2)]),
    Row(name: "r runs", events: [key("r")], commands: [.step(generation: 1)]),
    Row(
      name: "a run goes on after each answer and pause",
      events: [key("r"), traced(4), .tick(generation: 1), traced(5)],
      commands: [
        .step(generation: 1), .wait(milliseconds: 150, generation: 1), .step(generation: 1),
        .wait(milliseconds: 150, generation: 1),
      ]),
    Row(
      name: "= makes a run faster", events: [key("="), key("r"), traced(4)],
      commands: [.step(generation: 1), .wait(milliseconds: 0, generation: 1)]),
    Row(
      name: "- makes a run slower", events: [key("-"), key("r"), traced(4)],
      commands: [.step(generation: 1), .wait(milliseconds: 1000, generation: 1)]),
    Row(
      name: "r stops a run", events: [key("r"), key("r"), traced(4), .tick(generation: 1)],
      commands: [.step(generation: 1)]),
    Row(
      name: "Escape stops a run", events: [key("r"), traced(4), named(.escape), .tick(generation: 1)],
      commands: [.step(generation: 1), .wait(milliseconds: 150, generation: 1)]),
    Row(
      name: "Space stops a run", events: [key("r"), traced(4), key(" "), .tick(generation: 1)],
      commands: [.step(generation: 1), .wait(milliseconds: 150, generation: 1)]),
    Row(
      name: "a run ends with the end token", steps: 9, events: [key("r"), traced(10), .tick(generation: 1)],
      commands: [.step(generation: 1)]),
    Row(name: "no step after the end", steps: 10, events: [key(" "), key("r")], commands: []),
    Row(
      name: "Escape gives up what takes long", events: [key(" "), named(.escape)],
      commands: [.step(generation: 1), .cancel(generation: 2)]),
    Row(name: "Escape with nothing to stop", events: [named(.escape)], commands: []),
    Row(name: "a tick without a run", events: [.tick(generation: 1)], commands: []),
    Row(
      name: "f and Enter force a rival", events: [key("f"), key("j"), named(.enter)],
      commands: [.intervene([.force(token: 103, step: 2)], generation: 2)]),
    Row(
      name: "a rival of an earlier step", events: [key("k"), key("k"), key("f"), key("j"), named(.enter)],
      commands: [.intervene([.force(token: 101, step: 0)], generation: 2)]),
    Row(name: "Escape leaves the candidates", events: [key("f"), named(.escape), named(.enter)], commands: []),
    Row(name: "no candidates before the first step", steps: 0, events: [key("f"), named(.enter)], commands: []),
    Row(
      name: "Enter decodes what was typed", events: [key("i"), key("!"), named(.enter)],
      commands: [.decode(text: Samples.english + "!", generation: 2)]),
    Row(
      name: "keys are letters while typing", events: [key("i"), key("q"), key(" "), key("r"), named(.enter)],
      commands: [.decode(text: Samples.english + "q r", generation: 2)]),
    Row(
      name: "Escape keeps the old sentence", events: [key("i"), key("!"), named(.escape), key("i"), named(.enter)],
      commands: [.decode(text: Samples.english, generation: 2)]),
    Row(
      name: "a paste opens the editor", events: [.terminal(.paste(" Why\n?")), named(.enter)],
      commands: [.decode(text: Samples.english + " Why ?", generation: 2)]),
    Row(
      name: "an empty sentence is not decoded", events: [key("i"), control("u"), named(.enter)], commands: []),
    Row(
      name: "history brings the old sentence back",
      events: [key("i"), control("u"), key("a"), named(.enter), key("i"), named(.up), named(.up), named(.enter)],
      commands: [.decode(text: "a", generation: 2), .decode(text: Samples.english, generation: 3)]),
    Row(name: "q quits", events: [key("q")], commands: [.quit]),
    Row(name: "q closes the help first", events: [key("?"), key("q"), key("q")], commands: [.quit]),
    Row(name: "q leaves the candidates first", events: [key("f"), key("q"), key("q")], commands: [.quit]),
    Row(name: "Ctrl-c quits", events: [control("c")], commands: [.quit]),
    Row(name: "Ctrl-c quits while typing too", events: [key("i"), control("c")], commands: [.quit]),
    Row(
      name: "Ctrl-z suspends, also while typing", events: [control("z"), key("i"), control("z")],
      commands: [.suspend, .suspend]),
    Row(
      name: "Ctrl-l and coming back draw anew", events: [control("l"), .terminal(.resumed)],
      commands: [.redraw, .redraw]),
    Row(name: "a signal ends it", events: [.terminal(.terminate(signal: 15))], commands: [.quit]),
    Row(name: "moving asks for nothing", events: "hjkl0$ggG*,;zZvs[]{}m125".map(key), commands: []),
  ]

  @Test(arguments: rows)
  func eventsGiveCommands(_ row: Row) {
    var state = Samples.state(100, 30, trace: Samples.trace(steps: row.steps))
    #expect(row.events.flatMap { update(&state, $0) } == row.commands)
  }

  @Test func beforeAModelIsOpenNothingIsSaidOfIt() {
    var state = State(display: Samples.display(80, 24))
    #expect(Samples.press("23m[s /", &state).isEmpty)
    _ = update(&state, Self.named(.escape))
    _ = Samples.press("3", &state)
    #expect(state.notice?.text == "wait until the model is open" && state.picture.view == .matrix)
  }

  @Test func whatIsTypedBeforeAModelIsOpenIsDecodedThen() {
    var state = State(display: Samples.display(80, 24))
    #expect(Samples.press("iMine .", &state).isEmpty)
    #expect(update(&state, Self.named(.enter)).isEmpty)
    #expect(state.notice?.text == "decoded as soon as the model is open")
    #expect(update(&state, .opened(Samples.summary, sentence: "Hello .")) == [.decode(text: "Mine .", generation: 1)])
    #expect(
      update(&state, .opened(Samples.summary, sentence: "Hello .")).contains {
        $0 == .decode(text: "Hello .", generation: 2)
      })
  }

  @Test func openingDecodesTheSentence() {
    var state = State(display: Samples.display(80, 24))
    #expect(update(&state, .opened(Samples.summary, sentence: "Hello .")) == [.decode(text: "Hello .", generation: 1)])
    #expect(state.generation == 1)
  }

  @Test func openingWithoutASentenceAsksForOne() {
    var state = State(display: Samples.display(80, 24))
    #expect(update(&state, .opened(Samples.summary, sentence: " ")).isEmpty)
    #expect(state.context == .sentence)
    _ = Samples.press("Go.", &state)
    #expect(update(&state, Self.named(.enter)) == [.decode(text: "Go.", generation: 1)])
  }

  @Test func candidatesThatVanishLoseTheFocus() {
    var state = Samples.state(80, 24)
    _ = Samples.press("Rf", &state)
    #expect(state.context == .candidates)
    _ = update(&state, .traced(Samples.trace(steps: 0), generation: 2))
    #expect(state.context == .matrix)
  }

  @Test func answersOfAnOlderGenerationAreDropped() {
    var state = Samples.state(80, 24)
    _ = Samples.press("R", &state)
    let before = state
    #expect(update(&state, .traced(Samples.trace(steps: 9), generation: 1)).isEmpty)
    #expect(update(&state, .failed("late", generation: 1)).isEmpty)
    #expect(state == before)
    _ = update(&state, .traced(Samples.trace(steps: 0), generation: 2))
    #expect(state.decode.steps.isEmpty)
  }

  @Test func aFailureIsShownUntilTheNextKey() {
    var state = Samples.state(80, 24)
    _ = update(&state, .failed("no such model: /x", generation: nil))
    #expect(view(state).text.contains { $0.contains("no such model: /x") })
    _ = Samples.press("h", &state)
    #expect(!view(state).text.contains { $0.contains("no such model") })
  }

  @Test func aFailureEndsARun() {
    var state = Samples.state(80, 24)
    _ = Samples.press("r", &state)
    _ = update(&state, .failed("broken", generation: 1))
    #expect(!state.decode.isRunning)
    #expect(update(&state, .tick(generation: 1)).isEmpty)
  }

  @Test func anEmptySentenceIsRefusedInWords() {
    var state = Samples.state(80, 24)
    _ = [Self.key("i"), Self.control("u"), Self.named(.enter)].flatMap { update(&state, $0) }
    #expect(state.notice?.kind == .failure)
    #expect(state.context == .sentence)
  }

  @Test func theCursorFollowsTheStrongestCell() {
    var state = Samples.state(80, 24, trace: Samples.trace(steps: 6))
    #expect(state.cursor == Cursor(step: 5, source: 7))
    _ = Samples.press(" ", &state)
    _ = update(&state, .traced(Samples.trace(steps: 7), generation: 1))
    #expect(state.cursor == Cursor(step: 6, source: 9))
  }

  @Test func aCursorMovedByHandStaysDuringARun() {
    var state = Samples.state(80, 24, trace: Samples.trace(steps: 3))
    _ = Samples.press("rgg", &state)
    _ = update(&state, .traced(Samples.trace(steps: 4), generation: 1))
    #expect(state.cursor.step == 0)
  }

  @Test func aModelWithoutAttentionShowsItsSteps() {
    let trace = Samples.trace(steps: 5, model: Samples.withoutAttention)
    var state = Samples.state(80, 24, trace: trace, model: Samples.withoutAttention)
    #expect(state.picture.view == .tokens)
    _ = Samples.press("1", &state)
    #expect(state.picture.view == .tokens)
    #expect(state.notice?.text.contains("no attention") == true)
  }

  @Test func headsGoRoundAndTheirMeanIsOneKey() {
    let model = ModelSummary(
      model: Samples.summary.model, attention: [AttentionLayout(site: .cross, layers: 1, heads: 3)])
    var state = Samples.state(80, 24, trace: Samples.trace(steps: 4, model: model), model: model)
    #expect(state.headName == "L0H0")
    _ = Samples.press("[", &state)
    #expect(state.headName == "L0H2")
    _ = Samples.press("]]}", &state)
    #expect(state.headName == "L0H1")
    _ = Samples.press("m", &state)
    #expect(state.headName == "L0 mean of 3 heads")
    #expect(state.decode.matrix?.scores == nil)
  }

  @Test func aPressOnACellGoesThere() throws {
    var state = Samples.state(120, 40)
    let layout = try #require(ScreenLayout(state)?.matrix(state))
    let (column, row) = (layout.column(of: 4), layout.line(ofRow: 2))
    _ = update(&state, .terminal(.mouse(column: column, row: row, .press)))
    #expect(state.cursor == Cursor(step: 2, source: 4, follows: false))
    _ = update(&state, .terminal(.mouse(column: 0, row: 0, .press)))
    #expect(state.cursor == Cursor(step: 2, source: 4, follows: false))
  }

  @Test func theWelcomeGoesWithTheFirstStep() {
    var state = Samples.state(80, 24, trace: Samples.trace(steps: 0))
    #expect(view(state).text.contains { $0.contains("decode one token") })
    _ = Samples.press(" ", &state)
    #expect(!view(state).text.contains { $0.contains("decode one token") })
  }

  // MARK: Events

  static func key(_ character: Character) -> Event { .terminal(.key(.character(character))) }
  static func control(_ character: Character) -> Event { .terminal(.key(.control(character))) }
  static func named(_ code: Key.Code) -> Event { .terminal(.key(Key(code))) }
  static func traced(_ steps: Int) -> Event { .traced(Samples.trace(steps: steps), generation: 1) }
}
