import TUI
import Traces

/// Decodes side by side, and what the second has more or less than the first.
extension Painter {
  mutating func drawComparison() {
    guard let comparison = state.comparison, let places = layout.comparison(state)?.places else { return }
    let isBeside = layout.comparison(state)?.isBeside ?? true
    for place in places {
      if isBeside, place.area.column > layout.main.column {
        screen.drawVerticalLine(
          column: place.area.column - 1, row: place.area.row, rows: place.area.rows, style: theme.frame)
      } else if !isBeside, place.area.row > layout.main.row {
        screen.drawHorizontalLine(
          column: place.area.column, row: place.area.row - 1, columns: place.area.columns, style: theme.frame)
      }
      switch place.panel {
      case .first:
        drawHeading(state.first, name: state.model?.model.name ?? "", hasFocus: comparison.focus == 0, in: place)
        draw(state.first, differing: differingRows(comparison.current, ofFirst: true), in: place.picture)
      case .other(let index): drawOther(index, comparison, in: place)
      case .difference: drawDifference(comparison, in: place)
      }
    }
  }

  private mutating func drawOther(_ index: Int, _ comparison: Comparison, in place: ComparisonLayout.Place) {
    guard let side = state.beside(index) else { return }
    let other = comparison.others[index]
    drawHeading(side, name: other.name, hasFocus: comparison.focus == index + 1, in: place)
    if let failure = other.failure {
      let lines = failure.wrapped(to: max(10, place.picture.columns - 4))
      return drawCentred(lines.map { [($0, theme.failure)] }, in: place.picture.inset(columns: 1))
    }
    guard other.decode.trace != nil else {
      let text = other.model == nil ? "opening \(other.name)…" : "reading the sentence…"
      return drawCentred([[(text.truncated(to: place.picture.columns - 2), theme.quiet)]], in: place.picture)
    }
    draw(side, differing: differingRows(other, ofFirst: false), in: place.picture)
  }

  /// The decode's name, whose attention, and how far it is.
  private mutating func drawHeading(_ side: State, name: String, hasFocus: Bool, in place: ComparisonLayout.Place) {
    let area = place.heading.inset(columns: 1)
    let count = side.decode.steps.count
    let steps = side.decode.trace.map { "\(count)" + ($0.ending == .open ? "" : " ended") + "  " } ?? ""
    let head = side.decode.head.map { "\($0.site.rawValue) \(side.headName)" } ?? ""
    let right = [(steps + head, theme.quiet)]
    let width = (steps + head).displayWidth
    let isRoomy = width + 12 <= area.columns
    let room = area.columns - (isRoomy ? width + 1 : 0)
    draw(
      [(hasFocus ? "▶" : " ", theme.accent), (name.truncated(to: room - 1), hasFocus ? theme.accent : theme.strong)],
      in: area)
    if isRoomy { drawAtEnd(right, in: area) }
  }

  /// Draws another state's matrix in a part of this screen.
  private mutating func draw(_ side: State, differing rows: Set<Int>, in area: Rect) {
    withPart(of: side, in: area) { painter in
      painter.differingRows = rows
      painter.drawMatrix()
    }
  }

  private mutating func withPart(of side: State, in area: Rect, _ body: (inout Painter) -> Void) {
    var painter = Painter(side, layout.with(main: area), on: screen)
    // Given up here, so that the cells are not copied when they are drawn on there.
    screen = Screen(Size(columns: 0, rows: 0))
    body(&painter)
    screen = painter.screen
  }

  /// Places of one side's drawn rows at which the two decodes have different tokens.
  private func differingRows(_ other: Comparison.Other?, ofFirst: Bool) -> Set<Int> {
    guard let difference = other?.difference, let drawn = ofFirst ? state.decode.drawn : other?.decode.drawn,
      state.decode.bin == 1
    else { return [] }
    let chart = ofFirst ? difference.first : difference.second
    return Set(
      difference.rows.indices.filter { difference.differs(row: $0) }.compactMap { row in
        (ofFirst ? difference.rows[row].first : difference.rows[row].second).map {
          drawn.rows.place(of: chart.rows.token(at: $0))
        }
      })
  }

  // MARK: Difference

  private mutating func drawDifference(_ comparison: Comparison, in place: ComparisonLayout.Place) {
    guard let other = comparison.current else { return }
    let area = place.heading.inset(columns: 1)
    let name = "\(other.name) less \(state.model?.model.name ?? "")"
    let short = "difference"
    guard let difference = other.difference, difference.chart.rows.count > 0 else {
      draw([(" " + short, theme.strong)], in: area)
      let text = other.decode.trace == nil || other.decode.chart != nil ? "nothing to compare yet" : "not the same site"
      return drawCentred([[(text, theme.quiet)]], in: place.picture)
    }
    let moved = difference.moved.map { "\(Numbers.short($0)) moved" } ?? ""
    let words = difference.mergesWords ? ["words merged"] : []
    let right = fitting([moved] + words, in: max(0, area.columns - short.count - 3))
    let room = area.columns - right.displayWidth - 2
    draw([(" " + (name.displayWidth <= room ? name : short), theme.strong)], in: area)
    drawAtEnd([(right, theme.quiet)], in: area)
    drawDifference(difference, other.drawnDifference ?? difference.chart, in: place.picture)
  }

  private mutating func drawDifference(_ difference: Difference, _ chart: Chart, in area: Rect) {
    let cursor = state.place(in: difference)
    var side = state.first
    // A decode without a head has a cursor in steps and source tokens, which here are places.
    side.decode = Decode()
    side.picture.hidesCursor = false
    (side.cursor.step, side.cursor.source) = (cursor.row, cursor.column)
    let place = Position(column: chart.columns.place(of: cursor.column), row: chart.rows.place(of: cursor.row))
    let layout = ScreenLayout.matrix(chart, at: place, state, in: area)
    let rows = Set(chart.rows.entries.indices.filter { state.decode.bin == 1 && difference.differs(row: $0) })
    withPart(of: side, in: area) { painter in
      painter.differingRows = rows
      painter.drawMatrix(chart, layout)
    }
  }

  // MARK: Legend and status

  /// The two palettes.
  mutating func drawComparisonLegend(in area: Rect) {
    guard let name = state.comparison?.current?.name else { return }
    let (left, right) = area.splitLeft(area.columns / 2)
    drawScale(
      state.settings.palette, in: left, width: min(16, max(6, left.columns / 4)), ends: scaleEnds, words: [])
    let words = ["what \(name) has more or less", "difference"]
    drawScale(
      theme.differences, in: right, width: min(16, max(6, right.columns / 4)), ends: ("−1", "+1"), words: words)
  }

  /// The cell under the cursor in every decode.
  var comparisonDescription: [Piece] {
    guard let comparison = state.comparison, let chart = state.decode.chart, chart.rows.count > 0,
      chart.columns.count > 0
    else { return [("nothing decoded yet: Space decodes a token", theme.quiet)] }
    let (row, column) = (chart.rows.place(of: state.row), chart.columns.place(of: state.column))
    var pieces: [Piece] = []
    if comparison.beyond == 0 {
      pieces.append(
        ("\(chart.rows.entries[row].label) \(glyphs.from) \(chart.columns.entries[column].label)", theme.strong))
      if case .weight(let weight) = chart[row, column] { pieces.append((" \(Numbers.fixed(weight, 4))", theme.accent)) }
    } else {
      pieces.append(("ended", theme.quiet))
    }
    for other in comparison.others { pieces += description(of: other) }
    return pieces
  }

  private func description(of other: Comparison.Other) -> [Piece] {
    guard let difference = other.difference else { return [] }
    let place = state.place(in: difference)
    guard difference.chart.rows.count > place.row, difference.chart.columns.count > place.column else { return [] }
    var pieces: [Piece] = [("   \(other.name.truncated(to: 24)) ", theme.quiet)]
    if difference.differs(row: place.row), let row = difference.rows[place.row].second {
      pieces.append(("≠ \(difference.second.rows.entries[row].label) ", theme.failure))
    }
    let (a, b) = difference.weights(row: place.row, column: place.column)
    guard let b else {
      return pieces + [(difference.rows[place.row].second == nil ? "ended" : "no such token", theme.quiet)]
    }
    pieces.append((Numbers.fixed(b, 4), theme.strong))
    if let a { pieces.append((" (\(Numbers.signed(b - a, 4)))", theme.text)) }
    return pieces
  }
}
