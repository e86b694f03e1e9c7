import TUI

/// The colours of everything but the matrix: the terminal's own for text, greys for what is quiet, and one accent.
struct Theme {
  let display: Display

  private var isLight: Bool { display.background == .light }

  let text = Style.plain
  var strong: Style { Style(attributes: .bold) }
  /// Secondary words, dark enough on white and light enough on black.
  var quiet: Style {
    switch display.depth {
    case .none: .plain
    case .ansi8: Style(attributes: .dim)
    case .ansi16: Style(foreground: .ansi(.brightBlack))
    default: Style(foreground: Color(hex: isLight ? 0x6A6A6A : 0x8A8A8A))
    }
  }
  /// Lines between panels.
  var frame: Style {
    display.depth >= .indexed256 ? Style(foreground: Color(hex: isLight ? 0xC0C0C0 : 0x464646)) : quiet
  }
  var accent: Style { Style(foreground: accentColor, attributes: .bold) }
  var failure: Style { Style(foreground: failureColor, attributes: .bold) }

  /// Title and hints: a quiet bar with its own background where there are enough colours for one.
  var bar: Style {
    guard display.depth >= .indexed256 else { return .plain }
    return isLight
      ? Style(foreground: Color(hex: 0x303030), background: Color(hex: 0xE4E4E4))
      : Style(foreground: Color(hex: 0xDADADA), background: Color(hex: 0x262626))
  }
  func onBar(_ style: Style) -> Style {
    guard display.depth >= .indexed256 else { return style }
    var style = style
    if style.foreground == .terminal { style.foreground = bar.foreground }
    style.background = bar.background
    return style
  }

  /// Steps that are not decoded yet.
  var emptyCell: Style {
    guard display.depth >= .indexed256 else { return .plain }
    return Style(foreground: quiet.foreground, background: Color(hex: isLight ? 0xF0F0F0 : 0x1C1C1C))
  }

  /// Cells that the model could not look at: hatched, so that they are not taken for a weight of zero.
  var masked: Style {
    guard display.depth >= .indexed256 else { return quiet }
    return Style(
      foreground: Color(hex: isLight ? 0xD0D0D0 : 0x3A3A3A), background: Color(hex: isLight ? 0xFAFAFA : 0x121212))
  }

  /// What stands in for the terminal's own background where a colour is mixed with it.
  var backdrop: Color { Color(hex: isLight ? 0xFFFFFF : 0x121212) }

  /// For differences and for numbers of both signs: the middle steps back on this background.
  var differences: Palette { isLight ? .diverging : .divergingDark }

  private var accentColor: Color {
    switch display.depth {
    case .none: .terminal
    case .ansi8: .ansi(isLight ? .blue : .yellow)
    case .ansi16: .ansi(isLight ? .blue : .brightYellow)
    default: Color(hex: isLight ? 0xAF5F00 : 0xFFC850)
    }
  }

  private var failureColor: Color {
    switch display.depth {
    case .none: .terminal
    case .ansi8, .ansi16: .ansi(.red)
    default: Color(hex: isLight ? 0xAF0000 : 0xFF6B5E)
    }
  }
}

/// The signs that need another choice on a terminal without UTF-8; for all others the terminal's nearest ASCII character
/// serves.
struct Glyphs {
  let isUTF8: Bool

  /// The two sides of the cell under the cursor.
  var cursorLeft: String { isUTF8 ? "▌" : "[" }
  var cursorRight: String { isUTF8 ? "▐" : "]" }
  /// The two sides of the small picture under the cursor, drawn beside it.
  var frameLeft: String { isUTF8 ? "▐" : "[" }
  var frameRight: String { isUTF8 ? "▌" : "]" }
  /// Fills what could not be looked at.
  var masked: Character { isUTF8 ? "╱" : "/" }
  var up: String { isUTF8 ? "↑" : "Up" }
  var down: String { isUTF8 ? "↓" : "Down" }
  var left: String { isUTF8 ? "←" : "Left" }
  var right: String { isUTF8 ? "→" : "Right" }
  var backspace: String { isUTF8 ? "⌫" : "Backspace" }
  var differs: String { isUTF8 ? "≠" : "!" }
  var from: String { isUTF8 ? "←" : "<-" }
}

extension Display {
  var glyphs: Glyphs { Glyphs(isUTF8: isUTF8) }
  var drawsHalfBlocks: Bool { isUTF8 && depth > .none }
}
