import TUI
import Traces

/// How a matrix is fitted into its area: the size of the cells, the place of the labels, and what is in sight.
///
/// Wide columns with words above while there is room; then words on two lines in turn; then narrow columns with upright
/// words; and when all of that is too wide, a part of the columns around the cursor. Rows are three to one lines high,
/// then half a line, and then a part of them is in sight.
struct MatrixLayout: Equatable {
  enum ColumnLabels: Equatable {
    case level
    /// Even columns on the upper line, odd ones on the lower.
    case staggered
    /// One character below the other, in so many lines.
    case upright(Int)
    /// Columns too narrow for a word each: that of the cursor alone.
    case cursorOnly

    var rows: Int {
      switch self {
      case .level, .cursorOnly: 1
      case .staggered: 2
      case .upright(let rows): rows
      }
    }
  }

  /// What has to be fitted.
  struct Content: Equatable {
    /// Display widths of the words above.
    var columnWidths: [Int]
    /// Characters of the longest of them.
    var longestColumn: Int
    /// Display width of the longest word at the left.
    var rowWidth: Int
    /// Steps decoded and steps that may follow.
    var rows: Int
    var cursor: Cursor
    var rowHeight: RowHeight?
    var drawsHalfBlocks: Bool
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
    self.area = area
    let label = min(max(content.rowWidth, 6), max(6, min(18, area.columns / 4)))
    let heights = content.rowHeight.map { [$0] } ?? Self.heights(drawsHalfBlocks: content.drawsHalfBlocks)
    var chosen = Self.fit(content, heights[0], label: label, in: area)
    for height in heights.dropFirst() where !chosen.holdsAllRows {
      chosen = Self.fit(content, height, label: label, in: area)
    }
    if !chosen.holdsAllRows, content.rowHeight == nil {
      chosen = Self.fit(content, .one, label: label, in: area)
    }
    (columnLabels, rowHeight, cellWidth) = (chosen.columns.labels, chosen.height, chosen.columns.width)
    rowLabelWidth = label
    visibleRows = Self.window(
      of: content.rows, around: content.cursor.row, visible: chosen.rowsInSight, even: chosen.height == .half)
    let columns = content.columnWidths.count
    visibleColumns = Self.window(
      of: columns, around: content.cursor.column, visible: chosen.columns.room / max(1, chosen.columns.width))
    cells = Rect(
      column: area.column + area.columns - chosen.columns.room, row: area.row + chosen.columns.labels.rows,
      columns: visibleColumns.count * chosen.columns.width,
      rows: chosen.height.lines(visibleRows.count))
  }

  /// The place of a step's first line, and whether it is the lower half of it.
  func line(ofRow row: Int) -> Int { cells.row + rowHeight.firstLine(row - visibleRows.lowerBound) }

  func column(of column: Int) -> Int { cells.column + (column - visibleColumns.lowerBound) * cellWidth }

  /// The step and source token of a place on the screen; in half rows the upper step of the line.
  func cell(at position: Position) -> (row: Int, column: Int)? {
    guard cells.contains(column: position.column, row: position.row), cellWidth > 0 else { return nil }
    let row = visibleRows.lowerBound + rowHeight.step(ofLine: position.row - cells.row)
    let column = visibleColumns.lowerBound + (position.column - cells.column) / cellWidth
    return visibleRows.contains(row) && visibleColumns.contains(column) ? (row, column) : nil
  }

  /// Whether a number such as `.86` has room in a cell.
  var holdsNumbers: Bool { cellWidth >= 4 && rowHeight >= .one }

  // MARK: Fitting

  private struct Columns: Equatable {
    var labels: ColumnLabels
    var width: Int
    /// Terminal columns for all cells.
    var room: Int
  }

  private struct Fit {
    var height: RowHeight
    var columns: Columns
    var rowsInSight: Int
    var holdsAllRows: Bool
  }

  private static func heights(drawsHalfBlocks: Bool) -> [RowHeight] {
    drawsHalfBlocks ? [.three, .two, .one, .half] : [.three, .two, .one]
  }

  private static func fit(_ content: Content, _ height: RowHeight, label: Int, in area: Rect) -> Fit {
    // The pointer, a space, the word or words, a space.
    let labels = height == .half ? 2 * label + 1 : label
    let room = max(1, area.columns - labels - 3)
    let mayNarrow = content.rowHeight == .half
    let columns = fitColumns(content, room: room, rows: area.rows, mayNarrow: mayNarrow)
    let lines = max(1, area.rows - columns.labels.rows - 1)
    let rowsInSight = max(1, height.steps(inLines: lines))
    return Fit(height: height, columns: columns, rowsInSight: rowsInSight, holdsAllRows: rowsInSight >= content.rows)
  }

  private static func fitColumns(_ content: Content, room: Int, rows: Int, mayNarrow: Bool) -> Columns {
    let count = max(1, content.columnWidths.count)
    let widest = content.columnWidths.max() ?? 1
    let share = room / count
    func columns(_ labels: ColumnLabels, _ width: Int) -> Columns { Columns(labels: labels, width: width, room: room) }
    if share > widest, share >= 4 { return columns(.level, min(share, max(widest + 2, 8))) }
    if share >= 4, staggers(content.columnWidths, width: min(share, 8)) { return columns(.staggered, min(share, 8)) }
    let upright = min(content.longestColumn, rows / 3)
    if upright >= 4 || content.longestColumn < 4 {
      if share >= 2 { return columns(.upright(max(1, upright)), min(share, 5)) }
      if !mayNarrow { return columns(.upright(max(1, upright)), 2) }
      return columns(.cursorOnly, 1)
    }
    return columns(.level, min(max(6, min(widest + 1, 10)), room))
  }

  /// Whether words on two lines in turn do not touch.
  private static func staggers(_ widths: [Int], width: Int) -> Bool {
    guard (widths.max() ?? 0) < 3 * width else { return false }
    return zip(widths, widths.dropFirst(2)).allSatisfy { ($0 + $1 + 1) / 2 < 2 * width }
      && (widths.first ?? 0) <= 2 * width && (widths.last ?? 0) <= 2 * width
  }

  /// As many of `count` as are visible, the cursor near their middle, none of the room wasted at the end.
  private static func window(of count: Int, around cursor: Int, visible: Int, even: Bool = false) -> Range<Int> {
    let visible = max(1, min(visible, count))
    guard count > 0 else { return 0..<0 }
    var first = max(0, min(cursor - visible / 2, count - visible))
    if even { first -= first % 2 }
    return first..<min(count, first + visible)
  }
}

extension RowHeight {
  /// Lines of the terminal that so many steps take.
  func lines(_ steps: Int) -> Int { self == .half ? (steps + 1) / 2 : steps * rawValue }
  /// Steps that fit into so many lines.
  func steps(inLines lines: Int) -> Int { self == .half ? lines * 2 : lines / rawValue }
  func firstLine(_ step: Int) -> Int { self == .half ? step / 2 : step * rawValue }
  func step(ofLine line: Int) -> Int { self == .half ? line * 2 : line / rawValue }
}
