import TUI
import Testing

@Suite struct DotCanvasTests {
  static func drawn(_ size: Size, _ draw: (inout DotCanvas) -> Void) -> [String] {
    var canvas = DotCanvas(size)
    draw(&canvas)
    var screen = Screen(size)
    screen.draw(canvas, column: 0, row: 0)
    return screen.text
  }

  @Test func aCellHasFourDots() {
    for (dot, quadrant) in [((0, 0), "▘"), ((1, 0), "▝"), ((0, 1), "▖"), ((1, 1), "▗")] {
      #expect(Self.drawn(Size(columns: 1, rows: 1)) { $0.set(x: dot.0, y: dot.1, .plain) } == [quadrant])
    }
    let all = Self.drawn(Size(columns: 1, rows: 1)) { canvas in
      for dot in 0..<4 { canvas.set(x: dot % 2, y: dot / 2, .plain) }
    }
    #expect(all == ["█"])
  }

  @Test func linesJoinTheirEnds() {
    let level = Self.drawn(Size(columns: 3, rows: 1)) {
      $0.line(from: Position(column: 0, row: 1), to: Position(column: 5, row: 1), .plain)
    }
    #expect(level == ["▄▄▄"])
    let diagonal = Self.drawn(Size(columns: 2, rows: 2)) {
      $0.line(from: Position(column: 0, row: 0), to: Position(column: 3, row: 3), .plain)
    }
    #expect(diagonal == ["▚", " ▚"])
    let rising = Self.drawn(Size(columns: 2, rows: 2)) {
      $0.line(from: Position(column: 0, row: 3), to: Position(column: 3, row: 0), .plain)
    }
    #expect(rising == [" ▞", "▞"])
  }

  @Test func everySecondDot() {
    let dotted = Self.drawn(Size(columns: 2, rows: 1)) {
      $0.line(from: Position(column: 0, row: 0), to: Position(column: 3, row: 0), spacing: 2, .plain)
    }
    #expect(dotted == ["▘▘"])
  }

  @Test func theLastStyleTakesTheWholeCell() {
    var canvas = DotCanvas(Size(columns: 1, rows: 1))
    canvas.set(x: 0, y: 0, Style(attributes: .dim))
    canvas.set(x: 1, y: 1, Style(attributes: .bold))
    var screen = Screen(Size(columns: 1, rows: 1))
    screen.draw(canvas, column: 0, row: 0)
    #expect(screen[column: 0, row: 0].character == "▗")
    #expect(screen[column: 0, row: 0].style == Style(attributes: .bold))
  }

  @Test func nothingIsDrawnOutside() {
    let text = Self.drawn(Size(columns: 2, rows: 2)) {
      $0.set(x: -1, y: 0, .plain)
      $0.set(x: 4, y: 0, .plain)
      $0.set(x: 0, y: 4, .plain)
      $0.line(from: Position(column: -50, row: -70), to: Position(column: -1, row: -1), .plain)
    }
    #expect(text == ["", ""])
    #expect(Self.drawn(Size(columns: 0, rows: 3)) { $0.set(x: 0, y: 0, .plain) } == ["", "", ""])
  }
}
