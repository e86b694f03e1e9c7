import TestSupport
import Testing

@testable import TUI

struct ScreenTests {
  private func screen(_ columns: Int, _ rows: Int = 1) -> Screen { Screen(Size(columns: columns, rows: rows)) }

  @Test func textIsClippedAtBothEdges() {
    var s = screen(4)
    s.draw("abcdef", column: -1, row: 0)
    #expect(s.text == ["bcde"])
    s.draw("xyz", column: 3, row: 0)
    #expect(s.text == ["bcdx"])
    s.draw("out", column: 0, row: 1)
    s.draw("out", column: 0, row: -1)
    #expect(s.text == ["bcdx"])
  }

  @Test func wideCharactersAreNeverHalved() {
    var s = screen(3)
    s.draw("日本", column: 0, row: 0)
    #expect(s.text == ["日"])
    #expect(s[column: 2, row: 0].character == " ")
    s = screen(3)
    s.draw("日本", column: -1, row: 0)
    #expect(s.text == [" 本"])
  }

  @Test func overwritingOneHalfBlanksTheOther() {
    var s = screen(4)
    s.draw("日本", column: 0, row: 0)
    s.draw("x", column: 1, row: 0)
    #expect(s.text == [" x本"])
    s.draw("y", column: 2, row: 0)
    #expect(s.text == [" xy"])
    s.draw("日本", column: 0, row: 0)
    s.draw("語", column: 1, row: 0)
    #expect(s.text == [" 語"])
    #expect(s[column: 3, row: 0] == .blank())
  }

  /// However drawings overlap, every wide character has its right half and no half stands alone.
  @Test func halvesAlwaysMatchUnderRandomDrawing() {
    var generator = Fuzzer(seed: 3)
    var s = screen(9, 3)
    let texts = ["日本語", "ab", "👩‍💻", "é\u{301}x", "क्षि", "\t"]
    for _ in 0..<2000 {
      let text = texts[Int(generator.next() % 6)]
      let column = Int(generator.next() % 13) - 3
      let row = Int(generator.next() % 5) - 1
      if generator.next() % 2 == 0 {
        s.draw(text, column: column, row: row)
      } else {
        var other = screen(3)
        other.draw(text, column: -1, row: 0)
        s.draw(other, column: column, row: row)
      }
      for row in 0..<3 {
        for column in 0..<9 {
          let cell = s[column: column, row: row]
          if cell.width == 2 { #expect(column < 8 && s[column: column + 1, row: row].width == 0) }
          if cell.width == 0 { #expect(column > 0 && s[column: column - 1, row: row].width == 2) }
        }
      }
    }
  }

  @Test func marksStayWithTheirLetterAndControlsAreHarmless() {
    var s = screen(8)
    s.draw("e\u{301}\u{323}a", column: 0, row: 0)
    #expect(s[column: 0, row: 0].character == "e\u{301}\u{323}")
    #expect(s[column: 1, row: 0].character == "a")
    s = screen(12)
    s.draw("a\tb\u{1B}[2J\r\nc\u{202E}d", column: 0, row: 0)
    #expect(s.text == ["a␉b␛[2J␍cd"])
    s = screen(3)
    s.draw("\u{301}", column: 0, row: 0)
    #expect(s.text == ["\u{25CC}\u{301}"])
  }

  @Test func joinedEmojiAreOneCell() {
    var s = screen(6)
    s.draw("👩‍💻🇫🇷x", column: 0, row: 0)
    #expect(s[column: 0, row: 0].character == "👩‍💻")
    #expect(s[column: 2, row: 0].character == "🇫🇷")
    #expect(s[column: 4, row: 0].character == "x")
  }

  @Test func verticalTextFillAndClip() {
    var s = screen(3, 3)
    let end = s.drawVertically("日ab", column: 0, row: 1)
    #expect(end == 4)
    #expect(s.text == ["", "日", "a"])
    s.fill(Rect(column: 1, row: 0, columns: 9, rows: 2), with: "#")
    #expect(s.text == [" ##", " ##", "a"])
    s.draw("12345", column: 0, row: 2, clip: Rect(column: 1, row: 2, columns: 1, rows: 1))
    #expect(s.text[2] == "a2")
  }

  @Test func restyleKeepsCharacters() {
    var s = screen(4)
    s.draw("日b", column: 0, row: 0)
    s.restyle(Rect(columns: 1, rows: 1)) { $0.attributes.insert(.reverse) }
    #expect(s.text == ["日b"])
    #expect(s[column: 1, row: 0].style.attributes == .reverse)
    #expect(s[column: 2, row: 0].style == .plain)
  }

  @Test func emptyAndNegativeSizesAreEmptyScreens() {
    for size in [Size(columns: 0, rows: 0), Size(columns: -5, rows: 3), Size(columns: 3, rows: -1)] {
      var s = Screen(size)
      s.draw("abc", column: 0, row: 0)
      s.drawBox(Rect(columns: 5, rows: 5))
      #expect(s.changes(from: nil).isEmpty)
      #expect(s.ansi(depth: .trueColor).allSatisfy { $0 == "\n" })
    }
    #expect(Screen(Size(columns: Int.max, rows: 0)).size.columns == Screen.longestSide)
  }

  @Test func framesAndLines() {
    var s = screen(12, 3)
    s.drawBox(s.bounds, title: "a long title")
    #expect(s.text == ["┌─ a lon… ─┐", "│          │", "└──────────┘"])
    s.drawRightAligned("日", endColumn: 11, row: 1)
    #expect(s.text[1] == "│        日│")
  }
}
