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

  /// Unicode's names say which dots a pattern has, 1 to 8.
  @Test func aCellHasEightDots() {
    let dots = [(0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2), (0, 3), (1, 3)]
    for (number, dot) in dots.enumerated() {
      let drawn = Self.drawn(Size(columns: 1, rows: 1)) { $0.set(x: dot.0, y: dot.1, .plain) }
      #expect(drawn[0].unicodeScalars.first?.properties.name == "BRAILLE PATTERN DOTS-\(number + 1)")
    }
    let all = Self.drawn(Size(columns: 1, rows: 1)) { canvas in
      for dot in dots { canvas.set(x: dot.0, y: dot.1, .plain) }
    }
    #expect(all == ["⣿"])
  }

  @Test func linesJoinTheirEnds() {
    let level = Self.drawn(Size(columns: 3, rows: 1)) {
      $0.line(from: Position(column: 0, row: 1), to: Position(column: 5, row: 1), .plain)
    }
    #expect(level == ["⠒⠒⠒"])
    let diagonal = Self.drawn(Size(columns: 2, rows: 1)) {
      $0.line(from: Position(column: 0, row: 0), to: Position(column: 3, row: 3), .plain)
    }
    #expect(diagonal == ["⠑⢄"])
    let rising = Self.drawn(Size(columns: 2, rows: 1)) {
      $0.line(from: Position(column: 0, row: 3), to: Position(column: 3, row: 0), .plain)
    }
    #expect(rising == ["⡠⠊"])
  }

  @Test func everySecondDot() {
    let dotted = Self.drawn(Size(columns: 2, rows: 1)) {
      $0.line(from: Position(column: 0, row: 0), to: Position(column: 3, row: 0), spacing: 2, .plain)
    }
    #expect(dotted == ["⠁⠁"])
  }

  @Test func aThickLineHasItsMiddleWhereAThinOneIs() {
    func line(_ thickness: Int) -> [String] {
      Self.drawn(Size(columns: 1, rows: 1)) {
        $0.line(
          from: Position(column: 0, row: 1), to: Position(column: 1, row: 1), thickness: thickness, .plain)
      }
    }
    #expect(line(1) == ["⠒"])
    #expect(line(2) == ["⠶"])
    #expect(line(3) == ["⠿"])
  }

  @Test func theLastStyleTakesTheWholeCell() {
    var canvas = DotCanvas(Size(columns: 1, rows: 1))
    canvas.set(x: 0, y: 0, Style(attributes: .dim))
    canvas.set(x: 1, y: 1, Style(attributes: .bold))
    var screen = Screen(Size(columns: 1, rows: 1))
    screen.draw(canvas, column: 0, row: 0)
    #expect(screen[column: 0, row: 0].character == "⠐")
    #expect(screen[column: 0, row: 0].style == Style(attributes: .bold))
  }

  @Test func nothingIsDrawnOutside() {
    let text = Self.drawn(Size(columns: 2, rows: 2)) {
      $0.set(x: -1, y: 0, .plain)
      $0.set(x: 4, y: 0, .plain)
      $0.set(x: 0, y: 8, .plain)
      $0.line(from: Position(column: -50, row: -70), to: Position(column: -1, row: -1), .plain)
    }
    #expect(text == ["", ""])
    #expect(Self.drawn(Size(columns: 0, rows: 3)) { $0.set(x: 0, y: 0, .plain) } == ["", "", ""])
  }
}
