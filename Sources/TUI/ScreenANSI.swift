extension Screen {
  /// The screen as text with SGR escape sequences (ECMA-48), one line a row, for pipes, files and pictures.
  ///
  /// `foreground` and `background` stand in for the terminal's own colours, where a picture must not depend on them.
  /// With `depth` `.none` only attributes are written; a row's end always resets what the row has set.
  public func ansi(depth: ColorDepth, foreground: Color = .terminal, background: Color = .terminal) -> String {
    var output = ""
    for row in 0..<size.rows {
      var current = Style.plain
      for cell in self.row(row) where cell.width > 0 {
        var style = cell.style
        if style.foreground == .terminal { style.foreground = foreground }
        if style.background == .terminal { style.background = background }
        if style != current {
          output += style.sgr(depth: depth)
          current = style
        }
        output.append(cell.character)
      }
      output += current == .plain ? "\n" : "\u{1B}[0m\n"
    }
    return output
  }
}

extension Style {
  /// The escape sequence that selects this style, whatever was selected before.
  public func sgr(depth: ColorDepth) -> String {
    var codes = ["0"]
    if attributes.contains(.bold) { codes.append("1") }
    if attributes.contains(.dim) { codes.append("2") }
    if attributes.contains(.underline) { codes.append("4") }
    if attributes.contains(.reverse) { codes.append("7") }
    codes += foreground.sgrCodes(depth: depth, base: 30)
    codes += background.sgrCodes(depth: depth, base: 40)
    return "\u{1B}[" + codes.joined(separator: ";") + "m"
  }
}

extension Color {
  /// The parameters that select it as foreground (`base` 30) or background (40); none for the terminal's own colour.
  fileprivate func sgrCodes(depth: ColorDepth, base: Int) -> [String] {
    if depth == .trueColor, case .rgb(let red, let green, let blue) = self {
      return ["\(base + 8)", "2", "\(red)", "\(green)", "\(blue)"]
    }
    guard let index = index(in: min(depth, .indexed256)) else { return [] }
    switch index {
    case 0..<8: return ["\(base + index)"]
    case 8..<16: return ["\(base + 60 + index - 8)"]
    default: return ["\(base + 8)", "5", "\(index)"]
    }
  }
}
