import Inspection
import TUI

/// What keys do in the view of tensors.
extension State {
  mutating func takeMeasured(_ statistics: TensorStatistics?) {
    if let name = tensors.measuring { tensors.statistics[name] = .some(statistics) }
    tensors.measuring = nil
  }

  mutating func take(_ tile: MatrixTile?) {
    tensors.tile = tile
    tensors.tileKey = tensors.reading
    tensors.reading = nil
  }

  /// Asks for what the view of tensors needs and does not have. It is looked at after every event, so that nothing else
  /// has to think of it.
  mutating func lookAtTensors() -> [Command] {
    // A snapshot may have taken the model's place.
    if let path = model?.model.path, tensors.path != path { tensors = Tensors(path: path) }
    guard picture.view == .tensors, let path = tensors.path else { return [] }
    guard tensors.checkpoint != nil else {
      guard tensors.failure == nil, jobs.running[.inspecting] == nil else { return [] }
      return ask(.inspecting, .inspect(path: path), label: "reading the headers of \(Self.lastName(of: path))")
    }
    guard let tensor = tensors.tensor, tensor.isNumeric, tensors.unread[tensor.name] == nil else { return [] }
    var commands: [Command] = []
    if tensors.statistics[tensor.name] == nil, tensors.measuring != tensor.name {
      tensors.measuring = tensor.name
      commands += ask(.measuring, .measure(path: path, tensor: tensor.name), label: "measuring \(tensor.name)")
    }
    if let wanted = tensors.wantedTile, tensors.tileKey != wanted, tensors.reading != wanted {
      tensors.reading = wanted
      let request = FileRequest.tile(path: path, tensor: tensor.name, wanted.request)
      commands += ask(.reading, request, label: "reading \(tensor.name)")
    }
    return commands
  }

  /// The numbers of the tensor under the cursor are not to be read, until the view is left and entered again.
  mutating func leaveUnread(_ why: String) {
    for name in [tensors.measuring, tensors.reading?.tensor].compactMap({ $0 }) { tensors.unread[name] = why }
    (tensors.measuring, tensors.reading) = (nil, nil)
  }

  // MARK: Keys

  /// Folds or unfolds a branch, and opens a tensor as a matrix.
  mutating func openTensor() {
    guard let line = tensors.treeLine else { return }
    guard let tensor = tensors.tensor else { return tensors.toggle(line.path) }
    guard tensor.isNumeric, tensor.count > 0 else {
      let why = tensor.count == 0 ? "it is empty" : "single numbers of \(tensor.type) cannot be read"
      notice = Notice(kind: .information, text: "\(tensor.name): \(why)")
      return
    }
    tensors.unread[tensor.name] = nil
    tensors.isOpen = true
  }

  mutating func moveTensors(_ action: Action) {
    guard !tensors.isOpen else { return moveTensorCell(action) }
    let page = max(1, (ScreenLayout(self)?.tensors(self).list.rows ?? 2) / 2)
    switch action {
    case .up: tensors.move(to: tensors.line - 1)
    case .down: tensors.move(to: tensors.line + 1)
    case .left: tensors.goOut()
    case .right: tensors.goIn()
    case .firstRow: tensors.move(to: 0)
    case .lastRow: tensors.move(to: tensors.count - 1)
    case .pageUp: tensors.move(to: tensors.line - page)
    case .pageDown: tensors.move(to: tensors.line + page)
    default: break
    }
  }

  mutating func findTensor(by offset: Int) {
    guard let (number, count) = tensors.find(search.text, by: offset) else {
      notice = Notice(kind: .failure, text: "no tensor with “\(search.text)” in its name")
      return
    }
    notice = Notice(kind: .information, text: "\(number) of \(count) with “\(search.text)” in its name")
  }

  /// Over the bins as they are drawn.
  private mutating func moveTensorCell(_ action: Action) {
    guard let grid = ScreenLayout(self)?.tensorGrid(self) else { return }
    let tile = grid.tile
    var (row, column) = (tensors.cell.row, tensors.cell.column)
    switch action {
    case .up: row -= tile.rowStep
    case .down: row += tile.rowStep
    case .left: column -= tile.columnStep
    case .right: column += tile.columnStep
    case .firstColumn: column = tile.columns.lowerBound
    case .lastColumn: column = tile.columns.upperBound - 1
    case .firstRow: row = tile.rows.lowerBound
    case .lastRow: row = tile.rows.upperBound - 1
    case .pageUp: row -= tile.rowStep * max(1, tile.binRows / 4)
    case .pageDown: row += tile.rowStep * max(1, tile.binRows / 4)
    default: break
    }
    tensors.cell = Position(column: column.clamped(to: tile.columns), row: row.clamped(to: tile.rows))
  }

  /// Half as much of the matrix around the cursor, or twice as much.
  mutating func zoomTensor(by offset: Int) {
    guard let grid = ScreenLayout(self)?.tensorGrid(self) else { return }
    let tile = grid.tile
    if offset > 0, !tile.isBinned {
      notice = Notice(kind: .information, text: "every number has its own place already")
    } else if offset < 0, tensors.region == nil {
      notice = Notice(kind: .information, text: "all of it is in sight")
    } else {
      func part(_ range: Range<Int>, _ whole: Int, _ here: Int, _ step: Int) -> Range<Int> {
        // A side that needs no bins stays as it is.
        if offset > 0, step == 1 { return range }
        let count = offset > 0 ? max(1, range.count / 2) : min(whole, range.count * 2)
        let start = max(0, min(whole - count, here - count / 2))
        return start..<start + count
      }
      let rows = part(tile.rows, tile.size.rows, tensors.cell.row, tile.rowStep)
      let columns = part(tile.columns, tile.size.columns, tensors.cell.column, tile.columnStep)
      let isAll = rows.count == tile.size.rows && columns.count == tile.size.columns
      tensors.region = isAll ? nil : TileRequest(rows: rows, columns: columns, most: Tensors.mostBins)
    }
  }

  /// A press selects a line or a bin; on the line under the cursor it is Enter.
  mutating func pressTensors(at position: Position, _ layout: ScreenLayout) {
    if tensors.isOpen {
      guard let grid = layout.tensorGrid(self), let bin = grid.bin(at: position) else { return }
      let cells = grid.tile.cells(bin.row, bin.column)
      tensors.cell = Position(column: cells.columns.lowerBound, row: cells.rows.lowerBound)
      return
    }
    let list = layout.tensors(self)
    guard list.list.contains(column: position.column, row: position.row) else { return }
    let line = list.visible.lowerBound + position.row - list.list.row
    guard list.visible.contains(line) else { return }
    if line == tensors.line { openTensor() } else { tensors.move(to: line) }
  }
}

extension Int {
  /// The nearest number in a range that is not empty.
  fileprivate func clamped(to range: Range<Int>) -> Int {
    Swift.max(range.lowerBound, Swift.min(range.upperBound - 1, self))
  }
}
