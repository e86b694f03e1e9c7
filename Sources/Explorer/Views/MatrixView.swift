import TUI
import Traces

extension ScreenLayout {
  /// The matrix of the state fitted into the main area; nil where there is none to draw.
  func matrix(_ state: State) -> MatrixLayout? {
    guard state.picture.view == .matrix, state.decode.trace != nil, let chart = state.decode.chart else { return nil }
    let columns = chart.columns.entries.map(\.label)
    let content = MatrixLayout.Content(
      columnWidths: columns.map(\.displayWidth) + state.decode.pendingColumns.map { _ in 1 },
      longestColumn: columns.map(\.count).max() ?? 0,
      rowWidth: chart.rows.entries.map(\.label.displayWidth).max() ?? 0, rows: state.decode.reachableRows,
      plannedRows: state.decode.plannedRows,
      cursor: Position(column: chart.columns.place(of: state.column), row: chart.rows.place(of: state.row)),
      rowHeight: state.picture.rowHeight, drawsHalfBlocks: state.display.drawsHalfBlocks)
    return MatrixLayout(content, in: main)
  }
}

extension Decode {
  /// Rows that must be in reach: those that there are, and while more steps can follow, the next one.
  var reachableRows: Int {
    let count = chart?.rows.count ?? 0
    return site == .encoder || hasEnded ? max(1, count) : count + 1
  }

  /// Rows to leave room for: a translation is about as long as its source.
  var plannedRows: Int {
    guard site != .encoder, let trace, !hasEnded else { return reachableRows }
    return max(reachableRows, min(trace.source.count, trace.lengthLimit))
  }

  /// Columns to leave room for beside those that there are: the decoder's grow with its rows.
  var pendingColumns: Range<Int> {
    let count = chart?.columns.count ?? 0
    return count..<(site == .decoder ? max(count, plannedRows) : count)
  }
}

/// The heatmap with its words.
extension Painter {
  mutating func drawMatrix() {
    guard let layout = layout.matrix(state), let chart = state.decode.chart else { return }
    drawColumnLabels(chart, layout)
    for row in layout.visibleRows {
      drawRowLabel(row, chart, layout)
      if layout.rowHeight != .half { drawCells(row, chart, layout) }
    }
    if layout.rowHeight == .half { drawHalfRows(chart, layout) }
    drawFoot(layout)
    if state.decode.steps.isEmpty, state.showsWelcome, state.decode.site != .encoder { drawWelcome(layout.cells) }
  }

  func style(of token: Token, isCurrent: Bool) -> Style { style(of: token.kind, isCurrent: isCurrent) }

  func style(of kind: Token.Kind, isCurrent: Bool) -> Style {
    var style = isCurrent ? theme.accent : kind == .special ? theme.quiet : theme.text
    if kind == .unknown { style.attributes.insert(.underline) }
    return style
  }

  /// Whether a place of the chart is that of the cursor.
  func isCurrent(row: Int, _ chart: Chart) -> Bool {
    chart.rows.count > 0 && row == chart.rows.place(of: state.row)
  }

  func isCurrent(column: Int, _ chart: Chart) -> Bool {
    chart.rows.count > 0 && column == chart.columns.place(of: state.column)
  }

  private mutating func drawColumnLabels(_ chart: Chart, _ layout: MatrixLayout) {
    for column in layout.visibleColumns.clamped(to: 0..<chart.columns.count) {
      let isCurrent = isCurrent(column: column, chart)
      let entry = chart.columns.entries[column]
      let style = style(of: entry.kind, isCurrent: isCurrent)
      switch layout.columnLabels {
      case .lines(let places, _):
        let place = places[column]
        let start = layout.column(of: 0) + place.column
        let word = entry.label.truncated(to: place.width)
        screen.draw(word, column: start, row: layout.area.row + place.line, style: style, clip: layout.area)
      case .upright(let rows):
        drawUpright(entry.label, style, column: layout.column(of: column), rows: rows, layout)
      case .cursorOnly:
        guard isCurrent else { continue }
        let centred = layout.column(of: column) - entry.label.displayWidth / 2
        let start = max(layout.area.column, min(centred, layout.area.endColumn - entry.label.displayWidth))
        screen.draw(entry.label, column: start, row: layout.area.row, style: style, clip: layout.area)
      }
    }
  }

  /// A word downwards, ending just above its cells.
  private mutating func drawUpright(
    _ word: String, _ style: Style, column: Int, rows: Int, _ layout: MatrixLayout
  ) {
    let characters = word.count > rows ? Array(word.prefix(rows - 1)) + ["…"] : Array(word)
    for (index, character) in characters.enumerated() {
      let start = column + max(0, (layout.cellWidth - character.displayWidth) / 2)
      let row = layout.area.row + rows - characters.count + index
      screen.draw(String(character), column: start, row: row, style: style, clip: layout.area)
    }
  }

  private mutating func drawRowLabel(_ row: Int, _ chart: Chart, _ layout: MatrixLayout) {
    let isLowerHalf = layout.rowHeight == .half && (row - layout.visibleRows.lowerBound) % 2 == 1
    let line = layout.line(ofRow: row) + (layout.rowHeight == .three ? 1 : 0)
    let start = layout.area.column + 3 + (isLowerHalf ? layout.rowLabelWidth + 1 : 0)
    let isCurrent = isCurrent(row: row, chart)
    if isCurrent { screen.draw("▶", column: layout.area.column + 1, row: line, style: theme.accent) }
    let entry = row < chart.rows.count ? chart.rows.entries[row] : nil
    let style = entry.map { self.style(of: $0.kind, isCurrent: isCurrent) } ?? theme.quiet
    let shown = (entry?.label ?? "·").truncated(to: layout.rowLabelWidth)
    let column = start + layout.rowLabelWidth - shown.displayWidth
    screen.draw(shown, column: column, row: line, style: style, clip: layout.area)
  }

  /// One line under the cells: how the decode ended, and what is out of sight.
  private mutating func drawFoot(_ layout: MatrixLayout) {
    guard layout.cells.endRow < layout.area.endRow, let matrix = state.decode.matrix else { return }
    var parts: [String] = []
    let count = state.decode.steps.count
    switch state.decode.trace?.ending {
    case .lengthLimit?: parts.append("cut off at the length limit of \(count) tokens, before the end token")
    case .endToken?: parts.append("■ ended after \(count) " + (count == 1 ? "token" : "tokens"))
    default: break
    }
    let site = state.decode.site
    let columns = layout.visibleColumns.clamped(to: 0..<matrix.columns)
    if columns.count < matrix.columns {
      let what = site == .decoder ? "read" : "source"
      parts.append("\(what) \(columns.lowerBound + 1)–\(columns.upperBound) of \(matrix.columns)")
    }
    let rows = layout.visibleRows
    if rows.count < state.decode.reachableRows {
      let what = site == .encoder ? "rows" : "steps"
      parts.append("\(what) \(rows.lowerBound + 1)–\(min(rows.upperBound, matrix.rows)) of \(matrix.rows)")
    }
    if columns.count < matrix.columns, state.row < matrix.rows {
      let seen = columns.reduce(Float(0)) { $0 + matrix[state.row, $1] }
      parts.append("\(Numbers.short(max(0, 1 - seen))) of this row is out of sight")
    }
    let line = Rect(
      column: layout.area.column + 1, row: layout.cells.endRow, columns: layout.area.columns - 1, rows: 1)
    let hasHitLimit = state.decode.trace?.ending == .lengthLimit
    draw([(fitting(parts, in: line.columns), hasHitLimit ? theme.failure : theme.quiet)], in: line)
  }

  private mutating func drawWelcome(_ cells: Rect) {
    let style = theme.emptyCell
    var key = theme.accent
    key.background = style.background
    let isWide = cells.columns >= 50
    drawCentred(
      [
        [("Space ", key), (isWide ? " decode one token and see where the model looks" : " decode one token", style)],
        [("r     ", key), (isWide ? " run to the end" : " run to the end   ", style)],
        [("i     ", key), (" type a sentence  ", style), ("?", key), (" help", style)],
      ], in: cells)
  }
}
