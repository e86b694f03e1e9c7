import TUI
import Traces

/// Moving about in the picture.
extension State {
  mutating func move(_ action: Action) {
    cursor.follows = false
    switch picture.view {
    case .heads: moveHead(action)
    case .tokens: moveStep(action)
    case .matrix: moveCell(action)
    }
    clampCursor()
  }

  private mutating func moveCell(_ action: Action) {
    guard let chart = decode.chart else { return moveStep(action) }
    func rows(_ offset: Int) -> Int { chart.rows.token(at: chart.rows.place(of: row) + offset) }
    func columns(_ offset: Int) -> Int { chart.columns.token(at: chart.columns.place(of: column) + offset) }
    switch action {
    case .left: column = columns(-1)
    case .right: column = columns(1)
    case .up: row = rows(-1)
    case .down: row = rows(1)
    case .firstColumn: column = chart.columns.token(at: 0)
    case .lastColumn: column = chart.columns.token(at: .max)
    case .firstRow: row = chart.rows.token(at: 0)
    case .lastRow: row = chart.rows.token(at: .max)
    case .pageUp: row = rows(-halfPage)
    case .pageDown: row = rows(halfPage)
    case .strongest: column = strongestColumn(row: row) ?? column
    case .nextChange: moveToChange(by: 1)
    case .previousChange: moveToChange(by: -1)
    default: break
    }
  }

  private mutating func moveStep(_ action: Action) {
    cursor.step = max(0, cursor.step)
    switch action {
    case .up: cursor.step -= 1
    case .down: cursor.step += 1
    case .firstRow: cursor.step = 0
    case .lastRow: cursor.step = decode.steps.count - 1
    case .pageUp: cursor.step -= halfPage
    case .pageDown: cursor.step += halfPage
    case .nextChange: moveToChange(by: 1)
    case .previousChange: moveToChange(by: -1)
    default: break
    }
  }

  private mutating func moveHead(_ action: Action) {
    let page = halfPage
    changeHead { head, layout in
      head.extent = .head
      switch action {
      case .left: head.head -= 1
      case .right: head.head += 1
      case .up: head.layer -= 1
      case .down: head.layer += 1
      case .firstColumn: head.head = 0
      case .lastColumn: head.head = .max
      case .firstRow: head.layer = 0
      case .lastRow: head.layer = .max
      case .pageUp: head.layer -= page
      case .pageDown: head.layer += page
      default: break
      }
      head.clamp(to: layout)
    }
  }

  /// Keeps the cursor on a decoded step and on tokens that there are, or at 0 where there are none.
  mutating func clampCursor() {
    func clamp(_ index: Int, _ count: Int) -> Int { min(max(0, index), max(0, count - 1)) }
    let earlier = decode.site == .decoder ? promptRows : 0
    let steps = decode.steps.count
    cursor.step = max(-earlier, min(cursor.step, max(0, steps - 1)))
    if steps == 0, earlier > 0 { cursor.step = min(-1, cursor.step) }
    cursor.read = clamp(cursor.read, promptRows + steps)
    cursor.source = clamp(cursor.source, decode.source.count)
    cursor.query = clamp(cursor.query, decode.source.count)
    if let count = currentStep?.candidates.count { candidate = clamp(candidate, count) }
  }

  /// A press on a cell or a thumbnail goes there, a press on the thumbnail under the cursor opens it; the wheel goes up
  /// and down.
  mutating func mouse(_ position: Position, _ action: MouseAction) {
    guard focus == .view, helpLine == nil else { return }
    switch action {
    case .scrollUp: move(.up)
    case .scrollDown: move(.down)
    case .release: break
    case .press: picture.view == .heads ? pressHead(at: position) : pressCell(at: position)
    }
  }

  private mutating func pressCell(at position: Position) {
    guard let chart = decode.chart, let place = ScreenLayout(self)?.matrix(self)?.cell(at: position) else { return }
    row = chart.rows.token(at: place.row)
    column = chart.columns.token(at: place.column)
    cursor.follows = false
    clampCursor()
  }

  private mutating func pressHead(at position: Position) {
    guard let place = ScreenLayout(self)?.heads(self)?.head(at: position), var head = decode.head else { return }
    let isCurrent = head.extent == .head && (head.layer, head.head) == (place.layer, place.head)
    if isCurrent { return openHead() }
    (head.layer, head.head, head.extent) = (place.layer, place.head, .head)
    decode.look(at: head)
  }

  private var halfPage: Int {
    guard let layout = ScreenLayout(self) else { return 1 }
    let rows =
      switch picture.view {
      case .matrix: layout.matrix(self)?.visibleRows.count
      case .heads: layout.heads(self)?.visibleLayers.count
      case .tokens: layout.main.rows
      }
    return max(1, (rows ?? 2) / 2)
  }

  func strongestColumn(row: Int) -> Int? {
    guard let matrix = decode.matrix, row < matrix.rows else { return nil }
    return matrix.strongestColumn(row: row)
  }

  /// To the nearest row whose strongest column differs from this one's.
  private mutating func moveToChange(by direction: Int) {
    let here = strongestColumn(row: row)
    var next = row + direction
    while next >= 0, next < decode.matrix?.rows ?? 0 {
      if let found = strongestColumn(row: next), found != here {
        (row, column) = (next, found)
        return
      }
      next += direction
    }
    notice = Notice(kind: .information, text: "no further row with another strongest column")
  }
}
