import TUI
import Traces

/// How a matrix is fitted into its area: the size of the cells, the place of the labels, and what is in sight.
///
/// Wide columns with words above while there is room; then words on two or three lines in turn; then narrow columns with
/// upright words; and when all of that is too wide, a part of the columns around the cursor. Rows are three to one lines
/// high, then half a line, and then a part of them is in sight.
struct MatrixLayout: Equatable {
  /// What has to be fitted.
  struct Content: Equatable {
    /// Display widths of the words above.
    var columnWidths: [Int]
    /// Characters of the longest of them.
    var longestColumn: Int
    /// Display width of the longest word at the left.
    var rowWidth: Int
    /// Rows that must be reachable.
    var rows: Int
    /// Rows to leave room for if there is any.
    var plannedRows: Int
    /// The place under the cursor.
    var cursor: Position
    /// nil for the largest that fits.
    var rowHeight: RowHeight?
    var drawsHalfBlocks: Bool
    /// Bins, which need no words.
    var isBinned = false
  }

  let area: Rect
  let columnLabels: ColumnLabels
  let rowHeight: RowHeight
  let cellWidth: Int
  /// Columns for each word at the left; in half rows there are two of them, for the upper and the lower step.
  let rowLabelWidth: Int
  /// Where the cells are, those in sight alone.
  let cells: Rect
  let visibleColumns: Range<Int>
  let visibleRows: Range<Int>

  init(_ content: Content, in area: Rect) {
    let chosen = Self.choose(content, in: area)
    self.area = area
    (columnLabels, rowHeight, cellWidth) = (chosen.columns.labels, chosen.height, chosen.columns.width)
    rowLabelWidth = chosen.labelWidth
    let rows = max(content.rows, min(content.plannedRows, chosen.rowsInSight))
    visibleRows = Self.window(
      of: rows, around: content.cursor.row, visible: chosen.rowsInSight, even: chosen.height == .half)
    visibleColumns = Self.window(
      of: content.columnWidths.count, around: content.cursor.column,
      visible: chosen.columns.room / max(1, chosen.columns.width))
    cells = Rect(
      column: area.endColumn - chosen.columns.room, row: area.row + chosen.columns.labels.rows,
      columns: visibleColumns.count * chosen.columns.width, rows: chosen.height.lines(visibleRows.count))
  }

  /// The first line of a row; in half rows two rows share one.
  func line(ofRow row: Int) -> Int { cells.row + rowHeight.firstLine(row - visibleRows.lowerBound) }

  func column(of column: Int) -> Int { cells.column + (column - visibleColumns.lowerBound) * cellWidth }

  /// The row and column at a place on the screen; in half rows the upper row of the line.
  func cell(at position: Position) -> (row: Int, column: Int)? {
    guard cells.contains(column: position.column, row: position.row), cellWidth > 0 else { return nil }
    let row = visibleRows.lowerBound + rowHeight.step(ofLine: position.row - cells.row)
    let column = visibleColumns.lowerBound + (position.column - cells.column) / cellWidth
    return visibleRows.contains(row) && visibleColumns.contains(column) ? (row, column) : nil
  }

  /// Whether a number such as `.86` has room in a cell.
  var holdsNumbers: Bool { cellWidth >= 4 && rowHeight >= .one }

  // MARK: Fitting

  private struct Columns {
    var labels: ColumnLabels
    var width: Int
    /// Terminal columns for all cells.
    var room: Int
  }

  private struct Fit {
    var height: RowHeight
    var labelWidth: Int
    var columns: Columns
    var rowsInSight: Int
  }

  private static func choose(_ content: Content, in area: Rect) -> Fit {
    if let height = content.rowHeight { return fit(content, height, in: area) }
    for height in [RowHeight.three, .two, .one] {
      let fit = fit(content, height, in: area)
      // Planned rows are a guess, so a quarter of them may be missing.
      if fit.rowsInSight >= content.rows, height == .one || fit.rowsInSight * 5 >= content.plannedRows * 4 {
        return fit
      }
    }
    let half = fit(content, .half, in: area)
    let isUseful = content.drawsHalfBlocks && area.columns >= 50 && half.rowsInSight >= content.rows
    return isUseful ? half : fit(content, .one, in: area)
  }

  private static func fit(_ content: Content, _ height: RowHeight, in area: Rect) -> Fit {
    let widest = height == .half ? area.columns / 6 : area.columns / 4
    let label = min(max(content.rowWidth, 6), max(6, min(18, widest)))
    // A space, the pointer, a space, the word or words, a space.
    let labels = height == .half ? 2 * label + 1 : label
    let room = max(1, area.columns - labels - 4)
    let columns = fitColumns(content, room: room, left: labels, rows: area.rows)
    let foot = area.rows >= 10 ? 1 : 0
    let lines = max(1, area.rows - columns.labels.rows - foot)
    return Fit(
      height: height, labelWidth: label, columns: columns, rowsInSight: max(1, height.steps(inLines: lines)))
  }

  private static func fitColumns(_ content: Content, room: Int, left: Int, rows: Int) -> Columns {
    let widths = content.columnWidths
    let share = room / max(1, widths.count)
    if content.isBinned { return Columns(labels: .cursorOnly, width: max(1, min(2, share)), room: room) }
    let linesAllowed = rows >= 10 ? 3 : 1
    for count in 1...linesAllowed where share >= (count == 1 ? 4 : 3) {
      let width = min(share, 12)
      let right = room - widths.count * width
      if let labels = ColumnLabels.place(widths, cellWidth: width, lines: count, left: left, right: right) {
        return Columns(labels: labels, width: width, room: room)
      }
    }
    // Upright words give way to steps, but not below six characters or a quarter of the height.
    let upright = min(content.longestColumn, rows / 3, max(6, rows / 4, rows - 1 - content.plannedRows))
    guard upright >= 4 || content.longestColumn < 4 else {
      let width = min(max(5, min((widths.max() ?? 0) + 1, 7)), room)
      return Columns(labels: .cut(widths, cellWidth: width), width: width, room: room)
    }
    if share < 2, content.rowHeight == .half { return Columns(labels: .cursorOnly, width: 1, room: room) }
    return Columns(labels: .upright(max(1, upright)), width: min(max(2, share), 5), room: room)
  }

  /// As many of `count` as are visible, the cursor near their middle, none of the room wasted at the end.
  private static func window(of count: Int, around cursor: Int, visible: Int, even: Bool = false) -> Range<Int> {
    guard count > 0 else { return 0..<0 }
    let visible = max(1, min(visible, count))
    var first = max(0, min(cursor - visible / 2, count - visible))
    if even { first += first % 2 }
    return min(first, count - 1)..<min(count, first + visible)
  }
}

extension RowHeight {
  /// Lines of the terminal that so many steps take.
  func lines(_ steps: Int) -> Int { self == .half ? (steps + 1) / 2 : steps * rawValue }
  /// Steps that fit into so many lines.
  func steps(inLines lines: Int) -> Int { self == .half ? lines * 2 : lines / rawValue }
  /// The first line of a step, counted from the first step in sight.
  func firstLine(_ step: Int) -> Int { self == .half ? step / 2 : step * rawValue }
  /// The first step of a line.
  func step(ofLine line: Int) -> Int { self == .half ? line * 2 : line / rawValue }
}
