import TUI
import Testing
import Traces

@testable import Explorer

/// A second decode beside the first: kept in step with it, laid over it, and drawn.
@Suite struct ComparisonTests {
  static let other = "en-fr-luong"

  /// The explorer with some steps decoded and one more model beside, as far.
  static func compared(
    _ columns: Int = 120, _ rows: Int = 40, with names: [String] = [other], depth: ColorDepth = .trueColor,
    isUTF8: Bool = true, model: ModelSummary = Samples.summary
  ) -> (state: State, engine: FakeEngine) {
    var state = State(display: Samples.display(columns, rows, depth, isUTF8: isUTF8))
    var engine = FakeEngine(model: model)
    _ = engine.run(&state, .opened(model, sentence: Samples.english))
    for _ in 0..<4 { _ = engine.run(&state, .terminal(.key(.character(" ")))) }
    for name in names {
      for event in type(":compare \(name)") { _ = engine.run(&state, event) }
    }
    return (state, engine)
  }

  static func type(_ line: String) -> [Event] {
    line.map { .terminal(.key(.character($0))) } + [.terminal(.key(Key(.enter)))]
  }

  // MARK: Update

  @Test func theOtherIsOpenedReadsTheSentenceAndFollows() throws {
    var state = Samples.state(120, 40, trace: Samples.trace(steps: 2))
    let opened = Self.type(":compare \(Self.other)").flatMap { update(&state, $0) }
    #expect(opened == [.beside(slot: 0, .open(model: Self.other), generation: 1)])
    #expect(state.context == .comparison)
    // Nothing is asked twice while the answer is awaited.
    #expect(update(&state, .terminal(.resumed)) == [.redraw])
    let read = update(&state, .beside(slot: 0, .opened(Samples.summary, nil), generation: 1))
    #expect(
      read == [
        .beside(slot: 0, .decode(text: Samples.english), generation: 2),
        .beside(slot: 0, .jump(steps: 2), generation: 3),
      ])
    // An answer of an older generation is dropped.
    _ = update(&state, .beside(slot: 0, .traced(Samples.trace(steps: 0)), generation: 2))
    #expect(state.comparison?.others[0].decode.trace == nil)
    _ = update(&state, .beside(slot: 0, .traced(Samples.trace(steps: 2)), generation: 3))
    #expect(state.comparison?.others[0].decode.steps.count == 2)
    // The first goes on, the other follows; once the first has ended the other goes to its own end.
    let on = update(&state, .traced(Samples.trace(steps: 3), generation: state.generation))
    #expect(on == [.beside(slot: 0, .jump(steps: 3), generation: 4)])
    let end = update(&state, .traced(Samples.trace(steps: 10), generation: state.generation))
    #expect(end == [.beside(slot: 0, .jump(steps: .max), generation: 5)])
  }

  @Test func anotherSentenceKeepsItsOwnAndTheOthersTakeTheNew() {
    var (state, engine) = Self.compared(with: [Self.other])
    for event in Self.type(":compare-sentence The red apple .") { _ = engine.run(&state, event) }
    #expect(state.comparison?.others.map(\.askedText) == [Samples.english, "The red apple ."])
    #expect(state.comparison?.others[1].model?.model.name == "/models/en-fr-bahdanau")
    for event in Self.type(":sentence I see a cat .") { _ = engine.run(&state, event) }
    #expect(state.comparison?.others.map(\.askedText) == ["I see a cat .", "The red apple ."])
  }

  @Test(arguments: ["c", "q"]) func leavingGivesTheEnginesBack(key: Character) {
    var (state, engine) = Self.compared(with: [Self.other, "b"])
    let commands = engine.run(&state, .terminal(.key(.character(key))))
    #expect(commands.filter { if case .beside(_, .close, _) = $0 { true } else { false } }.count == 2)
    #expect(!commands.contains(.quit))
    #expect(state.comparison == nil && state.context == .matrix)
  }

  @Test func atMostThreeStandBesideAndAFurtherOneTakesAPlace() {
    let (state, _) = Self.compared(with: ["a", "b", "c", "d"])
    #expect(state.comparison?.others.map(\.name) == ["a", "b", "d"])
  }

  @Test func keysOfHeadsGoToTheDecodeInFocus() throws {
    var (state, engine) = Self.compared(model: Samples.transformer(3, 4))
    _ = engine.run(&state, .terminal(.key(.character("]"))))
    // Without the focus the other follows the first, whose layers and heads are the same.
    #expect(state.decode.head?.head == 1 && state.comparison?.others[0].decode.head?.head == 1)
    _ = engine.run(&state, .terminal(.key(Key(.tab))))
    _ = engine.run(&state, .terminal(.key(.character("{"))))
    #expect(state.decode.head?.layer == 2 && state.comparison?.others[0].decode.head?.layer == 1)
    _ = engine.run(&state, .terminal(.key(Key(.tab))))
    _ = engine.run(&state, .terminal(.key(.character("["))))
    #expect(state.decode.head?.head == 0 && state.comparison?.others[0].decode.head?.head == 1)
  }

  @Test func whatIfsChangeTheFirstAlone() throws {
    var (state, engine) = Self.compared()
    let silenced = Intervention.silence(HeadAddress(site: .cross, layer: 0, head: 0))
    _ = engine.run(&state, .terminal(.key(.character("x"))))
    #expect(state.interventions == [silenced] && state.context == .comparison)
    #expect(try #require(state.comparison).others[0].decode.trace?.interventions == [])
    // With the focus on another, a key says whose run it would change.
    _ = engine.run(&state, .terminal(.key(Key(.tab))))
    _ = engine.run(&state, .terminal(.key(.character("u"))))
    #expect(state.interventions == [silenced] && state.notice?.text.hasPrefix("what-ifs change the first") == true)
    _ = engine.run(&state, .terminal(.key(Key(.tab))))
    _ = engine.run(&state, .terminal(.key(.character("u"))))
    #expect(state.interventions.isEmpty)
    // There is no panel of candidates here, so that a token is typed.
    _ = engine.run(&state, .terminal(.key(.character("f"))))
    #expect(state.prompt?.kind == .token)
  }

  @Test func aFailureStandsInTheOthersPicture() {
    var state = Samples.state(120, 40, trace: Samples.trace(steps: 2))
    _ = Self.type(":compare nothing").flatMap { update(&state, $0) }
    _ = update(&state, .beside(slot: 0, .failed("nothing: no model of this name"), generation: 1))
    #expect(view(state).text.contains { $0.contains("no model of this name") })
    #expect(view(state).text.contains { $0.contains("veut") || $0.contains("ne") })
  }

  // MARK: Snapshots

  static let run = Snapshots(
    run: "/runs/a", entries: (1...3).map { .init(label: "epoch \($0)", path: "/runs/a/\($0)") }, index: 2)

  @Test func snapshotsPassByUnderSentenceAndCursor() throws {
    var state = Samples.state(120, 40, trace: Samples.trace(steps: 5))
    _ = update(&state, .snapshots(Self.run))
    _ = Samples.press("hh", &state)
    let place = state.cursor
    let back = Samples.press("(", &state)
    #expect(
      back == [
        .reopen(path: "/runs/a/2", text: Samples.english, steps: 5, generation: state.generation)
      ])
    #expect(state.notice?.text == "epoch 2 (2 of 3)")
    var model = Samples.summary
    (model.model.name, model.model.path) = ("a epoch 2", "/runs/a/2")
    // A shorter decode does not move the cursor for good.
    _ = update(&state, .traced(Samples.trace(steps: 1, model: model), generation: state.generation))
    #expect(state.model?.model.name == "a epoch 2" && state.cursor.step == 0)
    _ = Samples.press(")", &state)
    model.model.path = "/runs/a/3"
    _ = update(&state, .traced(Samples.trace(steps: 5, model: model), generation: state.generation))
    #expect(state.cursor.step == place.step && state.cursor.source == place.source)
    #expect(Samples.press(")", &state) == [.listSnapshots(run: "/runs/a")])
    let found = Snapshots(run: "/runs/a", entries: Array(Self.run.entries[1...]), index: 0)
    _ = update(&state, .snapshots(found))
    #expect(state.snapshots?.index == 1)
  }

  @Test func withoutARunTheKeysSaySo() {
    var state = Samples.state(120, 40)
    #expect(Samples.press(")", &state).isEmpty)
    #expect(state.notice?.text.contains("no snapshots here") == true)
  }

  @Test func aSnapshotIsComparedByItsLabel() {
    var state = Samples.state(120, 40, trace: Samples.trace(steps: 2))
    _ = update(&state, .snapshots(Self.run))
    let commands = Self.type(":compare epoch-1").flatMap { update(&state, $0) }
    #expect(commands == [.beside(slot: 0, .open(model: "/runs/a/1"), generation: 1)])
  }

  // MARK: Choosing

  /// After `c` and some text in the list of what can be put beside.
  static func choosing(_ text: String) -> (State, [Command]) {
    var state = Samples.state(120, 40, trace: Samples.trace(steps: 2))
    _ = update(&state, .snapshots(run))
    var engine = FakeEngine(text: Samples.english, steps: 2)
    _ = engine.run(&state, UpdateTests.key("c"))
    for character in text { _ = update(&state, UpdateTests.key(character)) }
    let commands = update(&state, UpdateTests.named(.enter))
    return (state, commands)
  }

  @Test(arguments: [
    ("epoch 1", BesideCommand.open(model: "/runs/a/1")), ("luong", .open(model: "/models/en-fr-luong")),
    ("no-such-model", .open(model: "no-such-model")), ("/some/where", .open(model: "/some/where")),
  ])
  func whatIsChosenIsPutBeside(text: String, command: BesideCommand) {
    let (state, commands) = Self.choosing(text)
    #expect(commands.contains(.beside(slot: 0, command, generation: 1)))
    #expect(state.picker == nil && state.context == .comparison)
  }

  @Test func wordsThatNothingHasAreAnotherSentence() {
    let (state, _) = Self.choosing("I see a dog .")
    #expect(state.comparison?.others.map(\.subject) == [.sentence("I see a dog .")] && state.context == .comparison)
  }

  @Test func snapshotsOfTheRunComeFirstAndOnlyToCompare() {
    var state = Samples.state(120, 40, trace: Samples.trace(steps: 2))
    _ = update(&state, .snapshots(Self.run))
    var engine = FakeEngine(text: Samples.english, steps: 2)
    _ = engine.run(&state, UpdateTests.key("c"))
    let labels = Self.run.entries.map(\.label)
    #expect(Array(state.picker?.matches.map(\.entry.name).prefix(labels.count) ?? []) == labels)
    _ = engine.run(&state, UpdateTests.named(.escape))
    _ = engine.run(&state, UpdateTests.key("o"))
    #expect(state.picker?.matches.contains { $0.entry.kind == .snapshot } == false)
  }

  // MARK: Difference

  static func decode(_ source: String, _ target: String, steps: Int, alignment: [Int]? = nil) -> Decode {
    var decode = Decode()
    decode.look(at: Samples.summary.firstHead)
    decode.show(Samples.trace(source: source, target: target, steps: steps, alignment: alignment))
    return decode
  }

  @Test func theDifferenceIsSecondLessFirst() throws {
    let a = Self.decode("a b c", "x y z <end>", steps: 3, alignment: [1, 2, 3])
    let b = Self.decode("a b c", "x w z <end>", steps: 3, alignment: [1, 3, 3])
    let difference = try #require(Difference(a, b))
    let (first, second) = try (#require(a.matrix), #require(b.matrix))
    for row in 0..<3 {
      for column in 0..<5 {
        guard case .weight(let place) = difference.chart[row, column] else { throw CommandError(text: "masked") }
        #expect(abs(Chart.difference(at: place) - (second[row, column] - first[row, column])) < 1e-6)
      }
    }
    #expect((0..<3).map { difference.differs(row: $0) } == [false, true, false])
    #expect(difference.chart.rows.entries.map(\.label) == ["x", "y≠w", "z"])
    // Half of what has moved counts once: the weight of row 1, of three, from one word to the next.
    let rows = (0..<3).map { row in (0..<5).reduce(Float(0)) { $0 + abs(second[row, $1] - first[row, $1]) } / 2 }
    #expect(abs(try #require(difference.moved) - rows.reduce(0, +) / 3) < 1e-6)
  }

  @Test func otherWordsAreAlignedAndALongerDecodeIsNotCompared() throws {
    let a = Self.decode("the green apple is good", "x y", steps: 1)
    let b = Self.decode("the very red apple is good", "x y", steps: 2)
    let difference = try #require(Difference(a, b))
    let labels = difference.chart.columns.entries.map(\.label)
    #expect(labels == ["<start>", "the", "+very", "green≠red", "apple", "is", "good", "<end>"])
    #expect(difference.rows.map(\.first) == [0, nil] && difference.chart[1, 1] == .masked)
    // A column that one lacks has no weight there.
    let (lacking, there) = difference.weights(row: 0, column: 2)
    #expect(lacking == nil && there != nil)
  }

  @Test func wordsThatBeginAlikeStandForEachOther() throws {
    let a = Self.decode("she does eat the apple", "x y", steps: 1)
    let b = Self.decode("she eats", "x y", steps: 1)
    let labels = try #require(Difference(a, b)).chart.columns.entries.map(\.label)
    #expect(labels == ["<start>", "she", "−does", "eat≠eats", "−the", "−apple", "<end>"])
  }

  @Test func wordsInOtherPartsAreMerged() throws {
    func trace(_ pieces: [(String, Bool)]) -> Decode {
      var trace = Samples.trace(source: pieces.map(\.0).joined(separator: " "), target: "x <end>", steps: 1)
      for index in pieces.indices { trace.source[index + 1].continuesWord = pieces[index].1 }
      var decode = Decode()
      decode.look(at: Samples.summary.firstHead)
      decode.show(trace)
      return decode
    }
    let difference = try #require(
      Difference(trace([("green", false), ("apple", false)]), trace([("gr", false), ("een", true), ("apple", false)])))
    #expect(difference.mergesWords)
    #expect(difference.chart.columns.entries.map(\.label) == ["<start>", "green", "apple", "<end>"])
  }

  @Test func theCursorIsAtTheSameWordEverywhere() throws {
    var (state, engine) = Self.compared(with: [])
    for event in Self.type(":compare-sentence She does not really want to eat the red apple .") {
      _ = engine.run(&state, event)
    }
    for event in Self.type(":find-token apple") { _ = engine.run(&state, event) }
    let side = try #require(state.beside(0))
    #expect(side.decode.source[side.column].surface == "apple" && state.decode.source[state.column].surface == "apple")
    #expect(side.column == state.column + 1 && side.row == state.row)
    #expect(!side.picture.hidesCursor)
  }

  @Test func rowsBelowTheFirstDecodesEndAreInReach() throws {
    var (state, engine) = Self.compared(with: [])
    for event in Self.type(":compare-sentence a b c d e f g h i j k l m n") { _ = engine.run(&state, event) }
    _ = engine.run(&state, .terminal(.key(.character("r"))))
    let rows = try #require(state.comparison?.current?.difference).rows.count
    #expect(rows > state.decode.steps.count)
    for _ in 0..<40 { _ = engine.run(&state, .terminal(.key(.character("j")))) }
    let difference = try #require(state.comparison?.current?.difference)
    #expect(state.place(in: difference).row == rows - 1)
    #expect(view(state).text.contains { $0.contains("ended") })
    for _ in 0..<2 { _ = engine.run(&state, .terminal(.key(.character("k")))) }
    #expect(state.place(in: difference).row == rows - 3)
  }

  @Test func aPressPutsTheCursorOnTheCellAndTheFocusOnItsDecode() throws {
    var (state, _) = Self.compared()
    let layout = try #require(ScreenLayout(state))
    let places = try #require(layout.comparison(state)).places
    #expect(places.map(\.panel) == [.first, .other(0), .difference])
    for place in places {
      let row = place.picture.row + place.picture.rows / 2
      var columns: Set<Int> = []
      for column in place.picture.column..<place.picture.endColumn {
        _ = update(&state, .terminal(.mouse(column: column, row: row, .press)))
        columns.insert(state.column)
      }
      #expect(columns.isSuperset(of: 0..<state.decode.source.count))
      if case .other(let index) = place.panel { #expect(state.comparison?.focus == index + 1) }
    }
  }

  // MARK: View

  @Test(arguments: [(80, 24), (120, 40), (200, 60), (60, 50)])
  func sideBySide(columns: Int, rows: Int) throws {
    var (state, engine) = Self.compared(columns, rows)
    // The other produces something else at the third step.
    var trace = try #require(state.comparison?.others[0].decode.trace)
    trace.steps[2].token.surface = "autre"
    let generation = try #require(state.comparison?.others[0].generation)
    _ = engine.run(&state, .beside(slot: 0, .traced(trace), generation: generation))
    let screen = view(state)
    #expect(screen.text.contains { $0.contains("≠") && $0.contains("autre") })
    try expectSnapshot("compare-\(columns)x\(rows)", screen)
  }

  @Test(arguments: [("ansi8", ColorDepth.ansi8, true), ("none", .none, true), ("ascii", .none, false)])
  func theDifferenceAlone(name: String, depth: ColorDepth, isUTF8: Bool) throws {
    var (state, engine) = Self.compared(80, 24, with: [], depth: depth, isUTF8: isUTF8)
    for event in Self.type(":compare-sentence She wants to eat the red apple .") { _ = engine.run(&state, event) }
    _ = engine.run(&state, .terminal(.key(.character("d"))))
    state.notice = nil
    try expectSnapshot("compare-difference-80x24-\(name)", view(state))
  }

  @Test func threeBesideTheFirstInAWideWindow() throws {
    let (state, _) = Self.compared(200, 60, with: ["a", "b", "c"])
    let places = try #require(ScreenLayout(state)?.comparison(state)).places
    #expect(places.map(\.panel) == [.first, .other(0), .other(1), .other(2), .difference])
  }

  @Test func differencesHaveTheColoursOfTheDivergingPalette() throws {
    let (state, _) = Self.compared(200, 60)
    let difference = try #require(state.comparison?.current?.difference)
    let place = try #require(ScreenLayout(state)?.comparison(state)?.places.last)
    let layout = ScreenLayout.matrix(difference.chart, at: state.place(in: difference), state, in: place.picture)
    let cell = view(state)[column: layout.column(of: 3) + 1, row: layout.line(ofRow: 1)]
    #expect(cell.style.background == Palette.divergingDark.color(at: 0.5))
  }
}
