import TUI
import Traces

/// The cells of the heatmap.
extension Painter {
  /// The cells of one row, one to three lines high.
  mutating func drawCells(_ row: Int, _ chart: Chart, _ layout: MatrixLayout) {
    let lines = layout.rowHeight.lines(1)
    let maximum = chart.maximum(row: row)
    let current = isCurrent(row: row, chart) ? currentColumn(chart) : nil
    for column in layout.visibleColumns {
      let area = Rect(
        column: layout.column(of: column), row: layout.line(ofRow: row), columns: layout.cellWidth, rows: lines)
      let style: Style
      switch chart[row, column] {
      case .weight(let weight):
        let tone = colors.tone(weight, rowMaximum: maximum, chart)
        style = fill(area, colors.color(at: tone, row, column, chart), tone: tone, chart)
        if layout.holdsNumbers, state.settings.values == .on { drawNumber(weight, chart, in: area, style) }
      case .masked:
        screen.fill(area, with: glyphs.masked, style: theme.masked)
        style = theme.masked
      case .pending:
        style = fillPending(area)
      }
      if column == current { drawCursor(area, style) }
    }
  }

  private mutating func fillPending(_ area: Rect) -> Style {
    screen.fill(area, style: theme.emptyCell)
    // Without a background of their own, empty cells are dots.
    if theme.emptyCell == .plain, state.display.isUTF8 {
      let middle = area.column + area.columns / 2
      screen.draw("·", column: middle, row: area.row + (area.rows - 1) / 2, style: theme.quiet)
    }
    return theme.emptyCell
  }

  private mutating func drawNumber(_ weight: Float, _ chart: Chart, in area: Rect, _ style: Style) {
    let difference = Chart.difference(at: weight)
    let size = chart.isDifference ? abs(difference) : weight
    guard size >= 0.01 else { return }
    let text = chart.isDifference ? Numbers.change(difference) : Numbers.short(weight)
    guard text.count <= area.columns else { return }
    let left = area.column + (area.columns - text.count + 1) / 2
    screen.draw(text, column: left, row: area.row + (area.rows - 1) / 2, style: colors.number(size, on: style))
  }

  /// Fills one cell with its colour, or its glyph where there are no colours, and returns the style for what is on it.
  private mutating func fill(_ area: Rect, _ background: Color, tone: Float, _ chart: Chart) -> Style {
    guard state.display.depth > .none else {
      let glyph =
        chart.isDifference
        ? DifferenceRamp.glyph(at: tone) : GlyphRamp.glyph(at: tone, isUTF8: state.display.isUTF8)
      screen.fill(area, with: glyph)
      return .plain
    }
    let style = Style(foreground: background.contrastingText, background: background)
    screen.fill(area, style: style)
    return style
  }

  /// Marks the two sides of a cell.
  private mutating func drawCursor(_ area: Rect, _ style: Style) {
    var edge = style
    edge.attributes.insert(.bold)
    // White reads as a frame on all but the brightest cells, where black does.
    if let luminance = style.background.luminance { edge.foreground = Color(hex: luminance < 0.6 ? 0xFFFFFF : 0) }
    guard area.columns > 1 else {
      screen.draw("•", column: area.column, row: area.row, style: edge)
      return
    }
    for row in area.row..<area.endRow {
      screen.draw(glyphs.cursorLeft, column: area.column, row: row, style: edge)
      // Four columns have room for a number and one edge.
      if area.columns != 4 { screen.draw(glyphs.cursorRight, column: area.endColumn - 1, row: row, style: edge) }
    }
  }

  /// Two rows in each line: the upper one as the half block, the lower one as its background.
  mutating func drawHalfRows(_ chart: Chart, _ layout: MatrixLayout) {
    let colors = colors
    let current = currentColumn(chart)
    for row in stride(from: layout.visibleRows.lowerBound, to: layout.visibleRows.upperBound, by: 2) {
      let hasLower = row + 1 < layout.visibleRows.upperBound
      let maxima = (chart.maximum(row: row), chart.maximum(row: row + 1))
      for column in layout.visibleColumns {
        let upper = colors.half(row, column, rowMaximum: maxima.0, chart)
        let lower = hasLower ? colors.half(row + 1, column, rowMaximum: maxima.1, chart) : .terminal
        let area = Rect(
          column: layout.column(of: column), row: layout.line(ofRow: row), columns: layout.cellWidth, rows: 1)
        screen.fill(area, with: "▀", style: Style(foreground: upper, background: lower))
        guard column == current else { continue }
        if isCurrent(row: row, chart) { drawHalfCursor(area, isUpper: true) }
        if isCurrent(row: row + 1, chart) { drawHalfCursor(area, isUpper: false) }
      }
    }
  }

  /// The left edge of the half cell under the cursor.
  private mutating func drawHalfCursor(_ area: Rect, isUpper: Bool) {
    screen.restyle(Rect(column: area.column, row: area.row, columns: 1, rows: 1)) {
      let mark = (isUpper ? $0.foreground : $0.background).contrastingText
      if isUpper { $0.foreground = mark } else { $0.background = mark }
    }
  }
}

extension HeatColors {
  /// The colour of half a cell.
  fileprivate func half(_ row: Int, _ column: Int, rowMaximum: Float, _ chart: Chart) -> Color {
    let cell = chart[row, column]
    guard case .weight(let weight) = cell else { return color(cell, tone: 0) }
    return color(at: tone(weight, rowMaximum: rowMaximum, chart), row, column, chart)
  }
}
