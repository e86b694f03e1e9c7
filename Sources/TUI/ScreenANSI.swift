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
    if depth == .trueColor {
      codes += foreground.sgrCodes(base: 30) + background.sgrCodes(base: 40)
    } else {
      let colors = indices(in: depth)
      codes += Color.sgrCodes(index: colors.foreground, base: 30) + Color.sgrCodes(index: colors.background, base: 40)
    }
    return "\u{1B}[" + codes.joined(separator: ";") + "m"
  }
}

extension Color {
  /// The parameters that select it as foreground (`base` 30) or background (40); none for the terminal's own colour.
  fileprivate func sgrCodes(base: Int) -> [String] {
    guard case .rgb(let red, let green, let blue) = self else {
      return Self.sgrCodes(index: index(in: .indexed256), base: base)
    }
    return ["\(base + 8)", "2", "\(red)", "\(green)", "\(blue)"]
  }

  fileprivate static func sgrCodes(index: Int?, base: Int) -> [String] {
    switch index {
    case nil: []
    case .some(let index) where index < 8: ["\(base + index)"]
    case .some(let index) where index < 16: ["\(base + 60 + index - 8)"]
    case .some(let index): ["\(base + 8)", "5", "\(index)"]
    }
  }
}
