import Testing

@testable import TUI

struct WidgetTests {
  @Test(
    arguments: [
      (0, "    "), (1, "████"), (0.5, "██  "), (0.28125, "█▏  "), (0.21875, "▉   "), (-1, "    "), (9, "████"),
      (.nan, "    "),
    ] as [(Float, String)])
  func barsInEighths(fraction: Float, expected: String) {
    #expect(barText(fraction, columns: 4, isUTF8: true) == expected)
  }

  @Test(arguments: [(0, "    "), (0.01, "#   "), (0.5, "##  "), (1, "####"), (.infinity, "####")] as [(Float, String)])
  func barsInASCII(fraction: Float, expected: String) {
    #expect(barText(fraction, columns: 4, isUTF8: false) == expected)
  }

  @Test func barsWithoutRoom() {
    #expect(barText(1, columns: 0, isUTF8: true) == "")
    #expect(barText(1, columns: -2, isUTF8: false) == "")
  }

  @Test func scrollingMovesAsLittleAsNeeded() {
    var window = ScrollWindow()
    let steps: [(selected: Int, count: Int, visible: Int, seen: Range<Int>)] = [
      (2, 10, 4, 0..<4),
      (4, 10, 4, 1..<5),
      (3, 10, 4, 1..<5),
      (0, 10, 4, 0..<4),
      (99, 10, 4, 6..<10),
      (9, 10, 8, 2..<10),
      (1, 3, 8, 0..<3),
      (0, 0, 4, 0..<0),
      (0, 5, 0, 0..<0),
    ]
    for step in steps {
      let seen = window.show(step.selected, of: step.count, visible: step.visible)
      #expect(seen == step.seen)
    }
  }

  @Test func rectangles() {
    let rect = Rect(column: 2, row: 1, columns: 10, rows: 5)
    #expect(rect.splitLeft(3).rest == Rect(column: 5, row: 1, columns: 7, rows: 5))
    #expect(rect.splitTop(99).rest.isEmpty)
    #expect(rect.inset(columns: 6).isEmpty)
    #expect(rect.intersection(Rect(columns: 4, rows: 2)) == Rect(column: 2, row: 1, columns: 2, rows: 1))
    #expect(rect.intersection(Rect(columns: 1, rows: 1)).isEmpty)
  }
}
