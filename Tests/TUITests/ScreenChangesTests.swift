import TestSupport
import Testing

@testable import TUI

struct ScreenChangesTests {
  private func line(_ text: String, columns: Int = 8) -> Screen {
    var s = Screen(Size(columns: columns, rows: 1))
    s.draw(text, column: 0, row: 0)
    return s
  }

  @Test func nothingChanged() {
    #expect(line("日本x").changes(from: line("日本x")).isEmpty)
  }

  @Test func onlyWhatChanged() {
    let runs = line("abcdefgh").changes(from: line("abXdeYYh"))
    #expect(runs.map(\.column) == [2, 5])
    #expect(runs.map { $0.cells.map(\.character) } == [["c"], ["f", "g"]])
  }

  @Test func styleAloneIsAChange() {
    var styled = line("abc")
    styled.restyle(Rect(column: 1, row: 0, columns: 1, rows: 1)) { $0.attributes = .bold }
    #expect(styled.changes(from: line("abc")).map(\.column) == [1])
  }

  @Test func anotherSizeIsDrawnWhole() {
    #expect(line("abc").changes(from: line("abc", columns: 5)).map(\.cells.count) == [8])
    #expect(line("abc").changes(from: nil).map(\.cells.count) == [8])
  }

  /// Applying the runs to the old screen gives the new one, whatever was drawn, and runs hold whole characters.
  @Test func runsTurnTheOldScreenIntoTheNew() {
    var generator = Fuzzer(seed: 11)
    let texts = ["日本", "ab", "語", "x", "👋🏽 ", "é"]
    var old = Screen(Size(columns: 10, rows: 2))
    for _ in 0..<500 {
      var new = old
      for _ in 0..<2 {
        new.draw(
          texts[Int(generator.next() % 6)], column: Int(generator.next() % 11) - 1, row: Int(generator.next() % 2))
      }
      var patched = old
      for run in new.changes(from: old) {
        #expect(run.cells.first?.width != 0)
        for (offset, cell) in run.cells.enumerated() { patched.cells[run.row * 10 + run.column + offset] = cell }
      }
      #expect(patched == new)
      old = new
    }
  }
}
