import TUI
import Testing
import Traces

@testable import Explorer

/// Site, layer and head as axes of the cursor, and the grid of all heads.
@Suite struct HeadsTests {
  static func state(
    _ layers: Int, _ heads: Int, _ size: (Int, Int) = (120, 40), steps: Int = 7, depth: ColorDepth = .trueColor
  ) -> State {
    let model = Samples.transformer(layers, heads)
    return Samples.state(
      size.0, size.1, trace: Samples.trace(steps: steps, model: model), model: model, depth: depth)
  }

  @Test(arguments: [
    ("", "cross L2H0"), ("]", "cross L2H1"), ("[", "cross L2H3"), ("}", "cross L0H0"), ("{", "cross L1H0"),
    ("]]}", "cross L0H2"), ("s", "encoder L2H0"), ("ss", "decoder L2H0"), ("sss", "cross L2H0"),
    ("]s[s]", "decoder L2H1"), ("m", "cross L2 mean of 4 heads"), ("mm", "cross mean of 12 heads"),
    ("mmm", "cross L2H0"), ("]m]", "cross L2H1"), ("m{", "cross L1 mean of 4 heads"),
    ("ms", "encoder L2 mean of 4 heads"),
    ("2hk", "cross L1H0"), ("2llj", "cross L2H2"), ("2ggG$", "cross L2H3"), ("2gg0", "cross L0H0"),
    ("A", "cross rollout up to L2"), ("AA", "cross L2H0"), ("sA", "encoder rollout up to L2"),
    ("sAA", "encoder flow up to L2"), ("sA{", "encoder rollout up to L1"), ("sAAA", "encoder L2H0"),
    ("sAs", "decoder L2H0"), ("mA", "cross rollout up to L2"),
  ])
  func keysGoAlongTheAxes(_ keys: String, title: String) {
    var state = Self.state(3, 4)
    _ = Samples.press(keys, &state)
    #expect(view(state).text[0].hasSuffix(title))
  }

  @Test func everySiteKeepsItsPlace() {
    var state = Self.state(2, 2)
    _ = Samples.press("gg0ll", &state)
    _ = Samples.press("sjjjs", &state)
    #expect(state.row == 0 && state.decode.site == .decoder)
    _ = Samples.press("ss", &state)
    #expect(state.decode.site == .encoder && state.row == 3 && state.column == 2)
    _ = Samples.press("ss", &state)
    #expect(state.decode.site == .cross && state.row == 0 && state.column == 2)
  }

  @Test func aMeanIsTheMeanAndSaysSo() throws {
    var state = Self.state(2, 3)
    let heads = try (0..<3).map { head in
      let selection = HeadSelection.head(HeadAddress(site: .cross, layer: 1, head: head))
      return try #require(state.decode.trace?.matrix(selection))[2, 4]
    }
    _ = Samples.press("m", &state)
    let mean = try #require(state.decode.matrix)[2, 4]
    #expect(abs(mean - heads.reduce(0, +) / 3) < 1e-6)
    let text = view(state).text
    #expect(text.filter { $0.contains("L1 mean of 3 heads") }.count >= 2)
  }

  @Test(arguments: [
    (3, 4, 80, 24), (3, 4, 120, 40), (3, 4, 200, 60), (3, 4, 60, 50), (6, 8, 120, 40), (12, 12, 200, 60),
  ])
  func grid(layers: Int, heads: Int, columns: Int, rows: Int) throws {
    var state = Self.state(layers, heads, (columns, rows))
    _ = Samples.press("2", &state)
    try expectSnapshot("heads-\(layers)x\(heads)-\(columns)x\(rows)", view(state))
  }

  @Test(arguments: [("ansi16", ColorDepth.ansi16), ("none", .none)])
  func gridInFewColours(name: String, depth: ColorDepth) throws {
    var state = Self.state(3, 4, (80, 24), depth: depth)
    _ = Samples.press("ss2", &state)
    try expectSnapshot("heads-3x4-80x24-\(name)", view(state))
  }

  @Test(arguments: ["encoder", "decoder"])
  func site(_ name: String) throws {
    var state = Self.state(2, 2, (80, 24))
    _ = Samples.press(name == "encoder" ? "s" : "ss", &state)
    try expectSnapshot("\(name)-80x24", view(state))
  }

  @Test(arguments: [(3, 4), (6, 8), (12, 12)], [(80, 24), (120, 40), (200, 60), (40, 12)])
  func everyHeadCanBeReachedAndIsInSight(_ shape: (Int, Int), _ size: (Int, Int)) throws {
    for zoom in HeadsLayout.zooms {
      var state = Self.state(shape.0, shape.1, size)
      _ = Samples.press("2", &state)
      state.picture.thumbnailZoom = zoom
      for corner in ["gg0", "G$"] {
        _ = Samples.press(corner, &state)
        let head = try #require(state.decode.head)
        let layout = try #require(ScreenLayout(state)?.heads(state))
        let place = Position(column: head.head, row: head.layer)
        let area = layout.area(of: place)
        #expect(!area.isEmpty && area.intersection(layout.area) == area)
        #expect(layout.place(at: Position(column: area.column, row: area.row)) == place)
        _ = view(state)
      }
    }
  }

  @Test func fromTheGridToOneNumberIsAKey() {
    var state = Self.state(3, 4)
    _ = Samples.press("2k", &state)
    _ = update(&state, .terminal(.key(Key(.enter))))
    let status = view(state).text[37]
    #expect(status.contains("pomme ←") && status.contains("exactly 0."))
    #expect(state.decode.head == HeadCursor(site: .cross, layer: 1))
    _ = Samples.press("q", &state)
    #expect(state.picture.view == .heads)
    #expect(Samples.press("q", &state) == [.quit])
  }

  @Test func aPressSelectsAndAnotherOpens() throws {
    var state = Self.state(3, 4)
    _ = Samples.press("2", &state)
    let place = try #require(ScreenLayout(state)?.heads(state)).area(of: Position(column: 2, row: 1))
    let click = Event.terminal(.mouse(column: place.column, row: place.row, .press))
    _ = update(&state, click)
    #expect(state.decode.head == HeadCursor(site: .cross, layer: 1, head: 2) && state.picture.view == .heads)
    _ = update(&state, click)
    #expect(state.picture.view == .matrix)
  }

  @Test func whatIsOutOfSightAndBinnedIsSaid() {
    var state = Self.state(12, 12, (80, 24))
    _ = Samples.press("2", &state)
    let text = view(state).text.joined(separator: "\n")
    #expect(text.contains("layers 7–11 of 12") && text.contains("heads 0–7 of 12") && text.contains("strongest of"))
    _ = Samples.press("z", &state)
    #expect(!view(state).text.joined().contains("of 12"))
  }

  @Test func aThumbnailHasTheColoursOfItsMatrix() throws {
    var state = Self.state(3, 4, (200, 60), steps: 10)
    _ = Samples.press("2", &state)
    let layout = try #require(ScreenLayout(state)?.heads(state))
    #expect(layout.horizontal.step == 1 && layout.vertical.step == 1)
    let screen = view(state)
    for (layer, head) in [(0, 0), (1, 3), (2, 2)] {
      let selection = HeadSelection.head(HeadAddress(site: .cross, layer: layer, head: head))
      let matrix = try #require(state.decode.trace?.matrix(selection))
      let place = layout.area(of: Position(column: head, row: layer))
      for row in 0..<matrix.rows {
        for column in 0..<matrix.columns {
          let line = row * layout.vertical.width
          let style = screen[column: place.column + column * layout.horizontal.width, row: place.row + line / 2].style
          let drawn = line % 2 == 0 ? style.foreground : style.background
          #expect(drawn == Palette.viridis.color(at: matrix[row, column]))
        }
      }
    }
  }

  @Test func binsHoldTheStrongestOfTheirCells() throws {
    let layout = AttentionLayout(site: .encoder, layers: 1, heads: 2)
    let side = 150
    let weights = (0..<2 * side * side).map { Float(($0 * 7919) % 1009) / 1009 }
    var trace = Samples.trace(steps: 0)
    trace.source = (0..<side).map { Token(id: $0, piece: "\($0)") }
    trace.encoder = AttentionBlock(layers: 1, heads: 2, rows: side, columns: side, weights: weights, scores: weights)
    let thumbnails = try #require(Thumbnails(trace, layout))
    #expect(thumbnails.rows == 50 && thumbnails.columns == 50 && thumbnails.rowStep == 3)
    let cells = (6..<9).flatMap { row in (30..<33).map { weights[side * side + row * side + $0] } }
    #expect(thumbnails.strongest(layer: 0, head: 1, rows: 2..<3)[10] == cells.max())
  }

  // MARK: What heads do

  @Test func headsAreNamedWithTheMeasureBehindIt() throws {
    var state = Self.state(3, 4, steps: 10)
    _ = Samples.press("2", &state)
    let trace = try #require(state.decode.trace)
    let measures = trace.measuresOfHeads(.cross)[2][0]
    let type = try #require(measures.type)
    let evidence = try #require(measures.evidence)
    let text = view(state).text
    #expect(text.contains { $0.contains("H0 \(type.rawValue)") || $0.contains("H0 \(type.shortName)") })
    #expect(text[37].contains(type.rawValue) && text[37].contains(evidence.prefix(20)))
  }

  @Test(arguments: HeadRanking.Sort.allCases)
  func headsAreSorted(_ sort: HeadRanking.Sort) throws {
    var state = Self.state(3, 4, steps: 10)
    _ = Samples.press("2", &state)
    for _ in HeadRanking.Sort.allCases.prefix(while: { $0 != sort }) { _ = Samples.press("O", &state) }
    let ranking = try #require(state.decode.ranking)
    #expect(state.picture.sort == sort)
    let measures = (0..<12).compactMap { place -> HeadMeasures? in
      let (layer, head) = ranking.head(at: Position(column: place % 4, row: place / 4))
      #expect(ranking.place(layer: layer, head: head) == Position(column: place % 4, row: place / 4))
      return ranking.measures(layer: layer, head: head)
    }
    func isSorted(_ value: (HeadMeasures) -> Double?, by areInOrder: (Double, Double) -> Bool) -> Bool {
      zip(measures, measures.dropFirst()).allSatisfy { areInOrder(value($0) ?? 0, value($1) ?? 0) }
    }
    #expect(measures.count == 12)
    switch sort {
    case .layer: #expect(ranking.head(at: Position(column: 1, row: 2)) == (2, 1))
    case .entropy: #expect(isSorted({ $0.entropy.value }, by: <=))
    case .distance: #expect(isSorted({ $0.distance.value }, by: <=))
    case .sharpness: #expect(isSorted({ $0.sharpness.value }, by: >=))
    case .special: #expect(isSorted({ $0.special.value }, by: >=))
    case .agreement: #expect(isSorted({ $0.agreement.value }, by: >=))
    }
    state.notice = nil
    #expect(sort == .layer || view(state).text.contains { $0.contains("sorted by \(sort.name)") })
    // The cursor walks over the grid as it is sorted.
    _ = Samples.press("gg0", &state)
    let first = ranking.head(at: Position(column: 0, row: 0))
    #expect(state.decode.head == HeadCursor(site: .cross, layer: first.layer, head: first.head))
  }

  @Test func rolloutIsWhatTheTraceSays() throws {
    var state = Self.state(2, 2)
    _ = Samples.press("sA", &state)
    #expect(state.decode.matrix == state.decode.trace?.rollout(.encoder, through: 1))
    _ = Samples.press("A", &state)
    #expect(state.decode.matrix == state.decode.trace?.stack(.encoder, through: 1)?.flow)
    #expect(view(state).text.contains { $0.contains("encoder self-attention, flow up to L1") })
  }

  // MARK: Beam

  @Test func theBeamShowsWhatWasDropped() throws {
    func node(_ parent: Int?, _ step: Int, _ text: String, _ fate: BeamTree.Fate, _ dropped: Int?) -> BeamTree.Node {
      BeamTree.Node(
        parent: parent, step: step, token: Token(id: 0, piece: text), logProbability: -0.5,
        cumulative: -0.5 * Float(step + 1), fate: fate, droppedAt: dropped)
    }
    var trace = Samples.trace(steps: 2)
    trace.beam = BeamTree(
      width: 2, lengthPenalty: 0.6,
      nodes: [
        node(nil, 0, "elle", .best, nil), node(nil, 0, "il", .pruned, 1), node(0, 1, "ne", .best, nil),
        node(1, 1, "veut", .pruned, 1),
      ], hypotheses: [])
    let list = BeamList(try #require(trace.beam))
    #expect(list.lines.map(\.text) == ["elle", "il veut", "ne"] && list.lines.map(\.isBest) == [true, false, true])
    var state = Samples.state(80, 24, trace: trace)
    _ = Samples.press("5", &state)
    let text = view(state).text
    #expect(text.contains { $0.contains("beam of 2") })
    #expect(text.contains { $0.contains("└ il veut") && $0.contains("dropped at step 2") })
  }

  // MARK: Masks

  @Test func whatTheDecoderCannotSeeIsNotDrawnAsZero() throws {
    var state = Self.state(1, 2, steps: 10)
    _ = Samples.press("ss", &state)
    let layout = try #require(ScreenLayout(state)?.matrix(state))
    let screen = view(state)
    func cell(_ row: Int, _ column: Int) -> Cell {
      screen[column: layout.column(of: column) + 1, row: layout.line(ofRow: row)]
    }
    #expect(cell(2, 5).character == "╱" && cell(2, 5).style == Theme(display: state.display).masked)
    #expect(cell(5, 2).character != "╱")
    #expect(Palette.viridis.color(at: 0) != cell(2, 5).style.background)
    _ = Samples.press("m", &state)
    #expect(view(state)[column: layout.column(of: 5) + 1, row: layout.line(ofRow: 2)].character == "╱")
  }

  @Test func aMaskedCellIsCalledSo() {
    var state = Self.state(1, 2, steps: 10)
    _ = Samples.press("ssgg$", &state)
    #expect(view(state).text[37].contains("masked"))
  }

  @Test func theDecoderLooksAtWhatItHasRead() {
    let trace = Samples.trace(steps: 4, model: Samples.transformer(1, 1))
    #expect(trace.columnLabels(.decoder).map(\.label) == ["<start>", "elle", "ne", "veut"])
    #expect(trace.rowLabels(.decoder).map(\.label) == ["elle", "ne", "veut", "pas"])
    #expect(trace.rowLabels(.encoder) == trace.columnLabels(.encoder))
  }

  @Test func aLanguageModelHasItsPromptAboveItsSteps() throws {
    let layout = AttentionLayout(site: .decoder, layers: 1, heads: 1)
    let model = ModelSummary(model: Samples.summary.model, attention: [layout])
    var trace = Samples.trace(source: "a b", steps: 2, model: model)
    // Four source tokens: three rows of prompt before the steps, whose rows are as much longer.
    func block(_ rows: Int, _ columns: Int) -> AttentionBlock {
      let even = [Float](repeating: 1 / Float(columns), count: rows * columns)
      return AttentionBlock(layers: 1, heads: 1, rows: rows, columns: columns, weights: even, scores: even)
    }
    trace.prompt = block(3, 3)
    for step in 0..<2 { trace.steps[step].decoder = block(1, 4 + step) }
    var state = Samples.state(120, 40, trace: trace, model: model)
    #expect(state.decode.matrix?.rows == 5 && state.row == 4)
    _ = Samples.press("gg", &state)
    #expect(state.row == 0 && state.currentStep == nil)
    let text = view(state).text.joined(separator: "\n")
    #expect(text.contains("▶") && text.contains("elle"))
    _ = Samples.press("2", &state)
    #expect(state.decode.thumbnails?.rows == 5)
    _ = Samples.press("5jjjf", &state)
    #expect(state.cursor.step == 1 && state.focus == .candidates)
  }
}
