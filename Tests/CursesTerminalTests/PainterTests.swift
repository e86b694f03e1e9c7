import TUI
import Testing

@testable import CursesTerminal

struct PairTableTests {
  private func pair(_ background: Int32, text: Int32 = 1) -> ColorPair {
    ColorPair(foreground: text, background: background)
  }

  @Test func numbersAreKeptAndReused() {
    var table = PairTable(limit: 4)
    let first = (1...3).map { table.number(for: pair($0), inUse: { [] }) }
    let numbers = first.map { $0.number }
    #expect(numbers == [1, 2, 3])
    let areNew = first.map { $0.isNew }
    #expect(areNew == [true, true, true])
    let again = table.number(for: pair(2), inUse: { [] })
    #expect(again == (2, false))
    // Full: the picture still shows 1 and 3, so number 2 is given to the newcomer.
    let fourth = table.number(for: pair(4), inUse: { [pair(1), pair(3), pair(4)] })
    #expect(fourth == (2, true))
    let kept = table.number(for: pair(3), inUse: { [] })
    #expect(kept == (3, false))
  }

  @Test func withoutRoomTheSameBackgroundStandsIn() {
    var table = PairTable(limit: 3)
    let shown: Set<ColorPair> = [pair(1), pair(2), pair(2, text: 7), pair(5)]
    for pair in [pair(1), pair(2)] { _ = table.number(for: pair, inUse: { shown }) }
    let similar = table.number(for: pair(2, text: 7), inUse: { shown })
    #expect(similar == (2, false))
    let none = table.number(for: pair(5), inUse: { shown })
    #expect(none == (0, false))
  }

  @Test func theTerminalsOwnColoursAreNumberZero() {
    var table = PairTable(limit: 1)
    let own = table.number(for: .terminal, inUse: { [] })
    #expect(own == (0, false))
  }

  /// What a table says is shown by a number is what was defined last for it, however many colours pass by.
  @Test func numbersAlwaysMeanWhatWasDefined() {
    var table = PairTable(limit: 9)
    var defined: [Int: ColorPair] = [:]
    for frame in 0..<200 {
      let shown = (0..<8).map { pair(Int32(frame * 3 + $0 * 5) % 40) }
      var numbers: [Int] = []
      for pair in shown {
        let (number, isNew) = table.number(for: pair, inUse: { Set(shown) })
        if isNew { defined[number] = pair }
        numbers.append(number)
      }
      #expect(numbers.map { defined[$0] } == shown)
    }
  }
}

struct CellGlyphTests {
  /// As glibc counts: a flag's letters and text characters 1, marks and joiners 0, CJK and emoji 2.
  private func parts(_ text: String, isUTF8: Bool = true) -> [String] {
    var screen = Screen(Size(columns: 4, rows: 1))
    screen.draw(text, column: 0, row: 0)
    let glyph = CellGlyph(
      screen[column: 0, row: 0],
      columns: { value in
        switch value {
        case 0x300...0x36F, 0x200D, 0xFE0F, 0x20E3: 0
        case 0x2E80...0xFFDC, 0x1F300...0x1FAFF: 2
        case 0x1FB00...: -1
        default: 1
        }
      },
      canEncode: { isUTF8 || $0 < 0x80 })
    return glyph.parts.map { String(String.UnicodeScalarView($0.compactMap(Unicode.Scalar.init))) }
  }

  @Test(arguments: [
    ("a", ["a"]), ("e\u{301}", ["e\u{301}"]), ("日", ["日"]), ("👩‍💻", ["👩"]), ("👋🏽", ["👋"]), ("🇫🇷", ["🇫", "🇷"]),
    ("❤\u{FE0F}", ["❤", " "]), ("1\u{FE0F}\u{20E3}", ["1", " "]), ("\u{1FB00}", ["?"]),
    ("a\u{301}\u{302}\u{303}\u{304}\u{305}\u{306}", ["a\u{301}\u{302}\u{303}\u{304}"]),
  ])
  func ofUTF8(text: String, expected: [String]) {
    #expect(parts(text) == expected)
  }

  @Test(arguments: [("é", ["e"]), ("日", ["?", " "]), ("│", ["|"]), ("🇫🇷", ["?", " "])])
  func ofASCII(text: String, expected: [String]) {
    #expect(parts(text, isUTF8: false) == expected)
  }

  @Test func directColourNumbers() {
    #expect(Color.terminal.directNumber == -1)
    #expect(Color.ansi(.white).directNumber == 7)
    #expect(Color.ansi(.brightWhite).directNumber == 0xFFFFFF)
    #expect(Color(hex: 0x123456).directNumber == 0x123456)
    // 0 to 7 would be named colours.
    #expect(Color(hex: 0x000003).directNumber == 8)
  }
}
