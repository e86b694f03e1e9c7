import TUI
import Traces

/// Moving about in the picture.
extension State {
  mutating func move(_ action: Action) {
    cursor.follows = false
    switch action {
    case .left: cursor.column -= 1
    case .right: cursor.column += 1
    case .up: cursor.row -= 1
    case .down: cursor.row += 1
    case .firstColumn: cursor.column = 0
    case .lastColumn: cursor.column = .max
    case .firstRow: cursor.row = 0
    case .lastRow: cursor.row = .max
    case .pageUp: cursor.row -= halfPage
    case .pageDown: cursor.row += halfPage
    case .strongest: cursor.column = strongestColumn(row: cursor.row) ?? cursor.column
    case .nextChange: moveToChange(by: 1)
    case .previousChange: moveToChange(by: -1)
    default: break
    }
    clampCursor()
  }

  /// Keeps the cursor on a decoded step and a source token, or at 0 where there are none.
  mutating func clampCursor() {
    cursor.row = min(max(0, cursor.row), max(0, decode.steps.count - 1))
    cursor.column = min(max(0, cursor.column), max(0, decode.source.count - 1))
    if let count = currentStep?.candidates.count { candidate = min(candidate, max(0, count - 1)) }
  }

  /// A press on a cell goes there; the wheel goes up and down.
  mutating func mouse(_ position: Position, _ action: MouseAction) {
    guard context == .matrix else { return }
    switch action {
    case .scrollUp: move(.up)
    case .scrollDown: move(.down)
    case .release: break
    case .press:
      guard let layout = ScreenLayout(self)?.matrix(self), let cell = layout.cell(at: position) else { return }
      cursor = Cursor(row: cell.row, column: cell.column, follows: false)
      clampCursor()
    }
  }

  private var halfPage: Int {
    guard let layout = ScreenLayout(self) else { return 1 }
    let rows = picture.view == .matrix ? layout.matrix(self)?.visibleRows.count : layout.main.rows
    return max(1, (rows ?? 2) / 2)
  }

  private func strongestColumn(row: Int) -> Int? {
    guard let matrix = decode.matrix, row < matrix.rows else { return nil }
    return matrix.strongestColumn(row: row)
  }

  /// To the nearest step whose strongest source token differs from this one's.
  private mutating func moveToChange(by direction: Int) {
    let here = strongestColumn(row: cursor.row)
    var row = cursor.row + direction
    while decode.steps.indices.contains(row) {
      if let column = strongestColumn(row: row), column != here {
        cursor.row = row
        cursor.column = column
        return
      }
      row += direction
    }
    notice = Notice(kind: .information, text: "no further step with another strongest token")
  }
}
