import TUI
import Testing
import Traces

@testable import Explorer

/// A row worked through, and the distribution over the next token.
@Suite struct MathsTests {
  static let head = HeadAddress(site: .cross, layer: 2, head: 0)

  /// The maths of the row under the cursor; `change` makes it another one.
  static func state(
    _ columns: Int, _ rows: Int, keys: String = "4", change: (inout AttentionWorking) -> Void = { _ in }
  ) -> State {
    var state = WhatIfTests.state(columns, rows, steps: 7)
    _ = Samples.press(keys, &state)
    if let trace = state.decode.trace, let wanted = state.asked.working,
      var working = Samples.working(trace, wanted.head, row: wanted.row)
    {
      change(&working)
      _ = update(&state, .working(working, generation: state.generation))
    }
    state.notice = nil
    return state
  }

  @Test(arguments: WhatIfTests.sizes)
  func maths(columns: Int, rows: Int) throws {
    try expectSnapshot("maths-\(columns)x\(rows)", view(Self.state(columns, rows)))
  }

  @Test func mathsOfAMaskedRowInTheSmallestWindow() throws {
    try expectSnapshot("maths-40x12", view(Self.state(40, 12, keys: "4ssggh")))
  }

  @Test(arguments: [
    ("additive", AttentionWorking.Mechanism.additive(v: Array(repeating: 0.5, count: 8), bias: 0.125)), ("dot", .dot),
    ("general", .general), ("concat", .concat(v: Array(repeating: -0.5, count: 8))),
  ])
  func mechanisms(name: String, mechanism: AttentionWorking.Mechanism) throws {
    let state = Self.state(100, 30) { working in
      working.mechanism = mechanism
      working.temperature = 0.5
      Samples.work(&working)
    }
    try expectSnapshot("maths-100x30-\(name)", view(state))
  }

  @Test func whatIsChangedByHandIsSaid() {
    let state = Self.state(120, 40) { working in
      working.weights = working.weights.indices.map { $0 == 3 ? 1 : 0 }
      working.isSilenced = true
      working.scores[0] = -.infinity
    }
    let text = view(state).text.joined(separator: "\n")
    #expect(
      text.contains("row set by hand, head silenced") && text.contains("set to 0.00000") && text.contains("model's"))
  }

  /// What a student does with the numbers on the screen.
  @Test func oneSoftmaxCanBeCheckedByHand() throws {
    let state = Self.state(120, 40)
    let text = view(state).text
    let working = try #require(state.currentWorking)
    let line = try #require(text.first { $0.contains("weight   exp(") })
    let numbers = line.split { !"0123456789.−".contains($0) }.compactMap { Float($0.replacing("−", with: "-")) }
    // exp(score − largest) / sum = exponential / sum = weight
    try #require(numbers.count == 6)
    let (sum, exponential, weight) = (numbers[2], numbers[3], numbers[5])
    #expect(abs(numbers[0] - working.scores[state.column]) < 1e-4)
    #expect(abs(exponential / sum - weight) < 1e-5)
    #expect(abs(weight - (try #require(state.decode.matrix))[state.row, state.column]) < 1e-5)
    let heading = try #require(text.firstIndex { $0.contains("token ") && $0.contains("− largest") })
    let exponentials = text[(heading + 1)...(heading + 12)].compactMap { line in
      line.split(separator: " ").dropFirst(3).first.flatMap { Float($0) }
    }
    #expect(exponentials.count == 12 && abs(exponentials.reduce(0, +) - sum) < 1e-3)
  }

  // MARK: Asking

  @Test func aRowIsAskedForOnceAndAgainWhenTheCursorMoves() {
    var state = WhatIfTests.state(steps: 7)
    #expect(Samples.press("4", &state) == [.workThrough(Self.head, row: 6, generation: 1)])
    #expect(Samples.press("j", &state).isEmpty)
    #expect(Samples.press("h", &state) == [.workThrough(Self.head, row: 5, generation: 1)])
    let other = HeadAddress(site: .cross, layer: 2, head: 1)
    #expect(Samples.press("]", &state) == [.workThrough(other, row: 5, generation: 1)])
    #expect(Samples.press("m", &state).isEmpty)
    #expect(view(state).text.joined().contains("has no working of its own"))
    #expect(Samples.press("1", &state).isEmpty)
  }

  @Test func anOldAnswerIsDropped() throws {
    var state = WhatIfTests.state(steps: 7)
    _ = Samples.press("4", &state)
    let trace = try #require(state.decode.trace)
    let old = try #require(Samples.working(trace, Self.head, row: 6))
    _ = Samples.press("h", &state)
    _ = update(&state, .working(old, generation: 1))
    #expect(state.currentWorking == nil && view(state).text.joined().contains("working it out"))
    let wanted = try #require(Samples.working(trace, Self.head, row: 5))
    _ = update(&state, .working(wanted, generation: 0))
    #expect(state.currentWorking == nil)
    _ = update(&state, .working(wanted, generation: 1))
    #expect(state.currentWorking == wanted)
  }

  @Test func theTemperatureIsFollowed() {
    var state = WhatIfTests.state(steps: 7)
    var engine = FakeEngine(text: Samples.english, steps: 7, model: Samples.transformer(3, 4))
    _ = engine.run(&state, UpdateTests.key("4"))
    let commands = engine.run(&state, UpdateTests.key("<"))
    #expect(commands.contains(.workThrough(Self.head, row: 6, generation: 2)) && state.currentWorking != nil)
  }

  @Test func arrowsGoDownTheTableAndToOtherRows() {
    var state = WhatIfTests.state(steps: 7)
    _ = Samples.press("4gg", &state)
    #expect((state.row, state.column) == (6, 0))
    _ = Samples.press("jj", &state)
    #expect((state.row, state.column) == (6, 2))
    _ = Samples.press("hhG", &state)
    #expect((state.row, state.column) == (4, 11))
    _ = Samples.press("0*", &state)
    #expect((state.row, state.column) == (0, state.strongestColumn(row: 0)))
  }

  @Test func aModelThatDoesNotSayIsQuoted() {
    var state = WhatIfTests.state(steps: 7)
    _ = Samples.press("4", &state)
    _ = update(&state, .failed("this model does not show its working", generation: 1))
    _ = Samples.press("j", &state)
    #expect(view(state).text.joined().contains("this model does not show its working"))
  }

  // MARK: Next token

  @Test(arguments: WhatIfTests.sizes)
  func nextToken(columns: Int, rows: Int) throws {
    var state = WhatIfTests.state(columns, rows, steps: 7)
    _ = Samples.press("5fj", &state)
    try expectSnapshot("next-token-\(columns)x\(rows)", view(state))
  }

  @Test(arguments: WhatIfTests.sizes)
  func beam(columns: Int, rows: Int) throws {
    var trace = Samples.trace(steps: 3)
    let words = trace.steps.map(\.token)
    func node(_ parent: Int?, _ step: Int, _ token: Token, _ fate: BeamTree.Fate, droppedAt: Int?) -> BeamTree.Node {
      BeamTree.Node(
        parent: parent, step: step, token: token, logProbability: -0.25 * Float(step + 1),
        cumulative: -0.5 * Float(step + 1),
        fate: fate, droppedAt: droppedAt)
    }
    trace.beam = BeamTree(
      width: 2, lengthPenalty: 0.5,
      nodes: [
        node(nil, 0, words[0], .best, droppedAt: nil), node(nil, 0, words[1], .pruned, droppedAt: 1),
        node(0, 1, words[1], .best, droppedAt: nil), node(0, 1, words[2], .finished, droppedAt: 2),
        node(2, 2, words[2], .best, droppedAt: nil), node(3, 2, words[0], .finished, droppedAt: 2),
      ],
      hypotheses: [
        .init(node: 4, text: "elle ne veut", score: -0.51, ending: .endToken),
        .init(node: 5, text: "elle veut elle", score: -0.75, ending: .lengthLimit),
      ])
    var state = Samples.state(columns, rows, trace: trace)
    _ = Samples.press("5", &state)
    try expectSnapshot("beam-\(columns)x\(rows)", view(state))
  }

  @Test func aForcedTokenOutsideTheCandidatesIsListed() {
    var trace = Samples.trace(steps: 3, forced: [2])
    trace.steps[2].token = Token(id: 7, piece: "zèbre")
    trace.steps[2].probability = 0.0001
    var state = Samples.state(80, 24, trace: trace)
    _ = Samples.press("5", &state)
    #expect(view(state).text.contains { $0.contains("▶ zèbre") && $0.contains("0.0001") })
  }
}
