import TUI
import Traces

/// Moving about in the picture.
extension State {
  mutating func move(_ action: Action) {
    cursor.follows = false
    snapshots?.cursor = nil
    if moveBeyond(action) { return }
    switch picture.view {
    case .heads: moveHead(action)
    case .maths: moveInTable(action)
    case .tokens: moveStep(action)
    case .tensors: moveTensors(action)
    case .matrix, .lines, .comparison: moveCell(action)
    }
    clampCursor()
  }

  /// Along the places that are drawn; a bin is entered at its strongest cell.
  private mutating func moveCell(_ action: Action) {
    guard let drawn = picture.view == .lines ? decode.chart : decode.drawn else { return moveStep(action) }
    func rows(_ offset: Int) -> Int { drawn.rows.token(at: drawn.rows.place(of: row) + offset) }
    func columns(_ offset: Int) -> Int { drawn.columns.token(at: drawn.columns.place(of: column) + offset) }
    switch action {
    case .left: column = columns(-1)
    case .right: column = columns(1)
    case .up: row = rows(-1)
    case .down: row = rows(1)
    case .firstColumn: column = drawn.columns.token(at: 0)
    case .lastColumn: column = drawn.columns.token(at: drawn.columns.count - 1)
    case .firstRow: row = drawn.rows.token(at: 0)
    case .lastRow: row = drawn.rows.token(at: drawn.rows.count - 1)
    case .pageUp: row = rows(-halfPage)
    case .pageDown: row = rows(halfPage)
    case .strongest: column = strongestColumn(row: row) ?? column
    case .nextChange: return moveToChange(by: 1)
    case .previousChange: return moveToChange(by: -1)
    default: break
    }
    if decode.bin > 1, picture.view != .lines, action != .strongest { enterBin(drawn) }
  }

  /// To the strongest cell of the bin under the cursor, so that its number is the one that is drawn.
  private mutating func enterBin(_ drawn: Chart) {
    guard let chart = decode.chart, drawn.rows.count > 0, drawn.columns.count > 0 else { return }
    let rows = drawn.rows.entries[drawn.rows.place(of: row)].tokens
    let columns = drawn.columns.entries[drawn.columns.place(of: column)].tokens
    var strongest = -Float.infinity
    for line in chart.rows.entries.indices where rows.contains(chart.rows.entries[line].tokens.lowerBound) {
      for place in chart.columns.entries.indices where columns.contains(chart.columns.entries[place].tokens.lowerBound)
      {
        let value = chart.values[line * chart.columns.count + place]
        guard value > strongest else { continue }
        strongest = value
        row = chart.rows.token(at: line)
        column = chart.columns.token(at: place)
      }
    }
  }

  /// Down the table of a row that is worked through, and sideways from one row to the next.
  private mutating func moveInTable(_ action: Action) {
    guard let matrix = decode.matrix else { return }
    switch action {
    case .left: row -= 1
    case .right: row += 1
    case .up: column -= 1
    case .down: column += 1
    case .firstColumn: row = 0
    case .lastColumn: row = matrix.rows - 1
    case .firstRow: column = 0
    case .lastRow: column = matrix.columns - 1
    case .pageUp: column -= halfPage
    case .pageDown: column += halfPage
    default: moveCell(action)
    }
    if decode.site != .encoder { row = max(0, row) }
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

  /// Over the grid as it is sorted.
  private mutating func moveHead(_ action: Action) {
    guard let ranking = decode.ranking, let head = decode.head else { return }
    let page = halfPage
    var place = ranking.place(layer: head.layer, head: head.head)
    switch action {
    case .left: place.column -= 1
    case .right: place.column += 1
    case .up: place.row -= 1
    case .down: place.row += 1
    case .firstColumn: place.column = 0
    case .lastColumn: place.column = ranking.layout.heads - 1
    case .firstRow: place.row = 0
    case .lastRow: place.row = ranking.layout.layers - 1
    case .pageUp: place.row -= page
    case .pageDown: place.row += page
    default: break
    }
    let next = ranking.head(at: place)
    changeHead { head, _ in (head.layer, head.head, head.extent) = (next.layer, next.head, .head) }
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

  /// How the matrix is fitted in: alone, or among those of a comparison.
  var matrixLayout: MatrixLayout? {
    guard let layout = ScreenLayout(self) else { return nil }
    guard picture.view == .comparison else { return layout.matrix(self) }
    guard let places = layout.comparison(self)?.places else { return nil }
    return (places.first { $0.panel == .first } ?? places.first).flatMap { layout.with(main: $0.picture).matrix(first) }
  }

  private var halfPage: Int {
    guard let layout = ScreenLayout(self) else { return 1 }
    let rows =
      switch picture.view {
      case .matrix, .comparison: matrixLayout?.visibleRows.count
      case .heads: layout.heads(self)?.visibleRows.count
      case .lines: layout.lines(self)?.rows.visible.count
      case .maths, .tokens, .tensors: layout.main.rows
      }
    return max(1, (rows ?? 2) / 2)
  }

  /// The first token of the strongest column of a token's row.
  func strongestColumn(row: Int) -> Int? {
    guard let chart = decode.chart, chart.rows.count > 0 else { return nil }
    return chart.matrix.strongestColumn(row: chart.rows.place(of: row)).map { chart.columns.token(at: $0) }
  }

  /// To the nearest row whose strongest column differs from this one's.
  private mutating func moveToChange(by direction: Int) {
    guard let chart = decode.chart, chart.rows.count > 0 else { return }
    let here = strongestColumn(row: row)
    var place = chart.rows.place(of: row) + direction
    while place >= 0, place < chart.rows.count {
      let token = chart.rows.token(at: place)
      if let found = strongestColumn(row: token), found != here {
        (row, column) = (token, found)
        return
      }
      place += direction
    }
    notice = Notice(kind: .information, text: "no further row with another strongest column")
  }
}

extension Chart {
  /// Columns of a row by falling weight, masked ones left out.
  func columnsByWeight(row: Int) -> [Int] {
    matrix.columnsByWeight(row: row).filter { values[row * columns.count + $0] != Chart.masked }
  }
}
