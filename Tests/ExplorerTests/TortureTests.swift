import TUI
import Testing
import Traces

@testable import Explorer

/// Random keys, pastes, clicks, sizes and late answers from a fixed seed: nothing traps, and what must hold holds.
@Suite struct TortureTests {
  /// An unoptimised build is twenty times as slow.
  #if DEBUG
    static let events = 750
  #else
    static let events = 25_000
  #endif

  /// Keys and the like, and in one of twenty-five an event that no terminal sends.
  static func event(_ random: inout RandomEvents) -> Event {
    guard random.oneIn(25) else { return .terminal(random.next()) }
    if random.oneIn(3) { return .tick(generation: random.oneIn(2) ? 3 : 12) }
    if random.oneIn(2) { return .failed("out of luck", generation: random.oneIn(2) ? nil : 3) }
    return .progress("working", fraction: random.oneIn(2) ? nil : 1.5)
  }

  @Test(arguments: [ColorDepth.trueColor, .none], [Samples.summary, Samples.transformer(2, 3)])
  func randomEventsKeepTheInvariants(_ depth: ColorDepth, _ model: ModelSummary) {
    var random = RandomEvents(seed: 20_261_122, largest: Size(columns: 130, rows: 45))
    var state = Samples.state(
      80, 24, trace: Samples.trace(steps: 7, model: model), model: model, depth: depth, isUTF8: depth > .none)
    var engine = FakeEngine(text: Samples.english, steps: 7, limit: 40, model: model)
    var late: [Event] = []
    for number in 0..<Self.events {
      let generation = state.generation
      for command in update(&state, Self.event(&random)) {
        engine.answer(command).map { late.append($0) }
      }
      if !late.isEmpty, !random.oneIn(3) {
        for command in update(&state, late.removeFirst()) { engine.answer(command).map { late.append($0) } }
      }
      #expect(state.generation >= generation)
      #expect(state.brokenInvariants == [])
      if number % 4 == 0 {
        #expect(view(state).fits(state.display.size))
      }
    }
    // Enough of them were decodes, not text typed into a line.
    #expect(state.generation > Self.events / 100)
  }
}

extension Screen {
  /// Whether it can be shown in a window: its size, and a cursor inside.
  fileprivate func fits(_ size: Size) -> Bool {
    self.size == size && (cursor.map { bounds.contains(column: $0.column, row: $0.row) } ?? true)
  }
}
