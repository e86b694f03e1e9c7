import TUI

/// Where each picture of a comparison goes: side by side in a wide window, one below the other in a high one.
struct ComparisonLayout: Equatable {
  enum Panel: Equatable {
    case first
    case other(Int)
    case difference
  }

  struct Place: Equatable {
    let panel: Panel
    /// Its heading and the picture under it.
    let area: Rect

    var heading: Rect { area.splitTop(1).top }
    var picture: Rect { area.splitTop(1).rest }
  }

  private static let smallest = Size(columns: 36, rows: 11)

  let places: [Place]
  let isBeside: Bool

  init(_ comparison: Comparison, in area: Rect) {
    let beside = area.columns / Self.smallest.columns
    let below = area.rows / Self.smallest.rows
    let isBeside = beside >= 2
    self.isBeside = isBeside
    let panels = Self.panels(comparison, most: max(1, isBeside ? beside : below))
    let length = isBeside ? area.columns : area.rows
    places = panels.enumerated().map { index, panel in
      let (start, end) = (index * length / panels.count, (index + 1) * length / panels.count)
      // A line between two pictures.
      let gap = index > 0 ? 1 : 0
      let place =
        isBeside
        ? Rect(column: area.column + start + gap, row: area.row, columns: end - start - gap, rows: area.rows)
        : Rect(column: area.column, row: area.row + start + gap, columns: area.columns, rows: end - start - gap)
      return Place(panel: panel, area: place)
    }
  }

  /// The difference comes once there is room for it and the two that it is made of.
  private static func panels(_ comparison: Comparison, most: Int) -> [Panel] {
    if comparison.shows == .difference { return [.difference] }
    let others = comparison.others.indices.map { Panel.other($0) }
    let hasDifference = comparison.shows == .all && most >= 3
    let chosen = Panel.other(comparison.chosen)
    if most == 1 { return [comparison.focus == 0 ? .first : .other(comparison.focus - 1)] }
    let room = most - 1 - (hasDifference ? 1 : 0)
    // The chosen one is always among them; the rest as they were put there.
    let kept = Set([comparison.chosen] + others.indices.filter { others[$0] != chosen }.prefix(max(0, room - 1)))
    return [.first] + kept.sorted().map { .other($0) } + (hasDifference ? [.difference] : [])
  }

  func place(at position: Position) -> Place? {
    places.first { $0.area.contains(column: position.column, row: position.row) }
  }
}

extension ScreenLayout {
  func comparison(_ state: State) -> ComparisonLayout? {
    guard state.picture.view == .comparison, let comparison = state.comparison, !comparison.others.isEmpty else {
      return nil
    }
    return ComparisonLayout(comparison, in: main)
  }

  /// The same screen with its picture in a part of it.
  func with(main: Rect) -> ScreenLayout {
    var layout = self
    layout.main = main
    return layout
  }

  /// A difference fitted into an area.
  static func matrix(_ chart: Chart, at cursor: Position, _ state: State, in area: Rect) -> MatrixLayout {
    MatrixLayout(
      MatrixLayout.Content(
        columnWidths: chart.columns.labelWidths, longestColumn: chart.columns.longestLabel,
        rowWidth: chart.rows.widestLabel, rows: chart.rows.count,
        plannedRows: max(chart.rows.count, state.decode.plannedRows), cursor: cursor,
        rowHeight: state.picture.rowHeight(state.display),
        drawsHalfBlocks: state.display.drawsHalfBlocks, isBinned: state.decode.bin > 1), in: area)
  }
}

extension State {
  /// A press on a picture of the comparison: the decode gets the focus, and the cursor goes to the cell.
  mutating func pressComparison(at position: Position, _ layout: ScreenLayout) {
    guard let place = layout.comparison(self)?.place(at: position), let comparison else { return }
    let picture = layout.with(main: place.picture)
    switch place.panel {
    case .first:
      self.comparison?.focus = 0
      guard let cell = picture.matrix(first)?.cell(at: position), let drawn = decode.drawn else { return }
      go(toRow: drawn.rows.token(at: cell.row), column: drawn.columns.token(at: cell.column))
      self.comparison?.beyond = 0
    case .other(let index):
      self.comparison?.focus = index + 1
      self.comparison?.chosen = index
      guard let side = beside(index), let cell = picture.matrix(side)?.cell(at: position),
        let drawn = side.decode.drawn, let difference = comparison.others[index].difference
      else { return }
      let row = difference.second.rows.place(of: drawn.rows.token(at: cell.row))
      let column = difference.second.columns.place(of: drawn.columns.token(at: cell.column))
      go(
        toRow: difference.rows.firstIndex { $0.second == row },
        column: difference.columns.firstIndex { $0.second == column },
        in: difference)
    case .difference:
      guard let difference = comparison.current?.difference else { return }
      let chart = decode.bin > 1 ? difference.chart.binned(by: decode.bin) : difference.chart
      let matrix = ScreenLayout.matrix(chart, at: self.place(in: difference), self, in: place.picture)
      guard let cell = matrix.cell(at: position) else { return }
      go(toRow: cell.row * decode.bin, column: cell.column * decode.bin, in: difference)
    }
  }

  /// To a place of a difference, as near to it as the first decode comes.
  private mutating func go(toRow row: Int?, column: Int?, in difference: Difference) {
    let row = min(row ?? 0, max(0, difference.rows.count - 1))
    let column = min(column ?? 0, max(0, difference.columns.count - 1))
    let last = difference.rows.indices.last { difference.rows[$0].first != nil } ?? 0
    let first = difference.rows[...row].last { $0.first != nil }?.first ?? 0
    let firstColumn = difference.columns[...column].last { $0.first != nil }?.first ?? 0
    go(toRow: difference.first.rows.token(at: first), column: difference.first.columns.token(at: firstColumn))
    comparison?.beyond = max(0, row - last)
  }
}
