import TUI
import Traces

extension ScreenLayout {
  /// The matrix of the state fitted into the main area; nil where there is none to draw.
  func matrix(_ state: State) -> MatrixLayout? {
    let decode = state.decode
    guard state.picture.view == .matrix, decode.trace != nil, decode.matrix != nil else { return nil }
    let source = decode.source
    let content = MatrixLayout.Content(
      columnWidths: source.map(\.surface.displayWidth), longestColumn: source.map(\.surface.count).max() ?? 0,
      rowWidth: decode.steps.map { RowLabel($0).text.displayWidth }.max() ?? 0, rows: decode.reachableRows,
      plannedRows: decode.plannedRows, cursor: state.cursor, rowHeight: state.picture.rowHeight,
      drawsHalfBlocks: state.display.drawsHalfBlocks)
    return MatrixLayout(content, in: main)
  }
}

extension Decode {
  /// Rows that must be in reach: the steps, and while more can follow, the next one.
  var reachableRows: Int { hasEnded ? max(1, steps.count) : steps.count + 1 }

  /// Rows to leave room for: a translation is about as long as its source.
  var plannedRows: Int {
    guard let trace, !hasEnded else { return reachableRows }
    return max(reachableRows, min(trace.source.count, trace.lengthLimit))
  }
}

/// The word at the left of a step; a star stands before one that the user chose.
struct RowLabel {
  let text: String

  init(_ step: Step) { text = (step.isForced ? "*" : "") + step.token.surface }
}

/// The heatmap with its words.
extension Painter {
  mutating func drawMatrix() {
    guard let layout = layout.matrix(state), let matrix = state.decode.matrix else { return }
    drawColumnLabels(layout)
    for row in layout.visibleRows {
      drawRowLabel(row, layout)
      guard layout.rowHeight != .half else { continue }
      row < matrix.rows ? drawCells(row, matrix, layout) : drawEmptyRow(row, layout)
    }
    if layout.rowHeight == .half { drawHalfRows(matrix, layout) }
    drawFoot(layout, matrix)
    if state.decode.steps.isEmpty, state.showsWelcome { drawWelcome(layout.cells) }
  }

  func style(of token: Token, isCurrent: Bool) -> Style {
    var style = isCurrent ? theme.accent : token.kind == .special ? theme.quiet : theme.text
    if token.kind == .unknown { style.attributes.insert(.underline) }
    return style
  }

  private mutating func drawColumnLabels(_ layout: MatrixLayout) {
    for column in layout.visibleColumns {
      let isCurrent = column == state.cursor.column && !state.decode.steps.isEmpty
      let token = state.decode.source[column]
      let style = style(of: token, isCurrent: isCurrent)
      switch layout.columnLabels {
      case .lines(let places, _):
        let place = places[column]
        let start = layout.column(of: 0) + place.column
        let word = token.surface.truncated(to: place.width)
        screen.draw(word, column: start, row: layout.area.row + place.line, style: style, clip: layout.area)
      case .upright(let rows):
        drawUpright(token.surface, style, column: layout.column(of: column), rows: rows, layout)
      case .cursorOnly:
        guard isCurrent else { continue }
        let centred = layout.column(of: column) - token.surface.displayWidth / 2
        let start = max(layout.area.column, min(centred, layout.area.endColumn - token.surface.displayWidth))
        screen.draw(token.surface, column: start, row: layout.area.row, style: style, clip: layout.area)
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

  private mutating func drawRowLabel(_ row: Int, _ layout: MatrixLayout) {
    let steps = state.decode.steps
    let isLowerHalf = layout.rowHeight == .half && (row - layout.visibleRows.lowerBound) % 2 == 1
    let line = layout.line(ofRow: row) + (layout.rowHeight == .three ? 1 : 0)
    let start = layout.area.column + 3 + (isLowerHalf ? layout.rowLabelWidth + 1 : 0)
    let isCurrent = row == state.cursor.row && row < steps.count
    if isCurrent {
      screen.draw("▶", column: layout.area.column + 1, row: line, style: theme.accent)
    }
    let text = row < steps.count ? RowLabel(steps[row]).text : "·"
    let style = row < steps.count ? style(of: steps[row].token, isCurrent: isCurrent) : theme.quiet
    let shown = text.truncated(to: layout.rowLabelWidth)
    let column = start + layout.rowLabelWidth - shown.displayWidth
    screen.draw(shown, column: column, row: line, style: style, clip: layout.area)
  }

  private mutating func drawEmptyRow(_ row: Int, _ layout: MatrixLayout) {
    let top = layout.line(ofRow: row)
    let lines = layout.rowHeight.lines(1)
    let area = Rect(column: layout.cells.column, row: top, columns: layout.cells.columns, rows: lines)
    screen.fill(area, style: theme.emptyCell)
    // Without a background of their own, empty cells are dots.
    guard theme.emptyCell == .plain, state.display.isUTF8 else { return }
    for column in layout.visibleColumns {
      let middle = layout.column(of: column) + layout.cellWidth / 2
      screen.draw("·", column: middle, row: top + (lines - 1) / 2, style: theme.quiet)
    }
  }

  /// One line under the cells: how the decode ended, and what is out of sight.
  private mutating func drawFoot(_ layout: MatrixLayout, _ matrix: AttentionMatrix) {
    guard layout.cells.endRow < layout.area.endRow else { return }
    var parts: [String] = []
    switch state.decode.trace?.ending {
    case .lengthLimit?: parts.append("cut off at the length limit of \(matrix.rows) tokens, before the end token")
    case .endToken?: parts.append("■ ended after \(matrix.rows) " + (matrix.rows == 1 ? "token" : "tokens"))
    default: break
    }
    let columns = layout.visibleColumns
    if columns.count < matrix.columns {
      parts.append("source \(columns.lowerBound + 1)–\(columns.upperBound) of \(matrix.columns)")
    }
    let rows = layout.visibleRows
    if rows.count < state.decode.reachableRows {
      parts.append("steps \(rows.lowerBound + 1)–\(min(rows.upperBound, matrix.rows)) of \(matrix.rows)")
    }
    if columns.count < matrix.columns, state.cursor.row < matrix.rows {
      let seen = columns.reduce(Float(0)) { $0 + matrix[state.cursor.row, $1] }
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
