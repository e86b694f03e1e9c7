import TUI
import Testing
import Traces

@testable import Explorer

@Suite struct LayoutTests {
  static let sizes = [(40, 12), (60, 50), (72, 20), (80, 24), (100, 30), (120, 40), (200, 60)]
    .map { Size(columns: $0, rows: $1) }

  @Test(arguments: sizes)
  func partsLieInsideTheWindowAndApart(_ size: Size) throws {
    let layout = try #require(ScreenLayout(size))
    let window = Rect(size)
    var taken = Set<Position>()
    let parts = [layout.title, layout.sentence, layout.main, layout.status, layout.hints]
    for part in parts + [layout.side, layout.legend, layout.rule].compactMap({ $0 }) {
      #expect(!part.isEmpty && part.intersection(window) == part)
      for row in part.row..<part.endRow {
        for column in part.column..<part.endColumn {
          #expect(taken.insert(Position(column: column, row: row)).inserted)
        }
      }
    }
  }

  @Test func aWindowTooSmallHasNoLayout() {
    #expect(ScreenLayout(Size(columns: 39, rows: 12)) == nil)
    #expect(ScreenLayout(Size(columns: 40, rows: 11)) == nil)
    #expect(ScreenLayout(Size(columns: 0, rows: 0)) == nil)
  }

  @Test(arguments: [
    (Size(columns: 120, rows: 34), 7, 6, RowHeight.two),
    (Size(columns: 200, rows: 60), 7, 11, .three),
    (Size(columns: 80, rows: 24), 7, 3, .one),
    (Size(columns: 80, rows: 24), 0, 3, .one),
  ])
  func cellsUseTheRoom(_ size: Size, steps: Int, width: Int, height: RowHeight) throws {
    let state = Samples.state(size.columns, size.rows, trace: Samples.trace(steps: steps))
    let matrix = try #require(ScreenLayout(state)?.matrix(state))
    #expect(matrix.cellWidth == width && matrix.rowHeight == height)
    #expect(matrix.visibleColumns == 0..<12)
  }

  @Test(arguments: sizes, [1, 3, 12, 40, 120])
  func everyStepAndTokenCanBeSeen(_ size: Size, words: Int) throws {
    let trace = FakeEngine.long(steps: words, words: words)
    for height in [nil] + RowHeight.allCases {
      for cursor in [(0, 0), (words / 2, words / 2), (words - 1, words + 1)] {
        var state = Samples.state(size.columns, size.rows, trace: trace)
        state.picture.zoom = height?.rawValue
        state.cursor = Cursor(step: cursor.0, source: cursor.1)
        let matrix = try #require(ScreenLayout(state)?.matrix(state))
        #expect(matrix.visibleRows.contains(cursor.0) && matrix.visibleColumns.contains(cursor.1))
        #expect(matrix.cells.intersection(matrix.area) == matrix.cells)
        let place = Position(column: matrix.column(of: cursor.1), row: matrix.line(ofRow: cursor.0))
        let found = try #require(matrix.cell(at: place))
        #expect(found.column == cursor.1)
        #expect(found.row == cursor.0 || (matrix.rowHeight == .half && found.row == cursor.0 - 1))
      }
    }
  }

  @Test func rowsGrowSmallerAsTheTargetGrows() throws {
    let heights = [3, 12, 20, 40, 80].map { words -> RowHeight? in
      let state = Samples.state(120, 40, trace: FakeEngine.long(steps: words, words: words))
      return ScreenLayout(state)?.matrix(state)?.rowHeight
    }
    #expect(heights == [.three, .two, .one, .half, .one])
  }

  // MARK: Words above

  @Test func wordsStandOverTheirCells() throws {
    let labels = try #require(ColumnLabels.place([3, 4, 3], cellWidth: 6, lines: 1, left: 0, right: 0))
    #expect(
      labels
        == .lines(
          [3, 4, 3].enumerated().map { index, width in
            LabelPlace(column: index * 6 + (6 - width) / 2, line: 0, width: width)
          }, count: 1))
  }

  @Test(arguments: [2, 3, 4, 6, 9], [1, 2, 3])
  func placedWordsNeverTouch(cellWidth: Int, lines: Int) {
    let widths = [7, 3, 4, 3, 4, 2, 3, 3, 5, 5, 1, 5]
    guard
      case .lines(let places, _)? = ColumnLabels.place(widths, cellWidth: cellWidth, lines: lines, left: 6, right: 2)
    else { return }
    for line in 0..<lines {
      let words = places.filter { $0.line == line }
      #expect(zip(words, words.dropFirst()).allSatisfy { $0.column + $0.width < $1.column })
    }
    for (index, place) in places.enumerated() {
      let middle = index * cellWidth + (cellWidth - 1) / 2
      #expect(place.column <= middle && middle < place.column + place.width)
      #expect(place.column >= -6 && place.column + place.width <= widths.count * cellWidth + 2)
    }
  }

  @Test func wordsTooWideForTheirCellsAreNotPlaced() {
    #expect(ColumnLabels.place([9, 9, 9], cellWidth: 4, lines: 2, left: 0, right: 0) == nil)
    #expect(ColumnLabels.place([9, 9, 9], cellWidth: 4, lines: 3, left: 4, right: 4) != nil)
  }
}
