import TUI
import Traces

/// Lines from what looks to what is looked at, stronger ones over weaker ones.
extension Painter {
  /// Weights below this are not drawn, and more are left out where the lines of all rows cross each other.
  private static let weakest: Float = 0.01
  private static let weakestOfAll: Float = 0.1

  mutating func drawLines() {
    guard let layout = layout.lines(state), let chart = state.decode.chart else { return }
    let current = chart.rows.count > 0 ? chart.rows.place(of: state.row) : nil
    drawCanvas(chart, current, layout)
    for row in layout.rows.visible { drawLeft(row, chart, isCurrent: row == current, layout.rows) }
    let maximum = current.map { chart.maximum(row: $0) } ?? 0
    for column in layout.columns.visible { drawRight(column, chart, current, rowMaximum: maximum, layout.columns) }
    drawLinesFoot(chart, current, layout)
  }

  private mutating func drawCanvas(_ chart: Chart, _ current: Int?, _ layout: LinesLayout) {
    var canvas = DotCanvas(layout.canvas.size)
    let rows = state.picture.showsAllLines ? Array(chart.rows.entries.indices) : []
    // The row under the cursor comes last, over the others.
    let order = rows.filter { $0 != current } + (current.map { [$0] } ?? [])
    for row in order where layout.rows.visible.contains(row) {
      let ends = chart.columns.entries.indices.map { (column: $0, weight: chart.matrix[row, $0]) }
      let maximum = chart.maximum(row: row)
      let weakest = row == current ? Self.weakest : Self.weakestOfAll
      for end in ends.filter({ $0.weight >= weakest }).sorted(by: { $0.weight < $1.weight }) {
        let tone = colors.tone(end.weight, rowMaximum: maximum, chart)
        func height(_ line: Int) -> Int { (line - layout.canvas.row) * 2 + 1 }
        canvas.line(
          from: Position(column: 0, row: height(layout.rows.line(of: row))),
          to: Position(column: canvas.size.columns * 2 - 1, row: height(layout.columns.line(of: end.column))),
          spacing: spacing(tone), lineStyle(tone, isCurrent: row == current))
      }
    }
    screen.draw(canvas, column: layout.canvas.column, row: layout.canvas.row)
  }

  /// Weak lines are dotted.
  private func spacing(_ tone: Float) -> Int {
    if tone >= 0.15 { return 1 }
    return tone >= 0.05 ? 2 : 3
  }

  private func lineStyle(_ tone: Float, isCurrent: Bool) -> Style {
    guard state.display.depth > .none else { return .plain }
    // The lowest colours of most palettes would be lost on a dark background.
    let color = heat(0.2 + 0.8 * tone)
    let isFaint = state.picture.showsAllLines && !isCurrent && state.display.depth >= .indexed256
    return Style(foreground: isFaint ? color.mixed(with: theme.backdrop, 0.45) : color)
  }

  private mutating func drawLeft(_ row: Int, _ chart: Chart, isCurrent: Bool, _ list: LinesLayout.List) {
    let entry = chart.rows.entries[row]
    let line = list.line(of: row)
    if isCurrent { screen.draw("▶", column: list.area.column + 1, row: line, style: theme.accent) }
    let room = list.area.columns - 4
    let shown = entry.label.truncated(to: room)
    screen.draw(
      shown, column: list.area.endColumn - 1 - shown.displayWidth, row: line,
      style: style(of: entry.kind, isCurrent: isCurrent))
  }

  private mutating func drawRight(
    _ column: Int, _ chart: Chart, _ current: Int?, rowMaximum: Float, _ list: LinesLayout.List
  ) {
    let entry = chart.columns.entries[column]
    let line = Rect(column: list.area.column, row: list.line(of: column), columns: list.area.columns, rows: 1)
    var mark = (text: "   ", style: theme.text)
    var number = ""
    if let current, case .weight(let weight) = chart[current, column] {
      number = Numbers.short(weight)
      let tone = colors.tone(weight, rowMaximum: rowMaximum, chart)
      if state.display.depth > .none, weight >= Self.weakest { mark = ("██ ", Style(foreground: heat(tone))) }
    } else if current != nil {
      number = String(glyphs.masked)
    }
    let isCurrent = current != nil && column == chart.columns.place(of: state.column)
    let width = max(1, line.columns - 8)
    draw(
      [mark] + cell(entry.label, width, style(of: entry.kind, isCurrent: isCurrent)) + [
        (" " + number, isCurrent ? theme.strong : theme.quiet)
      ], in: line)
  }

  /// One line below: what is not drawn.
  private mutating func drawLinesFoot(_ chart: Chart, _ current: Int?, _ layout: LinesLayout) {
    let area = Rect(
      column: self.layout.main.column + 1, row: self.layout.main.endRow - 1, columns: self.layout.main.columns - 1,
      rows: 1)
    var parts = [
      state.picture.showsAllLines
        ? "lines of all rows in sight, from \(Numbers.short(Self.weakestOfAll)) on" : "lines of this row; a draws all",
      "weights below \(Numbers.short(Self.weakest)) have none",
    ]
    let columns = layout.columns.visible
    if columns.count < chart.columns.count {
      parts.insert("\(columns.lowerBound + 1)–\(columns.upperBound) of \(chart.columns.count) in sight", at: 0)
    }
    if chart.rows.count == 0 { parts = ["nothing decoded yet: Space decodes a token"] }
    draw([(fitting(parts + hiddenRemarks, in: area.columns), theme.quiet)], in: area)
  }
}
