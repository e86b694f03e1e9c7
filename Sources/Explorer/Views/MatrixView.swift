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
      rowWidth: decode.steps.map { RowLabel($0).text.displayWidth }.max() ?? 0, rows: decode.plannedRows,
      cursor: state.cursor, rowHeight: state.picture.rowHeight, drawsHalfBlocks: state.display.drawsHalfBlocks)
    return MatrixLayout(content, in: main)
  }
}

extension Decode {
  /// Rows of the picture: the steps, and while more can follow, empty ones up to about the length of the source.
  var plannedRows: Int {
    guard let trace else { return 0 }
    guard trace.ending == .open else { return max(1, trace.steps.count) }
    return max(trace.steps.count + 1, min(trace.source.count, trace.lengthLimit))
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
    let source = state.decode.source
    for column in layout.visibleColumns {
      let isCurrent = column == state.cursor.column
      let style = style(of: source[column], isCurrent: isCurrent)
      let word = source[column].surface
      let left = layout.column(of: column)
      switch layout.columnLabels {
      case .level: drawLevel(word, style, column: left, width: layout.cellWidth, row: layout.area.row, layout)
      case .staggered:
        let row = layout.area.row + column % 2
        drawLevel(word, style, column: left, width: layout.cellWidth, room: 2 * layout.cellWidth, row: row, layout)
      case .upright(let rows): drawUpright(word, style, column: left, rows: rows, layout)
      case .cursorOnly:
        guard isCurrent else { continue }
        drawLevel(word, style, column: left, width: 1, room: 40, row: layout.area.row, layout)
      }
    }
  }

  /// A word centred over its cells, moved inwards at the edges.
  private mutating func drawLevel(
    _ word: String, _ style: Style, column: Int, width: Int, room: Int? = nil, row: Int, _ layout: MatrixLayout
  ) {
    let shown = word.truncated(to: room.map { $0 - 1 } ?? (width - 1))
    let centred = column + (width - shown.displayWidth) / 2
    let start = max(layout.cells.column, min(centred, layout.area.endColumn - shown.displayWidth))
    screen.draw(shown, column: start, row: row, style: style, clip: layout.area)
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
    let start = layout.area.column + 2 + (isLowerHalf ? layout.rowLabelWidth + 1 : 0)
    let isCurrent = row == state.cursor.row && row < steps.count
    if isCurrent {
      screen.draw("▶", column: layout.area.column, row: line, style: theme.accent)
    }
    let text = row < steps.count ? RowLabel(steps[row]).text : "·"
    let style = row < steps.count ? style(of: steps[row].token, isCurrent: isCurrent) : theme.quiet
    let shown = text.truncated(to: layout.rowLabelWidth)
    let column = start + layout.rowLabelWidth - shown.displayWidth
    screen.draw(shown, column: column, row: line, style: style, clip: layout.area)
  }

  private mutating func drawEmptyRow(_ row: Int, _ layout: MatrixLayout) {
    let lines = layout.rowHeight.lines(1)
    screen.fill(
      Rect(column: layout.cells.column, row: layout.line(ofRow: row), columns: layout.cells.columns, rows: lines),
      style: theme.emptyCell)
  }

  /// One line under the cells: how the decode ended, and what is out of sight.
  private mutating func drawFoot(_ layout: MatrixLayout, _ matrix: AttentionMatrix) {
    let area = layout.area
    guard layout.cells.endRow < area.endRow else { return }
    let line = Rect(
      column: layout.cells.column, row: layout.cells.endRow, columns: area.endColumn - layout.cells.column, rows: 1)
    var parts: [Piece] = []
    if layout.visibleColumns.count < matrix.columns {
      let shown = layout.visibleColumns
      parts.append(("source \(shown.lowerBound + 1)–\(shown.upperBound) of \(matrix.columns)", theme.text))
      if state.cursor.row < matrix.rows {
        let seen = shown.reduce(Float(0)) { $0 + matrix[state.cursor.row, $1] }
        parts.append((" (\(Numbers.short(max(0, 1 - seen))) of this row is out of sight)", theme.quiet))
      }
    }
    let planned = state.decode.plannedRows
    if layout.visibleRows.count < planned {
      let shown = layout.visibleRows
      let text = "steps \(shown.lowerBound + 1)–\(shown.upperBound) of \(planned)"
      parts.append(((parts.isEmpty ? "" : " · ") + text, theme.text))
    }
    if parts.isEmpty, let trace = state.decode.trace, trace.ending == .lengthLimit {
      let text = "cut off at the limit of \(trace.lengthLimit) tokens, before the end token"
      parts.append((text, theme.failure))
    }
    draw(parts, in: line)
  }

  private mutating func drawWelcome(_ cells: Rect) {
    let style = theme.emptyCell
    var key = theme.accent
    key.background = style.background
    let lines: [[Piece]] = [
      [("Space ", key), (" decode one token and see where the model looks", style)],
      [("r     ", key), (" run to the end", style)],
      [("i     ", key), (" type a sentence of your own        ", style), ("?", key), (" help", style)],
    ]
    drawCentred(lines, in: cells)
  }
}
