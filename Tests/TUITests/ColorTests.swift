import Testing

@testable import TUI

struct ColorTests {
  @Test func viridisIsMatplotlibs() {
    #expect(Palette.viridis.color(at: 0) == Color(hex: 0x440154))
    #expect(Palette.viridis.color(at: 0.5) == Color(hex: 0x20908C))
    #expect(Palette.viridis.color(at: 1) == Color(hex: 0xFDE724))
    #expect(Palette.allCases.allSatisfy { $0.table.count == 256 })
  }

  @Test(arguments: [Float.nan, -.infinity, .infinity, -1, 2, 1, 0, .leastNonzeroMagnitude])
  func anyNumberHasAColourAndAGlyph(position: Float) {
    for palette in Palette.allCases {
      for depth in [ColorDepth.none, .ansi8, .ansi16, .indexed256, .trueColor] {
        let nearEnd = palette.color(at: position >= 1 ? 1 : 0, depth: depth)
        #expect(palette.color(at: position, depth: depth) == nearEnd)
      }
    }
    #expect(GlyphRamp.glyph(at: position, isUTF8: true) == (position >= 1 ? "█" : " "))
    #expect(GlyphRamp.glyph(at: position, isUTF8: false) == (position >= 1 ? "@" : " "))
  }

  @Test(arguments: [Palette.viridis, .cividis, .magma, .grey], [true, false])
  func rampsOfNamedColoursGrowBrighter(palette: Palette, bright: Bool) {
    let luminances = palette.ramp(bright: bright).map(\.rgb.luminance)
    #expect(zip(luminances, luminances.dropFirst()).allSatisfy { $0 < $1 })
    #expect(bright || palette.ramp(bright: false).allSatisfy { $0 == $0.dark })
  }

  @Test(arguments: [Palette.viridis, .cividis, .magma, .grey])
  func tablesGrowBrighter(palette: Palette) {
    let luminances = palette.table.map { Color(hex: $0).luminance ?? -1 }
    // Byte rounding may step back by a hair.
    #expect(zip(luminances, luminances.dropFirst()).allSatisfy { $0 < $1 + 0.002 })
    #expect((luminances.last ?? 0) > (luminances.first ?? 1) + 0.5)
  }

  @Test(arguments: [true, false])
  func divergingGrowsBrighterToBothSides(bright: Bool) {
    let luminances = Palette.diverging.ramp(bright: bright).map(\.rgb.luminance)
    #expect(luminances[2] < luminances[1] && luminances[1] < luminances[0])
    #expect(luminances[2] < luminances[3] && luminances[3] < luminances[4])
  }

  /// The closed form against a search through all 240 fixed colours of xterm.
  @Test func nearestOf256IsTheNearest() {
    var palette: [(index: Int, rgb: RGB)] = []
    let levels = Color.cubeLevels
    for r in 0..<6 {
      for g in 0..<6 {
        for b in 0..<6 { palette.append((16 + 36 * r + 6 * g + b, RGB(levels[r], levels[g], levels[b]))) }
      }
    }
    for step in 0..<24 { palette.append((232 + step, RGB(8 + 10 * step, 8 + 10 * step, 8 + 10 * step))) }
    var generator = SplitMix(state: 5)
    for _ in 0..<3000 {
      let bits = UInt32(truncatingIfNeeded: generator.next())
      // Every fourth is nearly grey, where cube and grey ramp compete.
      let hex = bits % 4 == 0 ? (bits >> 8 & 0xFF) * 0x010101 ^ (bits >> 16 & 0x030303) : bits & 0xFFFFFF
      let color = Color(hex: hex)
      guard let rgb = color.rgb, let index = color.index(in: .indexed256) else {
        Issue.record("no index for \(color)")
        return
      }
      let chosen = palette.first { $0.index == index }?.rgb.distance(to: rgb)
      #expect(chosen == palette.map { $0.rgb.distance(to: rgb) }.min(), "\(color)")
    }
  }

  @Test func indicesOfFewColours() {
    #expect(Color(hex: 0x0A0A0A).index(in: .ansi16) == 0)
    #expect(Color(hex: 0xFF0505).index(in: .ansi16) == 9)
    #expect(Color(hex: 0xFF0505).index(in: .ansi8) == 1)
    #expect(Color.ansi(.brightGreen).index(in: .ansi16) == 10)
    #expect(Color.ansi(.brightGreen).index(in: .ansi8) == 2)
    #expect(Color.ansi(.brightGreen).index(in: .indexed256) == 10)
    #expect(Color.terminal.index(in: .indexed256) == nil)
    #expect(Color(hex: 0xFF0000).index(in: .none) == nil)
  }

  /// WCAG's contrast ratio of the chosen text colour is at least 4.5, its bar for readable text, on every colour.
  @Test(arguments: Palette.allCases)
  func textOnAHeatmapIsReadable(palette: Palette) {
    for depth in [ColorDepth.ansi8, .ansi16, .trueColor] {
      for step in 0...255 {
        let background = palette.color(at: Float(step) / 255, depth: depth)
        guard let below = background.luminance, let text = background.contrastingText.luminance else {
          Issue.record("no luminance")
          return
        }
        #expect((max(below, text) + 0.05) / (min(below, text) + 0.05) >= 4.5)
      }
    }
    #expect(Color.terminal.contrastingText == .terminal)
  }

  @Test func mixing() {
    let black = Color(hex: 0)
    #expect(black.mixed(with: Color(hex: 0xFF8000), 0.5) == Color(hex: 0x804000))
    #expect(black.mixed(with: .terminal, 0.5) == black)
    #expect(black.mixed(with: Color(hex: 0xFFFFFF), .nan) == black)
    #expect(black.mixed(with: Color(hex: 0xFFFFFF), 7) == Color(hex: 0xFFFFFF))
  }

  @Test func escapeSequences() {
    let style = Style(
      foreground: Color(hex: 0xFF0000), background: .ansi(.brightBlue), attributes: [.bold, .underline])
    #expect(style.sgr(depth: .trueColor) == "\u{1B}[0;1;4;38;2;255;0;0;104m")
    #expect(style.sgr(depth: .indexed256) == "\u{1B}[0;1;4;38;5;196;104m")
    #expect(style.sgr(depth: .ansi16) == "\u{1B}[0;1;4;91;104m")
    #expect(style.sgr(depth: .ansi8) == "\u{1B}[0;1;4;31;44m")
    #expect(style.sgr(depth: .none) == "\u{1B}[0;1;4m")
  }

  @Test func dumpedRowsResetTheirColours() {
    var s = Screen(Size(columns: 3, rows: 2))
    s.draw("日b", column: 0, row: 0, style: Style(foreground: .ansi(.red)))
    #expect(s.ansi(depth: .ansi8) == "\u{1B}[0;31m日b\u{1B}[0m\n   \n")
    #expect(s.ansi(depth: .ansi8, background: .ansi(.black)).hasSuffix("\u{1B}[0;40m   \u{1B}[0m\n"))
  }
}
