import TUI
import Testing
import Traces

@testable import Explorer

/// Random keys, pastes, clicks, sizes and late answers from a fixed seed: nothing traps, and what must hold holds.
@Suite struct TortureTests {
  /// SplitMix64 (Steele, Lea and Flood, 2014).
  struct Generator: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
      state &+= 0x9E37_79B9_7F4A_7C15
      var z = state
      z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
      z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
      return z ^ (z >> 31)
    }
  }

  static let keys: [Key] =
    KeyTable.bindings.flatMap(\.keys).flatMap { $0 }
    + "abcXYZ?!. éß漢👍🏽\u{301}".map { Key.character($0) }
    + [Key(.insert), Key(.backTab), Key(.function(1)), Key(.left, .alt), .control("g"), Key(.delete)]

  static let pastes = [
    "", " ", "un deux trois", String(repeating: "long ", count: 60), "a\nb\tc\u{1B}[31m\u{0}", "漢字かな交じり文",
    "שלום עולם", "👩‍👩‍👧‍👦👩‍👩‍👧‍👦", "e\u{301}\u{301}\u{301}",
  ]

  /// An unoptimised build is twenty times as slow.
  #if DEBUG
    static let events = 750
  #else
    static let events = 25_000
  #endif

  static func event(_ random: inout Generator) -> Event {
    switch Int.random(in: 0..<100, using: &random) {
    case 0..<84: .terminal(.key(keys.randomElement(using: &random) ?? .character("x")))
    case 84..<87: .terminal(.paste(pastes.randomElement(using: &random) ?? ""))
    case 87..<92:
      .terminal(
        .resize(Size(columns: .random(in: 0...130, using: &random), rows: .random(in: 0...45, using: &random))))
    case 92..<96:
      .terminal(
        .mouse(
          column: .random(in: -2...140, using: &random), row: .random(in: -2...50, using: &random),
          [.press, .release, .scrollUp, .scrollDown].randomElement(using: &random) ?? .press))
    case 96: .terminal(.resumed)
    case 97: .tick(generation: .random(in: 0...20, using: &random))
    case 98: .failed("out of luck", generation: Bool.random(using: &random) ? nil : 3)
    default: .progress("working", fraction: Bool.random(using: &random) ? nil : .random(in: -1...2, using: &random))
    }
  }

  @Test(arguments: [ColorDepth.trueColor, .none], [Samples.summary, Samples.transformer(2, 3)])
  func randomEventsKeepTheInvariants(_ depth: ColorDepth, _ model: ModelSummary) {
    var random = Generator(state: 20_261_122)
    var state = Samples.state(
      80, 24, trace: Samples.trace(steps: 7, model: model), model: model, depth: depth, isUTF8: depth > .none)
    var engine = FakeEngine(text: Samples.english, steps: 7, limit: 40, model: model)
    var late: [Event] = []
    for number in 0..<Self.events {
      let generation = state.generation
      for command in update(&state, Self.event(&random)) {
        engine.answer(command).map { late.append($0) }
      }
      if !late.isEmpty, Int.random(in: 0..<3, using: &random) > 0 {
        for command in update(&state, late.removeFirst()) { engine.answer(command).map { late.append($0) } }
      }
      #expect(state.generation >= generation)
      Self.check(state)
      if number % 4 == 0 {
        let screen = view(state)
        #expect(screen.size == state.display.size)
        if let cursor = screen.cursor { #expect(screen.bounds.contains(column: cursor.column, row: cursor.row)) }
      }
    }
    // Enough of them were decodes, not text typed into a line.
    #expect(state.generation > Self.events / 200)
  }

  static func check(_ state: State) {
    let decode = state.decode
    func isInside(_ index: Int, _ count: Int) -> Bool { index >= 0 && index < max(1, count) }
    #expect(isInside(state.cursor.step, decode.steps.count) && isInside(state.cursor.read, decode.steps.count))
    #expect(isInside(state.cursor.source, decode.source.count) && isInside(state.cursor.query, decode.source.count))
    #expect(state.candidate >= 0)
    #expect(state.focus != .candidates || state.currentStep != nil)
    #expect(decode.unanswered >= 0)
    if let matrix = decode.matrix {
      #expect(matrix.rows == (decode.site == .encoder ? decode.source.count : decode.steps.count))
      #expect(matrix.columns == (decode.site == .decoder ? decode.steps.count : decode.source.count))
      #expect(isInside(state.row, matrix.rows) && isInside(state.column, matrix.columns))
    }
    if let head = decode.head, let layout = state.headLayout {
      #expect(isInside(head.layer, layout.layers) && isInside(head.head, layout.heads))
    }
    if let chart = decode.chart, let drawn = decode.drawn {
      #expect(chart.values.count == chart.rows.count * chart.columns.count)
      #expect(drawn.rows.count <= chart.rows.count && drawn.columns.count <= chart.columns.count)
      #expect(isInside(chart.rows.place(of: state.row), chart.rows.count))
      #expect(isInside(chart.columns.place(of: state.column), chart.columns.count))
    }
    #expect(decode.bin == state.picture.bin)
    #expect(state.picture.view != .heads || decode.trace == nil || decode.thumbnails != nil || decode.matrix == nil)
    if let line = state.helpLine { #expect(line >= 0) }
  }
}
