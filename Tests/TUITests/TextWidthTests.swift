import Foundation
import Testing

@testable import TUI

/// Golden widths from Python's wcwidth (Tests/Reference/width_table.py).
struct TextWidthTests {
  let lines: [[Substring]]

  init() throws {
    let file = try #require(Bundle.module.url(forResource: "Fixtures/widths", withExtension: "tsv"))
    lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n").map { $0.split(separator: "\t") }
    try #require(lines.count > 3000)
  }

  @Test func scalarsAgreeWithWcwidth() throws {
    for line in lines where line[0] != "string" {
      let scalar = try #require(UInt32(line[0], radix: 16).flatMap(Unicode.Scalar.init))
      let width = try #require(Int(line[1]))
      #expect(scalar.displayWidth == width, "U+\(line[0])")
    }
  }

  @Test func stringsAgreeWithWcwidth() throws {
    for line in lines where line[0] == "string" {
      let codes = line.count > 2 ? line[2].split(separator: " ") : []
      var text = ""
      for code in codes {
        text.unicodeScalars.append(try #require(UInt32(code, radix: 16).flatMap(Unicode.Scalar.init)))
      }
      #expect(text.displayWidth == Int(line[1]), "\(text)")
    }
  }

  @Test(arguments: [
    "\t", "\n", "\r\n", "\u{1B}", "\u{7F}", "\u{85}", "\u{301}", "ä", "👩‍💻", "क्षि", "\u{200B}", "\u{202E}", "日",
  ])
  func drawingTakesAsManyColumnsAsTheWidthSays(text: String) {
    var screen = Screen(Size(columns: 12, rows: 1))
    let end = screen.draw(text, column: 0, row: 0)
    #expect(end == text.displayWidth)
  }

  @Test func truncationKeepsWholeCharacters() {
    #expect("日本語".truncated(to: 6) == "日本語")
    #expect("日本語".truncated(to: 5) == "日本…")
    #expect("日本語".truncated(to: 4) == "日…")
    #expect("abc".truncated(to: 1) == "…")
    #expect("abc".truncated(to: 0) == "")
    #expect("abc".truncated(to: -3) == "")
  }

  @Test(arguments: [
    ("e", "e"), ("é", "e"), ("ç", "c"), ("Ａ", "A"), ("œ", "o"), ("│", "|"), ("─", "-"), ("┌", "+"), ("█", "#"),
    ("…", "~"),
    ("я", "?"), ("日", "?"), ("½", "?"), ("\u{A0}", " "), ("␛", "^"), ("👩‍💻", "?"),
  ])
  func asciiFallbacks(character: Character, expected: Character) {
    #expect(character.asciiFallback == expected)
  }
}
