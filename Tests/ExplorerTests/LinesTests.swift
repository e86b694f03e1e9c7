import TUI
import Testing
import Traces

@testable import Explorer

@Suite struct LinesTests {
  @Test(arguments: [(80, 24), (120, 40), (200, 60), (60, 50)])
  func lines(columns: Int, rows: Int) throws {
    var state = Samples.state(columns, rows)
    _ = Samples.press("3", &state)
    try expectSnapshot("lines-\(columns)x\(rows)", view(state))
  }

  @Test func linesOfAllRowsOfTheEncoder() throws {
    var state = HeadsTests.state(2, 2, (80, 24))
    _ = Samples.press("s3a", &state)
    try expectSnapshot("lines-all-80x24", view(state))
  }

  @Test func aPressGoesToATokenOfEitherList() throws {
    var state = Samples.state(120, 40)
    _ = Samples.press("3", &state)
    let layout = try #require(ScreenLayout(state)?.lines(state))
    let row = Position(column: layout.rows.area.column + 2, row: layout.rows.line(of: 2))
    _ = update(&state, .terminal(.mouse(column: row.column, row: row.row, .press)))
    let column = Position(column: layout.columns.area.column + 3, row: layout.columns.line(of: 7))
    _ = update(&state, .terminal(.mouse(column: column.column, row: column.row, .press)))
    #expect((state.row, state.column) == (2, 7))
  }

  @Test(arguments: [(40, 12), (80, 24), (200, 60)], [1, 12, 100])
  func theCursorIsInSight(_ size: (Int, Int), words: Int) throws {
    var state = Samples.state(size.0, size.1, trace: FakeEngine.long(steps: words, words: words))
    _ = Samples.press("3", &state)
    for keys in ["gg0", "G$"] {
      _ = Samples.press(keys, &state)
      let layout = try #require(ScreenLayout(state)?.lines(state))
      #expect(layout.rows.visible.contains(state.row) && layout.columns.visible.contains(state.column))
      for list in [layout.rows, layout.columns] {
        for place in list.visible { #expect(list.area.row..<list.area.endRow ~= list.line(of: place)) }
      }
      _ = view(state)
    }
  }

  @Test func aMaskedTokenHasNoLine() {
    var state = HeadsTests.state(1, 1, (80, 24), steps: 6)
    _ = Samples.press("ss3gg", &state)
    let text = view(state).text
    #expect(text.contains { $0.contains("masked") } && text.contains { $0.contains("╱") })
  }
}
