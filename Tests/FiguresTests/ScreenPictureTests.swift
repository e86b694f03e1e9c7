import TUI
import Testing

@testable import Figures

@Suite struct ScreenPictureTests {
  private func marks(_ text: String, _ style: Style = .plain) -> [Mark] {
    var screen = Screen(Size(columns: 4, rows: 1))
    screen.draw(text, column: 0, row: 0, style: style)
    return ScreenPicture(foreground: 0xFFFFFF, background: 0).drawing(screen).marks
  }

  private func box(_ column: Double, _ width: Double = 1) -> Box {
    let cell = ScreenPicture.cell
    return Box(x: 6 + column * cell.width, y: 6, width: width * cell.width, height: cell.height)
  }

  @Test func aLetterStandsInItsCell() {
    let style = LetterStyle(size: ScreenPicture.fontSize)
    #expect(
      marks(" a") == [.text(TextMark(text: "a", style: style, x: box(1).x, y: 6, color: 0xFFFFFF))])
  }

  @Test func aWideCharacterTakesTwo() {
    let style = Style(background: Color(hex: 0x202020))
    #expect(marks("日", style).first == .fill(box(0, 2), 0x202020))
    guard case .text(let text)? = marks("日b").last else {
      Issue.record("no text")
      return
    }
    #expect(text.x == box(2).x)
  }

  @Test func halfBlocksMeetWithoutAGap() {
    let style = Style(foreground: Color(hex: 0xFF0000), background: Color(hex: 0x0000FF))
    var upper = box(0)
    upper.height /= 2
    #expect(marks("▀", style) == [.fill(box(0), 0x0000FF), .fill(upper, 0xFF0000)])
  }

  @Test func reverseSwapsTheColours() {
    #expect(marks("█", Style(attributes: .reverse)) == [.fill(box(0), 0xFFFFFF), .fill(box(0), 0)])
  }

  @Test(arguments: [("⠁", 1), ("⣿", 8), ("│", 1), ("▒", 1)]) func shapes(character: Character, count: Int) {
    #expect(CellShape(character)?.parts.count == count)
  }

  @Test func onlyPicturesAreDrawn() {
    #expect(throws: FigureError.self) {
      _ = try ScreenPicture().bytes(of: Screen(Size(columns: 1, rows: 1)), format: .csv)
    }
  }
}
