import TUI
import Testing
import Traces

@testable import Explorer

/// Changing the run on purpose, undoing it, and what that asks of the engine.
@Suite struct WhatIfTests {
  struct Row: Sendable, CustomTestStringConvertible {
    let keys: String
    /// What the last key asks for, in generation 2 unless keys before it asked for something.
    let interventions: [Intervention]
    var generation = 2
    var testDescription: String { keys }
  }

  static let cross = HeadAddress(site: .cross, layer: 2, head: 0)
  static let encoder = HeadAddress(site: .encoder, layer: 2, head: 0)

  /// A Transformer of three layers and four heads, five of ten tokens decoded, the cursor on step 4 and source token 6.
  static func state(_ columns: Int = 120, _ rows: Int = 40, steps: Int = 5) -> State {
    let model = Samples.transformer(3, 4)
    return Samples.state(columns, rows, trace: Samples.trace(steps: steps, model: model), model: model)
  }

  static let rows = [
    Row(keys: "x", interventions: [.silence(cross)]),
    Row(keys: "X", interventions: [.silenceOthers(cross)]),
    Row(keys: "H", interventions: [.hide(6)]),
    Row(keys: "gg0H", interventions: [.hide(0)]),
    Row(keys: "sx", interventions: [.silence(encoder)]),
    Row(keys: "<", interventions: [.temperature(0.85, site: .cross)]),
    Row(keys: ">", interventions: [.temperature(1.2, site: .cross)]),
    Row(keys: "s>", interventions: [.temperature(1.2, site: .encoder)]),
    Row(keys: "<>", interventions: [], generation: 3),
    Row(keys: "xx", interventions: [], generation: 3),
    Row(keys: "XX", interventions: [], generation: 3),
    Row(keys: "HH", interventions: [], generation: 3),
    Row(keys: "xH", interventions: [.silence(cross), .hide(6)], generation: 3),
    Row(keys: "xHu", interventions: [.silence(cross)], generation: 4),
    Row(keys: "xHuu", interventions: [], generation: 5),
    Row(keys: "xHU", interventions: [], generation: 4),
    Row(keys: "xHUu", interventions: [.silence(cross), .hide(6)], generation: 5),
    Row(keys: "fj\r", interventions: [.force(token: 105, step: 4)]),
    Row(keys: "ggfj\r", interventions: [.force(token: 101, step: 0)]),
    Row(keys: "e\r", interventions: [.setRow(head: cross, row: 4, .column(6))]),
    Row(keys: "e\u{15}uniform\r", interventions: [.setRow(head: cross, row: 4, .uniform)]),
    Row(keys: "e\u{15}green\r", interventions: [.setRow(head: cross, row: 4, .column(8))]),
    Row(keys: "e\u{15}Apple:0.25\r", interventions: [.setRow(head: cross, row: 4, .cell(column: 9, weight: 0.25))]),
    Row(keys: "e\r" + "e\u{15}3\r", interventions: [.setRow(head: cross, row: 4, .column(3))], generation: 3),
    Row(keys: "e\r" + "e\u{15}own\r", interventions: [], generation: 3),
    Row(keys: "se\u{15}uniform\r", interventions: [.setRow(head: encoder, row: 0, .uniform)]),
    Row(keys: ":silence L0H3@cross\r", interventions: [.silence(HeadAddress(site: .cross, layer: 0, head: 3))]),
    Row(keys: ":silence-others L1H1\r", interventions: [.silenceOthers(HeadAddress(site: .cross, layer: 1, head: 1))]),
    Row(keys: ":hide 4\r", interventions: [.hide(4)]),
    Row(keys: ":hide apple\r", interventions: [.hide(9)]),
    Row(
      keys: ":set-row L0H3@encoder:2=5:0.8\r",
      interventions: [
        .setRow(head: HeadAddress(site: .encoder, layer: 0, head: 3), row: 2, .cell(column: 5, weight: 0.8))
      ]),
    Row(keys: ":temperature 0.5@decoder\r", interventions: [.temperature(0.5, site: .decoder)]),
    Row(keys: ":temperature 0.5\r", interventions: [.temperature(0.5, site: nil)]),
    Row(
      keys: ":temperature 0.5\r>", interventions: [.temperature(0.5, site: nil), .temperature(0.7, site: .cross)],
      generation: 3),
    Row(keys: ":temperature 0.5\r:temperature 1\r", interventions: [], generation: 3),
    Row(keys: ":target #7,#2\r", interventions: [.target([7, 2])]),
  ]

  /// Sends keys, `\r` for Enter and `\u{15}` for Ctrl-u, and answers nothing.
  static func press(_ keys: String, _ state: inout State) -> [Command] {
    keys.flatMap { character -> [Command] in
      switch character {
      case "\r": update(&state, .terminal(.key(Key(.enter))))
      case "\u{15}": update(&state, .terminal(.key(.control("u"))))
      default: update(&state, .terminal(.key(.character(character))))
      }
    }
  }

  @Test(arguments: rows)
  func keysBecomeInterventions(_ row: Row) {
    var state = Self.state()
    let commands = Self.press(row.keys, &state)
    #expect(commands.last == .intervene(row.interventions, generation: row.generation))
    #expect(state.interventions == row.interventions && state.context == .matrix)
  }

  @Test(arguments: [
    ("mx", "no head of its own"), ("ssH", "only source tokens"), ("u", "nothing to undo"), ("U", "nothing is changed"),
    ("d", "nothing to compare"), ("e\u{15}zzz\r", "no column"), ("e\u{15}uniform:3\r", "no column"),
    ("e\u{15}3:1.5\r", "no column"), (":hide 99\r", "no source token"), (":silence x\r", "is no head"),
    (":set-row L0H0\r", "cannot be read"), (":temperature -1\r", "is no temperature"), (":force 9=a\r", "no step 9"),
    (":force x=a\r", "STEP=TOKEN"), (":beam x\r", "beam takes a width"), (":temperature 1\r", "so already"),
  ])
  func whatCannotBeIsSaidAndAsksForNothing(keys: String, text: String) {
    var state = Self.state()
    let commands = Self.press(keys, &state).filter { if case .tokens(.beginning, _) = $0 { false } else { true } }
    #expect(commands.isEmpty && state.interventions.isEmpty)
    #expect(state.notice?.text.contains(text) == true, "\(state.notice?.text ?? "nothing")")
  }

  @Test func aModelOfOneHeadHasNoOthersToSilence() {
    var state = Samples.state(80, 24)
    #expect(Self.press("X", &state).isEmpty && state.notice?.text.contains("no other head") == true)
    #expect(Self.press("x", &state).count == 1)
  }

  @Test func aChangeIsMadeAndUndoneAndMadeAgain() {
    var state = Self.state()
    var engine = FakeEngine(text: Samples.english, steps: 5, model: Samples.transformer(3, 4))
    let before = state.decode.trace
    _ = engine.run(&state, UpdateTests.key("x"))
    #expect(state.decode.trace?.interventions == [.silence(Self.cross)] && state.decode.unanswered == 0)
    _ = engine.run(&state, UpdateTests.key("H"))
    _ = engine.run(&state, UpdateTests.key("u"))
    #expect(state.decode.trace?.interventions == [.silence(Self.cross)])
    _ = engine.run(&state, UpdateTests.control("r"))
    #expect(state.decode.trace?.interventions == [.silence(Self.cross), .hide(state.cursor.source)])
    for _ in 0..<2 { _ = engine.run(&state, UpdateTests.key("u")) }
    #expect(state.decode.trace?.interventions == [] && state.decode.trace?.steps.count == before?.steps.count)
    #expect(engine.run(&state, UpdateTests.key("u")).isEmpty)
  }

  @Test func whatTheEngineRefusesIsAsIfItHadNeverBeenAskedFor() {
    var state = Self.state()
    _ = Self.press("x", &state)
    _ = update(&state, .failed("out of luck", generation: 2))
    #expect(state.interventions.isEmpty && !state.whatIf.canUndo && state.notice?.text == "out of luck")
    // An answer that comes too late changes nothing.
    _ = Self.press("H", &state)
    _ = update(&state, .traced(Samples.trace(steps: 5), generation: 2))
    #expect(state.interventions == [.hide(6)])
  }

  @Test func aStoppedChangeIsTakenBack() {
    var state = Self.state()
    _ = Self.press("x", &state)
    #expect(update(&state, .terminal(.key(Key(.escape)))) == [.cancel(generation: 3)])
    _ = update(&state, .traced(Samples.trace(steps: 5, model: Samples.transformer(3, 4)), generation: 3))
    #expect(state.interventions.isEmpty)
  }

  @Test func aDifferenceThatIsStillToComeIsShownOnceItIsThere() throws {
    var state = Self.state()
    var engine = FakeEngine(text: Samples.english, steps: 5, model: Samples.transformer(3, 4))
    let commands = Self.press("xd", &state)
    #expect(state.notice?.text == "comparing…" && state.decode.drawn?.isDifference == false)
    var events = commands.compactMap { engine.answer($0) }
    while !events.isEmpty { events += update(&state, events.removeFirst()).compactMap { engine.answer($0) } }
    #expect(state.decode.drawn?.isDifference == true)
  }

  @Test func anotherSentenceBeginsWithoutChangesAndCanBeUndone() {
    var state = Self.state()
    let first = state.sentence.text
    let commands = Self.press("x:sentence A dog .\r", &state)
    #expect(commands.last == .decode(text: "A dog .", generation: 3))
    #expect(state.interventions.isEmpty && state.whatIf.before.isEmpty)
    #expect(state.notice?.text.contains("u brings both back") == true)
    let back = Self.press("u", &state)
    #expect(
      back == [
        .decode(text: first, generation: 4), .intervene([.silence(Self.cross)], generation: 4),
        .jump(steps: 5, generation: 4),
      ])
    #expect(state.sentence.text == first && state.interventions == [.silence(Self.cross)])
    #expect(state.decode.unanswered == 3)
    // Before the change there was the same sentence, so it is not read again.
    #expect(Self.press("u", &state) == [.intervene([], generation: 5)])
  }

  @Test func anUndoneSentenceCanBeHadAgainAsFarAsItWasDecoded() {
    var state = Self.state()
    var engine = FakeEngine(text: Samples.english, steps: 5, model: Samples.transformer(3, 4))
    let first = state.sentence.text
    for key in Array(":sentence A dog .") { _ = update(&state, UpdateTests.key(key)) }
    _ = engine.run(&state, .terminal(.key(Key(.enter))))
    for _ in 0..<2 { _ = engine.run(&state, UpdateTests.key(" ")) }
    #expect(state.sentence.text == "A dog ." && state.decode.steps.count == 2 && state.decode.unanswered == 0)
    _ = engine.run(&state, UpdateTests.key("u"))
    #expect(state.sentence.text == first && state.decode.steps.count == 5 && state.decode.unanswered == 0)
    _ = engine.run(&state, UpdateTests.control("r"))
    #expect(state.sentence.text == "A dog ." && state.decode.steps.count == 2 && state.decode.unanswered == 0)
  }

  @Test func theSameSentenceAgainIsNoChange() {
    var state = Self.state()
    _ = Self.press(":sentence \(state.sentence.text)\r", &state)
    #expect(!state.whatIf.canUndo)
  }

  @Test func aSavedSessionBeginsUnderItsInterventions() {
    var state = Self.state()
    let commands = state.begin("A dog .", under: [.hide(1)])
    #expect(commands == [.decode(text: "A dog .", generation: 2), .intervene([.hide(1)], generation: 2)])
    #expect(state.interventions == [.hide(1)] && state.decode.unanswered == 2)
  }

  @Test func manyChangesAreForgottenFromTheFirstOn() {
    var whatIf = WhatIf()
    for step in 0..<500 { whatIf.change(to: [.hide(step)]) }
    var undone = 0
    while whatIf.canUndo {
      whatIf.undo()
      undone += 1
    }
    #expect(undone == WhatIf.longestHistory - 1 && whatIf.list == [.hide(300)])
  }

  // MARK: Questions

  @Test func aComparisonIsAskedOnceTheDecodeStandsStill() {
    var state = Self.state()
    var engine = FakeEngine(text: Samples.english, steps: 5, model: Samples.transformer(3, 4))
    let commands = engine.run(&state, UpdateTests.key("x"))
    #expect(commands.dropFirst() == [.compare(with: [], generation: 2)])
    #expect(state.whatIf.difference?.after.interventions == [.silence(Self.cross)])
    #expect(engine.run(&state, UpdateTests.key("h")).isEmpty)
    #expect(engine.run(&state, UpdateTests.key("H")).last == .compare(with: [.silence(Self.cross)], generation: 3))
    #expect(engine.run(&state, UpdateTests.key("D")) == [.compare(with: [], generation: 3)])
    #expect(state.whatIf.difference?.before.interventions == [])
    let last = state.whatIf.difference
    _ = update(
      &state,
      .compared(
        TraceDifference(before: Samples.trace(steps: 1), after: Samples.trace(steps: 1), logProbabilities: [0]),
        generation: 2))
    #expect(state.whatIf.difference == last)
  }

  @Test func aTypedTokenIsCompletedFromTheVocabulary() {
    var state = Self.state()
    var engine = FakeEngine(text: Samples.english, steps: 5, model: Samples.transformer(3, 4))
    #expect(Self.press("ff", &state).isEmpty && state.prompt?.kind == .token)
    #expect(engine.run(&state, UpdateTests.key("p")) == [.tokens(.beginning("p"), generation: 1)])
    #expect(view(state).text[37].contains("pas  pomme"))
    _ = engine.run(&state, UpdateTests.key("o"))
    _ = update(&state, .terminal(.key(Key(.tab))))
    #expect(state.prompt?.editor.text == "pomme")
    #expect(Self.press("\r", &state) == [.intervene([.force(token: 106, step: 4)], generation: 2)])
  }

  @Test func aTokenThatWasNotShownIsAskedFor() {
    var state = Self.state()
    let commands = Self.press(":force 2=verte\r", &state)
    #expect(commands.last == .tokens(.named("verte"), generation: 1))
    let verte = Token(id: 107, piece: "verte")
    let answer = Event.tokens([verte], .named("verte"), generation: 1)
    #expect(update(&state, answer) == [.intervene([.force(token: 107, step: 2)], generation: 2)])
    #expect(update(&state, answer).isEmpty)
  }

  @Test func aTargetIsTypedAndLookedUp() {
    var state = Self.state()
    #expect(Self.press("t\u{15}la pomme\r", &state) == [.tokens(.target("la pomme"), generation: 1)])
    let tokens = [7, 8, 9, 10, 11, 2].map { Token(id: $0, piece: "\($0)") }
    let commands = update(&state, .tokens(tokens, .target("la pomme"), generation: 1))
    #expect(
      commands == [.intervene([.target([7, 8, 9, 10, 11, 2])], generation: 2), .jump(steps: 6, generation: 2)])
    #expect(state.decode.unanswered == 2)
  }

  @Test func aTokenForTheNextStepIsDecodedToo() {
    var state = Self.state()
    _ = Self.press(":force 5=#105\r", &state)
    let answer = Event.tokens([Token(id: 105, piece: "la")], .named("#105"), generation: 1)
    #expect(
      update(&state, answer) == [
        .intervene([.force(token: 105, step: 5)], generation: 2), .jump(steps: 6, generation: 2),
      ])
  }

  @Test func aBeamSearchIsAskedForWithItsPenalty() {
    var state = Self.state()
    #expect(Self.press(":beam 5\r", &state) == [.search(width: 5, lengthPenalty: 0, generation: 2)])
    #expect(state.picture.view == .tokens)
    #expect(Self.press(":beam 4 0.6\r", &state) == [.search(width: 4, lengthPenalty: 0.6, generation: 3)])
  }

  // MARK: Views

  static func changed(_ columns: Int, _ rows: Int, _ keys: String) -> State {
    var state = Self.state(columns, rows, steps: 8)
    let first = Self.trace([], shift: 0)
    var after = Self.trace([.silence(Self.cross)], shift: 1)
    after.steps[6].token = Token(id: 99, piece: "poire")
    _ = update(&state, .traced(first, generation: 1))
    _ = Self.press("x", &state)
    _ = update(&state, .traced(after, generation: 2))
    let lost = first.steps.indices.map { first.steps[$0].logProbability - 0.5 * Float($0) }
    _ = update(&state, .compared(TraceDifference(before: first, after: after, logProbabilities: lost), generation: 2))
    _ = Self.press(keys, &state)
    state.notice = nil
    return state
  }

  static func trace(_ interventions: [Intervention], shift: Int) -> AttentionTrace {
    var trace = Samples.trace(
      steps: 8, alignment: Samples.alignment.map { $0 + shift }, model: Samples.transformer(3, 4))
    trace.interventions = interventions
    return trace
  }

  static let sizes = [(80, 24), (120, 40), (200, 60), (60, 50)]

  @Test(arguments: sizes)
  func interventionsAreInSight(columns: Int, rows: Int) throws {
    try expectSnapshot("whatif-\(columns)x\(rows)", view(Self.changed(columns, rows, "k")))
  }

  @Test(arguments: sizes)
  func differences(columns: Int, rows: Int) throws {
    try expectSnapshot("difference-\(columns)x\(rows)", view(Self.changed(columns, rows, "kd")))
  }

  @Test func theRunBefore() throws {
    try expectSnapshot("before-80x24", view(Self.changed(80, 24, "kdd")))
  }

  @Test func differencesWithoutColours() throws {
    var state = Self.changed(80, 24, "kd")
    state.display.depth = .none
    try expectSnapshot("difference-80x24-none", view(state))
  }

  @Test func differencesAreNumbersOfBothRuns() throws {
    let state = Self.changed(120, 40, "kd")
    let drawn = try #require(state.decode.drawn)
    let (now, before) = (try #require(state.decode.chart), try #require(state.decode.earlier))
    #expect(drawn.isDifference && drawn.rows.count == 8)
    for index in drawn.values.indices {
      let difference = Chart.difference(at: drawn.values[index])
      #expect(abs(difference - (now.values[index] - before.values[index])) < 1e-6)
    }
    #expect(drawn.rows.entries[6].label == "pomme→poire" && drawn.rows.entries[5].label == "la")
    let text = view(state).text.joined(separator: "\n")
    #expect(text.contains("pomme→poire") && text.contains("lost 3.00 nat"))
  }

  @Test func aPressOnOneOfThreePicturesGoesThere() throws {
    var state = Self.changed(200, 60, "kd")
    let layout = try #require(ScreenLayout(state))
    let pictures = layout.pictures(state)
    #expect(pictures.map(\.shown) == [.before, .difference, .after])
    for (shown, area) in pictures {
      var variant = state
      variant.decode = state.decode.showing(shown)
      let matrix = try #require(layout.matrix(variant, in: area.splitTop(1).rest))
      _ = update(
        &state, .terminal(.mouse(column: matrix.column(of: 3), row: matrix.line(ofRow: 2), .press)))
      #expect((state.row, state.column) == (2, 3))
      _ = Self.press("jl", &state)
    }
  }

  @Test(arguments: [(40, 12), (60, 18), (80, 24), (200, 60)])
  func theListOfInterventionsIsInSightInEveryWindow(columns: Int, rows: Int) {
    for keys in ["", "2", "3", "5", "d", "?", "i", ":"] {
      let text = view(Self.changed(columns, rows, keys)).text.joined(separator: "\n")
      #expect(text.contains("what if  cross L2H0 silenced"), "\(keys)")
    }
  }

  @Test func ofManyInterventionsTheNewestAreInSight() {
    var state = Self.changed(80, 24, "")
    state.whatIf.change(to: (0..<12).map { .hide($0) })
    let line = view(state).text.first { $0.contains("what if") } ?? ""
    #expect(line.contains("more · ") && line.contains("<end> hidden"))
  }
}
