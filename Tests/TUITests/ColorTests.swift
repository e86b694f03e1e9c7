import Foundation
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
    #expect(Palette.divergingDark.ramp(bright: bright) == Palette.diverging.ramp(bright: bright))
    #expect(luminances[2] < luminances[1] && luminances[1] < luminances[0])
    #expect(luminances[2] < luminances[3] && luminances[3] < luminances[4])
  }

  /// No difference is nearly the background: pale on white, dark on black.
  @Test func theMiddleOfDivergingTablesStepsBack() {
    func luminance(_ palette: Palette, _ index: Int) -> Double { Color(hex: palette.table[index]).luminance ?? -1 }
    #expect(luminance(.diverging, 128) > 0.6)
    #expect(luminance(.divergingDark, 128) < 0.03)
    for end in [0, 255] {
      #expect(luminance(.divergingDark, end) > luminance(.divergingDark, 128) + 0.3)
      #expect(luminance(.diverging, end) < luminance(.diverging, 128) - 0.3)
    }
  }

  /// Golden numbers from an Oklab search in NumPy (Tests/Reference/nearest_colors.py).
  @Test func nearestOf256LooksNearest() throws {
    let file = try #require(Bundle.module.url(forResource: "Fixtures/nearest256", withExtension: "tsv"))
    let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
    try #require(lines.count > 500)
    for line in lines {
      let fields = line.split(separator: "\t")
      let hex = try #require(UInt32(fields[0], radix: 16))
      #expect(Color(hex: hex).index(in: .indexed256) == Int(fields[1]), "\(fields[0])")
    }
  }

  @Test func coloursOfThePaletteAreTheirOwnNearest() {
    for (offset, rgb) in NearestColor.fixed256.enumerated() {
      let hex = UInt32(rgb.red << 16 | rgb.green << 8 | rgb.blue)
      // Black, white and greys are in both parts of the palette.
      let index = Color(hex: hex).index(in: .indexed256) ?? 0
      #expect(index == 16 + offset || NearestColor.fixed256[index - 16] == rgb)
    }
    for color in ANSIColor.allCases {
      let hex = Color.ansi(color).hex ?? 0
      #expect(Color(hex: hex).index(in: .ansi16) == Int(color.rawValue))
    }
  }

  /// With few colours quiet greys stay grey and accents keep their hue.
  @Test(
    arguments: [
      (0x666666, 8, 7), (0x3A3A3A, 8, 0), (0xCCCCCC, 7, 7), (0xFFC24B, 3, 3), (0x44BF70, 2, 2), (0x1C1C22, 0, 0),
      (0xD75F5F, 9, 1), (0xFFFFFF, 15, 7),
    ] as [(UInt32, Int, Int)])
  func fewColours(hex: UInt32, of16: Int, of8: Int) {
    #expect(Color(hex: hex).index(in: .ansi16) == of16)
    #expect(Color(hex: hex).index(in: .ansi8) == of8)
  }

  @Test func textStaysReadableWithFewColours() {
    let quiet = Style(foreground: Color(hex: 0x3A3A3A))
    #expect(quiet.indices(in: .ansi8) == (nil, nil))
    #expect(Style(foreground: .ansi(.black)).indices(in: .ansi8) == (0, nil))
    let merged = Style(foreground: Color(hex: 0x444444), background: Color(hex: 0x303030))
    #expect(merged.indices(in: .ansi8) == (7, 0))
    #expect(merged.indices(in: .indexed256) == (238, 236))
    let hidden = Style(foreground: .ansi(.blue), background: .ansi(.blue))
    #expect(hidden.indices(in: .ansi16) == (4, 4))
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
