/// Neighbouring cells of one row that must be drawn anew.
public struct CellRun: Sendable, Hashable {
  public let row: Int
  public let column: Int
  public let cells: [Cell]
}

extension Screen {
  /// The runs of cells that differ from what is shown, from top to bottom and left to right.
  ///
  /// A run starts and ends at whole characters. Where `shown` is missing or of another size, every row is one run.
  public func changes(from shown: Screen?) -> [CellRun] {
    guard let shown, shown.size == size else {
      guard size.columns > 0 else { return [] }
      return (0..<size.rows).map { CellRun(row: $0, column: 0, cells: Array(row($0))) }
    }
    return (0..<size.rows).flatMap { changes(inRow: $0, from: shown) }
  }

  private func changes(inRow row: Int, from shown: Screen) -> [CellRun] {
    let start = row * size.columns
    let end = start + size.columns
    var runs: [CellRun] = []
    var index = start
    while index < end {
      guard cells[index] != shown.cells[index] else {
        index += 1
        continue
      }
      var first = index
      if cells[first].width == 0, first > start { first -= 1 }
      while index < end, cells[index] != shown.cells[index] || cells[index].width == 0 { index += 1 }
      runs.append(CellRun(row: row, column: first - start, cells: Array(cells[first..<index])))
    }
    return runs
  }
}
