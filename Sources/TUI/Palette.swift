/// A colour map for heatmaps: numbers from 0 to 1 as colours.
public enum Palette: String, Sendable, CaseIterable {
  /// Smith and van der Walt, 2015: perceptually uniform, readable without colour vision; the default.
  case viridis
  /// Nuñez, Anderton and Renslow, 2018: as viridis looks to people who do not see red and green apart.
  case cividis
  /// Smith and van der Walt, 2015: black to pale yellow.
  case magma
  case grey
  /// Moreland, 2009 ("coolwarm"): blue, pale grey, red; for differences, whose zero lies at 0.5.
  case diverging
  /// Blue, dark grey, red: the same for dark backgrounds, where no difference is not to glare.
  case divergingDark = "diverging-dark"

  /// Whether 0.5 is its middle, as differences need it.
  public var isDiverging: Bool { self == .diverging || self == .divergingDark }

  /// The colour at a position from 0 to 1. Positions outside count as the nearer end, and not-a-number as 0.
  ///
  /// With 256 colours or more it is an entry of the map's 256; with fewer it is a step of a ramp of the terminal's named
  /// colours, chosen so that luminance rises all the way (to both sides for diverging maps).
  public func color(at position: Float, depth: ColorDepth = .trueColor) -> Color {
    switch depth {
    case .none: .terminal
    case .ansi8: .ansi(Self.step(of: ramp(bright: false), at: position))
    case .ansi16: .ansi(Self.step(of: ramp(bright: true), at: position))
    case .indexed256, .trueColor: Color(hex: Self.step(of: table, at: position))
    }
  }

  /// The named colours of `color(at:depth:)` for 16 colours or 8, from lowest to highest.
  func ramp(bright: Bool) -> [ANSIColor] {
    switch (self, bright) {
    case (.diverging, true), (.divergingDark, true): [.brightBlue, .blue, .black, .red, .brightRed]
    case (.diverging, false), (.divergingDark, false): [.cyan, .blue, .black, .red, .yellow]
    case (.grey, true): [.black, .brightBlack, .white, .brightWhite]
    case (.grey, false): [.black, .white]
    case (.magma, true): [.black, .blue, .magenta, .brightRed, .yellow, .brightYellow, .brightWhite]
    case (.magma, false): [.black, .blue, .red, .magenta, .yellow, .white]
    case (_, true): [.black, .blue, .brightBlue, .cyan, .brightGreen, .brightYellow, .brightWhite]
    case (_, false): [.black, .blue, .green, .cyan, .yellow, .white]
    }
  }

  /// 256 entries as 0xRRGGBB.
  var table: [UInt32] {
    switch self {
    case .viridis: PaletteTables.viridis
    case .cividis: PaletteTables.cividis
    case .magma: PaletteTables.magma
    case .grey: Self.greys
    case .diverging: PaletteTables.coolwarm
    case .divergingDark: PaletteTables.divergingDark
    }
  }

  private static let greys: [UInt32] = (0..<256).map { $0 << 16 | $0 << 8 | $0 }

  /// The entry of a ramp at a position: the range from 0 to 1 cut into equal parts, as matplotlib does.
  static func step<Entry>(of ramp: [Entry], at position: Float) -> Entry {
    let clamped = position.isNaN ? 0 : min(1, max(0, position))
    return ramp[min(ramp.count - 1, Int(clamped * Float(ramp.count)))]
  }
}

/// Glyphs that grow darker, for heatmaps without colour.
public enum GlyphRamp {
  /// Needs UTF-8.
  public static let shades: [Character] = [" ", "░", "▒", "▓", "█"]
  public static let ascii: [Character] = [" ", ".", ":", "-", "=", "+", "*", "#", "%", "@"]

  /// The glyph at a position from 0 to 1; positions outside count as the nearer end, and not-a-number as 0.
  public static func glyph(at position: Float, isUTF8: Bool) -> Character {
    Palette.step(of: isUTF8 ? shades : ascii, at: position)
  }
}
