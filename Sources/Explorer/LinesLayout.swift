import TUI
import Traces

/// Two lists of tokens with room for lines between them: at the left what looks, at the right what is looked at.
struct LinesLayout: Equatable {
  /// What has to be fitted.
  struct Content: Equatable {
    var rows: Int
    var columns: Int
    /// Display widths of the longest labels.
    var rowWidth: Int
    var columnWidth: Int
    var cursor: Position
  }

  /// One list: which tokens are in sight, and where.
  struct List: Equatable {
    let area: Rect
    let visible: Range<Int>
    /// Lines from one token to the next.
    let pitch: Int
    private let top: Int

    /// In the middle of the height, spread a little where there is room, the cursor in sight.
    init(_ count: Int, around cursor: Int, in area: Rect) {
      self.area = area
      let room = max(1, area.rows)
      pitch = max(1, min(2, (room + 1) / max(1, count)))
      let first = max(0, min(cursor - room / 2, count - room))
      visible = first..<max(first, min(count, first + room))
      top = area.row + max(0, (area.rows - (visible.count * pitch - pitch + 1)) / 2)
    }

    /// The line of a token, also of one out of sight.
    func line(of place: Int) -> Int { top + (place - visible.lowerBound) * pitch }

    func place(at position: Position) -> Int? {
      guard area.contains(column: position.column, row: position.row), position.row >= top else { return nil }
      let place = visible.lowerBound + (position.row - top) / pitch
      return visible.contains(place) ? place : nil
    }
  }

  let rows: List
  let columns: List
  /// Where the lines are drawn.
  let canvas: Rect

  init(_ content: Content, in area: Rect) {
    let most = max(4, area.columns / 3)
    // A pointer before the label; a number and a bar after it.
    let left = min(content.rowWidth, most) + 4
    let right = min(content.columnWidth, most) + 8
    let middle = max(1, area.columns - left - right)
    let (rowArea, rest) = area.splitLeft(left)
    let (canvas, columnArea) = rest.splitLeft(middle)
    self.canvas = canvas
    rows = List(content.rows, around: content.cursor.row, in: rowArea)
    columns = List(content.columns, around: content.cursor.column, in: columnArea)
  }

  func row(at position: Position) -> Int? { rows.place(at: position) }
  func column(at position: Position) -> Int? { columns.place(at: position) }
}

extension ScreenLayout {
  /// The lists of the state in the main area, of which the last line is kept for remarks; nil where there is nothing to
  /// draw.
  func lines(_ state: State) -> LinesLayout? {
    guard state.picture.view == .lines, let chart = state.decode.chart else { return nil }
    let content = LinesLayout.Content(
      rows: chart.rows.count, columns: chart.columns.count, rowWidth: chart.rows.widestLabel,
      columnWidth: chart.columns.widestLabel,
      cursor: Position(column: chart.columns.place(of: state.column), row: chart.rows.place(of: state.row)))
    return LinesLayout(content, in: main.splitTop(main.rows - 1).top)
  }
}
