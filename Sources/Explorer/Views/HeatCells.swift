import TUI
import Traces

/// The cells of the heatmap.
extension Painter {
  /// The cells of one row, one to three lines high.
  mutating func drawCells(_ row: Int, _ chart: Chart, _ layout: MatrixLayout) {
    let lines = layout.rowHeight.lines(1)
    for column in layout.visibleColumns {
      let area = Rect(
        column: layout.column(of: column), row: layout.line(ofRow: row), columns: layout.cellWidth, rows: lines)
      let style = fill(area, row, column, chart, showsNumber: layout.holdsNumbers)
      if isCurrent(row: row, chart), isCurrent(column: column, chart) { drawCursor(area, style) }
    }
  }

  /// Draws one cell and returns the style for what is on it.
  private mutating func fill(_ area: Rect, _ row: Int, _ column: Int, _ chart: Chart, showsNumber: Bool) -> Style {
    switch chart[row, column] {
    case .weight(let weight):
      let style = fill(area, with: tone(weight, row, chart), chart, isDimmed: isDimmed(row, column, chart))
      if state.settings.values == .on, showsNumber { drawNumber(weight, chart, in: area, style) }
      return style
    case .masked:
      screen.fill(area, with: glyphs.masked, style: theme.masked)
      return theme.masked
    case .pending:
      screen.fill(area, style: theme.emptyCell)
      // Without a background of their own, empty cells are dots.
      if theme.emptyCell == .plain, state.display.isUTF8 {
        let middle = area.column + area.columns / 2
        screen.draw("·", column: middle, row: area.row + (area.rows - 1) / 2, style: theme.quiet)
      }
      return theme.emptyCell
    }
  }

  /// Where a weight lies on the palette, 0 to 1.
  func tone(_ weight: Float, _ row: Int, _ chart: Chart) -> Float {
    let maximum = chart.maximum(row: row)
    return chart.isDifference
      ? state.settings.scale.position(difference: weight, rowMaximum: maximum)
      : state.settings.scale.position(weight, rowMaximum: maximum)
  }

  /// The colour at a place of the palette that fits the chart.
  func heat(_ tone: Float, _ chart: Chart) -> Color {
    chart.isDifference ? theme.differences.color(at: tone, depth: state.display.depth) : heat(tone)
  }

  /// Whether a cell belongs to a special token that is to step back.
  private func isDimmed(_ row: Int, _ column: Int, _ chart: Chart) -> Bool {
    guard state.settings.specialTokens == .dimmed, row < chart.rows.count, column < chart.columns.count else {
      return false
    }
    return chart.rows.entries[row].kind == .special || chart.columns.entries[column].kind == .special
  }

  /// Half the colour.
  private func dimmed(_ color: Color) -> Color {
    guard state.display.depth >= .indexed256 else { return color }
    return color.mixed(with: theme.backdrop, 0.65)
  }

  private mutating func drawNumber(_ weight: Float, _ chart: Chart, in area: Rect, _ style: Style) {
    let difference = Chart.difference(at: weight)
    let size = chart.isDifference ? abs(difference) : weight
    guard size >= 0.01 else { return }
    let text = chart.isDifference ? Numbers.change(difference) : Numbers.short(weight)
    guard text.count <= area.columns else { return }
    let left = area.column + (area.columns - text.count + 1) / 2
    screen.draw(text, column: left, row: area.row + (area.rows - 1) / 2, style: numberStyle(size, style))
  }

  /// Fills one cell with its colour, or its glyph where there are no colours, and returns the style for what is on it.
  private mutating func fill(_ area: Rect, with tone: Float, _ chart: Chart, isDimmed: Bool) -> Style {
    guard state.display.depth > .none else {
      let glyph =
        chart.isDifference
        ? DifferenceRamp.glyph(at: tone) : GlyphRamp.glyph(at: tone, isUTF8: state.display.isUTF8)
      screen.fill(area, with: glyph)
      return .plain
    }
    let background = isDimmed ? dimmed(heat(tone, chart)) : heat(tone, chart)
    let style = Style(foreground: background.contrastingText, background: background)
    screen.fill(area, style: style)
    return style
  }

  /// Small numbers step back, so that the large ones carry the picture.
  private func numberStyle(_ weight: Float, _ style: Style) -> Style {
    guard state.display.depth >= .indexed256, weight < 0.1 else { return style }
    var faded = style
    faded.foreground = style.foreground.mixed(with: style.background, 0.45)
    return faded
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
    for row in stride(from: layout.visibleRows.lowerBound, to: layout.visibleRows.upperBound, by: 2) {
      for column in layout.visibleColumns {
        let upper = halfColor(row, column, chart)
        let lower = row + 1 < layout.visibleRows.upperBound ? halfColor(row + 1, column, chart) : .terminal
        let area = Rect(
          column: layout.column(of: column), row: layout.line(ofRow: row), columns: layout.cellWidth, rows: 1)
        screen.fill(area, with: "▀", style: Style(foreground: upper, background: lower))
        guard isCurrent(column: column, chart) else { continue }
        if isCurrent(row: row, chart) { drawHalfCursor(area, isUpper: true) }
        if isCurrent(row: row + 1, chart) { drawHalfCursor(area, isUpper: false) }
      }
    }
  }

  private func halfColor(_ row: Int, _ column: Int, _ chart: Chart) -> Color {
    let cell = chart[row, column]
    guard case .weight(let weight) = cell else { return halfColor(cell, tone: 0) }
    let color = heat(tone(weight, row, chart), chart)
    return isDimmed(row, column, chart) ? dimmed(color) : color
  }

  func halfColor(_ cell: Chart.Cell, tone: Float) -> Color {
    switch cell {
    case .weight: heat(tone)
    case .masked: theme.masked.background
    case .pending: theme.emptyCell.background
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
