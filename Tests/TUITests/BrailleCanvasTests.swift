import TUI
import Testing

@Suite struct BrailleCanvasTests {
  static func drawn(_ size: Size, _ draw: (inout BrailleCanvas) -> Void) -> [String] {
    var canvas = BrailleCanvas(size)
    draw(&canvas)
    var screen = Screen(size)
    screen.draw(canvas, column: 0, row: 0)
    return screen.text
  }

  @Test func dotsAreThoseOfTheUnicodeChart() {
    let dots = [(0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2), (0, 3), (1, 3)]
    for (number, dot) in dots.enumerated() {
      let text = Self.drawn(Size(columns: 1, rows: 1)) { $0.set(x: dot.0, y: dot.1, .plain) }
      #expect(text == [String(Character(Unicode.Scalar(0x2800 + UInt32(1 << number))!))])
    }
  }

  @Test func linesJoinTheirEnds() {
    #expect(
      Self.drawn(Size(columns: 3, rows: 1)) {
        $0.line(from: .init(column: 0, row: 1), to: .init(column: 5, row: 1), .plain)
      } == ["⠒⠒⠒"])
    let diagonal = Self.drawn(Size(columns: 2, rows: 1)) {
      $0.line(from: .init(column: 0, row: 0), to: .init(column: 3, row: 3), .plain)
    }
    #expect(diagonal == ["⠑⢄"])
    let back = Self.drawn(Size(columns: 2, rows: 1)) {
      $0.line(from: .init(column: 3, row: 3), to: .init(column: 0, row: 0), .plain)
    }
    #expect(back == diagonal)
  }

  @Test func everySecondDot() {
    let dotted = Self.drawn(Size(columns: 2, rows: 1)) {
      $0.line(from: .init(column: 0, row: 0), to: .init(column: 3, row: 0), spacing: 2, .plain)
    }
    #expect(dotted == ["⠁⠁"])
  }

  @Test func nothingIsDrawnOutside() {
    let text = Self.drawn(Size(columns: 2, rows: 2)) {
      $0.set(x: -1, y: 0, .plain)
      $0.set(x: 4, y: 0, .plain)
      $0.set(x: 0, y: 8, .plain)
      $0.line(from: .init(column: -50, row: -70), to: .init(column: -1, row: -1), .plain)
      $0.line(from: .init(column: 0, row: 0), to: .init(column: .max / 4, row: 0), .plain)
    }
    #expect(text[1].isEmpty)
    #expect(Self.drawn(Size(columns: 0, rows: 3)) { $0.set(x: 0, y: 0, .plain) } == ["", "", ""])
  }
}
