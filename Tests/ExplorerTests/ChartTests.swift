import TUI
import Testing
import Traces

@testable import Explorer

/// What is drawn otherwise than the model has it: merged words, hidden tokens, bins, scales.
@Suite struct ChartTests {
  /// `un believ able </s>` and `in croyable </s>`, whose words are in parts.
  static let trace: AttentionTrace = {
    let source = [
      Token(id: 0, piece: "un"), Token(id: 1, piece: "believ", continuesWord: true),
      Token(id: 2, piece: "able", continuesWord: true), Token(id: 3, piece: "</s>", kind: .special),
    ]
    let target = [
      Token(id: 4, piece: "in"), Token(id: 5, piece: "croyable", continuesWord: true),
      Token(id: 3, piece: "</s>", kind: .special),
    ]
    let rows: [[Float]] = [[0.5, 0.25, 0.125, 0.125], [0.25, 0.25, 0.25, 0.25], [0, 0, 0.25, 0.75]]
    let steps = zip(target, rows).map { token, weights in
      let block = AttentionBlock(layers: 1, heads: 1, rows: 1, columns: 4, weights: weights, scores: weights)
      return Step(token: token, probability: 1, candidates: [], entropy: 0, cross: block)
    }
    return AttentionTrace(
      model: Samples.summary.model, sourceText: "", source: source, steps: steps, ending: .endToken, lengthLimit: 9)
  }()

  static func state(_ keys: String) -> State {
    var state = Samples.state(120, 40, trace: trace)
    _ = Samples.press(keys, &state)
    return state
  }

  @Test func mergedWordsAreSumsOverColumnsAndMeansOverRows() throws {
    let chart = try #require(Self.state("w").decode.chart)
    #expect(chart.columns.entries.map(\.label) == ["unbelievable", "</s>"])
    #expect(chart.rows.entries.map(\.label) == ["incroyable", "</s>"])
    #expect(chart.values == [0.8125, 0.1875, 0.25, 0.75])
    #expect(chart.matrix.scores == nil)
  }

  @Test func aMergedCellSaysWhatItIs() {
    let state = Self.state("wgg0")
    #expect(state.row == 0 && state.column == 0)
    let status = view(state).text[37]
    #expect(status.contains("incroyable ← unbelievable  0.8125"))
    #expect(status.contains("sum over 3 parts · mean over 2 parts"))
    #expect(view(state).text.contains { $0.contains("words merged") })
  }

  @Test func theCursorGoesFromWordToWord() {
    var state = Self.state("wgg0l")
    #expect(state.column == 3)
    _ = Samples.press("j", &state)
    #expect(state.row == 2)
    _ = Samples.press("wh", &state)
    #expect(state.column == 2)
  }

  @Test func hiddenTokensAreSaid() throws {
    let state = Self.state("gg..")
    let chart = try #require(state.decode.chart)
    #expect(chart.columns.entries.map(\.label) == ["un", "believ", "able"] && chart.columns.hidden == [3])
    #expect(chart.rows.count == 2 && chart.hiddenWeight(row: 0) == 0.125)
    var told = state
    told.notice = nil
    #expect(view(told).text.contains { $0.contains("special tokens hidden, .13 of this row on them") })
    #expect(state.settings.specialTokens == .hidden)
  }

  @Test func dimmedTokensStepBack() throws {
    let state = Self.state(".gg0")
    let layout = try #require(ScreenLayout(state)?.matrix(state))
    let screen = view(state)
    func color(_ row: Int, _ column: Int) -> Color {
      screen[column: layout.column(of: column) + 1, row: layout.line(ofRow: row)].style.background
    }
    #expect(color(1, 1) == Palette.viridis.color(at: 0.25))
    #expect(color(1, 3) != Palette.viridis.color(at: 0.25))
  }

  @Test(arguments: [
    (Settings.Scale.unit, Float(0.25), Float(0.5), Float(0.25)), (.row, 0.25, 0.5, 0.5), (.row, 0, 0, 0),
    (.logarithmic, 1, 1, 1), (.logarithmic, 0.01, 1, 0.5), (.logarithmic, 0, 1, 0), (.logarithmic, 1e-9, 1, 0),
  ])
  func scales(scale: Settings.Scale, weight: Float, maximum: Float, position: Float) {
    #expect(abs(scale.position(weight, rowMaximum: maximum) - position) < 1e-6)
  }

  @Test func theScaleIsInTheLegendAndTheColours() throws {
    var state = Self.state("ggS")
    state.notice = nil
    #expect(view(state).text.contains { $0.contains("row's largest") })
    let layout = try #require(ScreenLayout(state)?.matrix(state))
    let cell = view(state)[column: layout.column(of: 1) + 1, row: layout.line(ofRow: 0)]
    #expect(cell.style.background == Palette.viridis.color(at: 0.5))
    _ = Samples.press("S", &state)
    state.notice = nil
    #expect(view(state).text.contains { $0.contains("1, logarithmic") })
  }

  @Test func partsAreMergedAlongAnAxis() {
    let tokens = [("a", true), ("b", false), ("c", true), ("d", true)].map {
      AxisToken(Token(id: 0, piece: $0.0, continuesWord: $0.1))
    }
    let axis = Axis(tokens, mergesWords: true)
    #expect(axis.entries.map(\.label) == ["a", "bcd"])
    #expect(axis.place(of: 0) == 0 && axis.place(of: 3) == 1 && axis.token(at: 1) == 1 && axis.token(at: 9) == 1)
    #expect(Axis([]).place(of: 5) == 0 && Axis([]).token(at: 5) == 0)
  }

  // MARK: Bins

  @Test(arguments: [(80, 24), (120, 40), (200, 60)])
  func zoomingOutEndsWithAllInSight(_ columns: Int, _ rows: Int) throws {
    let model = ModelSummary(
      model: Samples.summary.model, attention: [AttentionLayout(site: .encoder, layers: 1, heads: 1)])
    let trace = Samples.trace(source: FakeEngine.words(510), steps: 0, model: model)
    var state = Samples.state(columns, rows, trace: trace, model: model)
    _ = Samples.press(String(repeating: "z", count: 12), &state)
    let drawn = try #require(state.decode.drawn)
    let layout = try #require(ScreenLayout(state)?.matrix(state))
    #expect(layout.visibleRows == 0..<drawn.rows.count && layout.visibleColumns == 0..<drawn.columns.count)
    let bin = state.decode.bin
    #expect(bin > 1 && view(state).text.contains { $0.contains("bins of \(bin)×\(bin)") })
    // The bin under the cursor shows the number of its strongest cell.
    _ = Samples.press("jl", &state)
    let chart = try #require(state.decode.chart)
    let value = chart.values[state.row * chart.columns.count + state.column]
    let place = (drawn.rows.place(of: state.row), drawn.columns.place(of: state.column))
    #expect(drawn.values[place.0 * drawn.columns.count + place.1] == value)
    for _ in 0..<20 where state.picture.zoom != nil { _ = Samples.press("Z", &state) }
    #expect(state.picture.zoom == nil && state.decode.bin == 1)
  }

  @Test func aBinHoldsTheStrongest() throws {
    var state = Samples.state(120, 40, trace: FakeEngine.long(steps: 30, words: 30))
    state.picture.zoom = -2
    _ = Samples.press("g", &state)
    let (chart, drawn) = (try #require(state.decode.chart), try #require(state.decode.drawn))
    #expect(drawn.rows.count == 8 && drawn.columns.count == 8)
    let cells = (4..<8).flatMap { row in (8..<12).map { chart.values[row * chart.columns.count + $0] } }
    #expect(drawn.values[1 * 8 + 2] == cells.max())
    #expect(drawn.rows.entries[1].label == "5–8" && drawn.rows.entries[7].label == "29–30")
  }
}

extension FakeEngine {
  static func words(_ count: Int) -> String {
    (0..<count).map { ["the", "international", "committee", "of", "teachers", "wants", ","][$0 % 7] }
      .joined(separator: " ")
  }
}
