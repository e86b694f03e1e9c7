/// How the words above the matrix are written.
enum ColumnLabels: Equatable {
  /// Each at its place, on one line or on several in turn.
  case lines([LabelPlace], count: Int)
  /// One character below the other, in so many lines.
  case upright(Int)
  /// Columns too narrow for a word each: that of the cursor alone.
  case cursorOnly

  var rows: Int {
    switch self {
    case .lines(_, let count): count
    case .upright(let rows): rows
    case .cursorOnly: 1
    }
  }
}

/// Where a word lies: its first column, counted from the first cell, and the line from the top.
struct LabelPlace: Equatable {
  var column: Int
  var line: Int
  /// Columns that it may take.
  var width: Int
}

extension ColumnLabels {
  /// Places words of these widths over cells of `cellWidth` on `count` lines in turn; nil if they do not fit.
  ///
  /// A word stands centred over its cell, or further left where the next word on its line needs the room, but always
  /// over the middle of its cell. `left` and `right` columns beside the cells may be used too.
  static func place(_ widths: [Int], cellWidth: Int, lines count: Int, left: Int, right: Int) -> ColumnLabels? {
    var places = widths.indices.map { LabelPlace(column: 0, line: $0 % count, width: widths[$0]) }
    var limits = [Int](repeating: widths.count * cellWidth + right, count: count)
    for index in widths.indices.reversed() {
      let middle = index * cellWidth + (cellWidth - 1) / 2
      let centred = index * cellWidth + (cellWidth - widths[index]) / 2
      let column = min(max(centred, -left), limits[index % count] - widths[index])
      guard column >= -left, column + widths[index] > middle, column <= middle else { return nil }
      places[index].column = column
      limits[index % count] = column - 1
    }
    return .lines(places, count: count)
  }

  /// One line, each word cut to its cell.
  static func cut(_ widths: [Int], cellWidth: Int) -> ColumnLabels {
    let places = widths.enumerated().map { index, width in
      let shown = min(width, cellWidth - 1)
      return LabelPlace(column: index * cellWidth + (cellWidth - shown) / 2, line: 0, width: shown)
    }
    return .lines(places, count: 1)
  }
}
