import Inspection
import TUI

/// Where the tree, and what is known of the tensor under the cursor, are drawn.
struct TensorsLayout: Equatable {
  /// Why there is no attention to see; empty where there is.
  let reason: Rect
  let list: Rect
  /// nil where there is no room.
  let panel: Rect?
  let panelIsBelow: Bool
  let visible: Range<Int>

  init(_ main: Rect, line: Int, count: Int, reason text: String?) {
    let area = main.inset(columns: 1)
    let lines = text?.wrapped(to: area.columns).count ?? 0
    // A blank line after it where there is room.
    let (head, rest) = area.splitTop(main.rows >= 12 && lines > 0 ? min(3, lines) + 1 : min(1, lines))
    reason = head
    if rest.columns >= 96 {
      let (left, right) = rest.splitLeft(rest.columns - min(72, rest.columns * 9 / 20))
      (list, panel, panelIsBelow) = (left, right, false)
    } else if rest.rows >= 14 {
      let (upper, lower) = rest.splitTop(rest.rows - max(8, rest.rows / 2))
      (list, panel, panelIsBelow) = (upper, lower, true)
    } else {
      (list, panel, panelIsBelow) = (rest, nil, false)
    }
    var window = ScrollWindow(first: line - list.rows / 2)
    visible = window.show(line, of: count, visible: list.rows)
  }
}

/// A matrix of numbers in an area: which bins are drawn, how large, and where.
struct TensorGrid: Equatable {
  /// As it is drawn, one bin a place.
  let tile: MatrixTile
  /// Where the bins are.
  let cells: Rect
  let cellWidth: Int
  /// Two rows of bins in each line.
  let isHalf: Bool
  /// Columns at the left for the numbers of rows; 0 for none.
  let labelWidth: Int

  /// - Parameter hasLabels: whether rows and columns are to be numbered.
  init(_ whole: MatrixTile, in area: Rect, drawsHalfBlocks: Bool, hasLabels: Bool) {
    let label = hasLabels ? String(max(0, whole.size.rows - 1)).count + 1 : 0
    let (_, right) = area.splitLeft(label)
    let room = right.splitTop(hasLabels ? 1 : 0).rest
    labelWidth = label
    let columns = max(1, room.columns)
    // Numbers have room in cells of eight columns.
    let width = min(8, columns / max(1, whole.binColumns))
    let fitsWhole = width >= 2 && whole.binRows <= room.rows
    isHalf = drawsHalfBlocks && !fitsWhole
    let lines = max(1, isHalf ? room.rows * 2 : room.rows)
    func factor(_ bins: Int, _ places: Int) -> Int { max(1, (bins + places - 1) / places) }
    tile = whole.pooled(rows: factor(whole.binRows, lines), columns: factor(whole.binColumns, columns))
    cellWidth = max(1, min(fitsWhole ? 8 : 2, columns / max(1, tile.binColumns)))
    cells = Rect(
      column: room.column, row: room.row, columns: min(room.columns, tile.binColumns * cellWidth),
      rows: min(room.rows, isHalf ? (tile.binRows + 1) / 2 : tile.binRows))
  }

  /// Whether a number has room in a cell.
  var holdsNumbers: Bool { cellWidth >= 7 && !tile.isBinned }

  func bin(at position: Position) -> Position? {
    guard cells.contains(column: position.column, row: position.row) else { return nil }
    let row = (position.row - cells.row) * (isHalf ? 2 : 1)
    let column = (position.column - cells.column) / cellWidth
    return row < tile.binRows && column < tile.binColumns ? Position(column: column, row: row) : nil
  }

  /// The bin of a number of the matrix; nil for one that is not in the tile.
  func bin(of cell: Position) -> Position? {
    guard tile.rows.contains(cell.row), tile.columns.contains(cell.column) else { return nil }
    return Position(
      column: (cell.column - tile.columns.lowerBound) / tile.columnStep,
      row: (cell.row - tile.rows.lowerBound) / tile.rowStep)
  }
}

extension ScreenLayout {
  func tensors(_ state: State) -> TensorsLayout {
    TensorsLayout(
      main, line: state.tensors.line, count: state.tensors.count, reason: reason(state))
  }

  /// Why there is no attention to see; nil where there is. The path stands above it already.
  func reason(_ state: State) -> String? {
    guard let reason = state.whyNoModel else { return nil }
    let path = (state.tensors.path ?? "") + ": "
    return "no attention to see: " + (reason.hasPrefix(path) ? String(reason.dropFirst(path.count)) : reason)
  }

  /// The open matrix; nil while there is none.
  func tensorGrid(_ state: State) -> TensorGrid? {
    guard state.tensors.isOpen, let tile = state.tensors.shownTile, !tile.values.isEmpty else { return nil }
    let area = main.inset(columns: 1)
    // A line above for the name, one below for what is binned.
    let room = area.splitTop(1).rest.splitTop(area.rows - 2).top
    return TensorGrid(tile, in: room, drawsHalfBlocks: state.display.drawsHalfBlocks, hasLabels: true)
  }
}
