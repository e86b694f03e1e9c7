/// A colour as views ask for it; the terminal shows the nearest one that it has.
public enum Color: Sendable, Hashable {
  /// The terminal's own foreground or background.
  case terminal
  /// One of the sixteen named colours, whose shade the user's terminal decides.
  case ansi(ANSIColor)
  case rgb(red: UInt8, green: UInt8, blue: UInt8)

  /// From `0xRRGGBB`; higher bits are ignored.
  public init(hex: UInt32) {
    self = .rgb(
      red: UInt8(truncatingIfNeeded: hex >> 16), green: UInt8(truncatingIfNeeded: hex >> 8),
      blue: UInt8(truncatingIfNeeded: hex))
  }
}

/// The sixteen colours of ANSI terminals, numbered as in their escape sequences.
public enum ANSIColor: UInt8, Sendable, CaseIterable {
  case black, red, green, yellow, blue, magenta, cyan, white
  case brightBlack, brightRed, brightGreen, brightYellow, brightBlue, brightMagenta, brightCyan, brightWhite
}

/// How many colours the terminal shows. Views ask only where a picture must be drawn differently: with `.none` a
/// heatmap is a ramp of glyphs.
public enum ColorDepth: Int, Sendable, Comparable {
  case none = 0
  case ansi8 = 8
  case ansi16 = 16
  case indexed256 = 256
  case trueColor = 16_777_216

  public static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
}

/// Colours and attributes of one cell.
public struct Style: Sendable, Hashable {
  public struct Attributes: OptionSet, Sendable, Hashable {
    public let rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }
    public static let bold = Self(rawValue: 1)
    public static let dim = Self(rawValue: 2)
    public static let underline = Self(rawValue: 4)
    public static let reverse = Self(rawValue: 8)
  }

  public var foreground: Color
  public var background: Color
  public var attributes: Attributes

  public init(foreground: Color = .terminal, background: Color = .terminal, attributes: Attributes = []) {
    self.foreground = foreground
    self.background = background
    self.attributes = attributes
  }

  public static let plain = Style()
}
