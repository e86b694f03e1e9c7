import Foundation

/// Red, green and blue, 0 to 255.
struct RGB: Sendable, Hashable {
  var red: Int
  var green: Int
  var blue: Int

  init(_ red: Int, _ green: Int, _ blue: Int) {
    self.red = red
    self.green = green
    self.blue = blue
  }

  /// Relative luminance, 0 to 1 (WCAG 2.2, section "relative luminance").
  var luminance: Double {
    let (red, green, blue) = linear
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
  }

  /// Linear light, 0 to 1.
  var linear: (red: Double, green: Double, blue: Double) {
    (Self.linearLight[red & 255], Self.linearLight[green & 255], Self.linearLight[blue & 255])
  }

  /// Linear light of each channel value of sRGB.
  private static let linearLight: [Double] = (0..<256).map { channel in
    let c = Double(channel) / 255
    return c <= 0.04045 ? c / 12.92 : pow((c + 0.055) / 1.055, 2.4)
  }
}

extension ANSIColor {
  /// The shade in xterm's default palette; other terminals differ a little.
  var rgb: RGB { Self.shades[Int(rawValue)] }

  private static let shades: [RGB] = [
    RGB(0, 0, 0), RGB(205, 0, 0), RGB(0, 205, 0), RGB(205, 205, 0),
    RGB(0, 0, 238), RGB(205, 0, 205), RGB(0, 205, 205), RGB(229, 229, 229),
    RGB(127, 127, 127), RGB(255, 0, 0), RGB(0, 255, 0), RGB(255, 255, 0),
    RGB(92, 92, 255), RGB(255, 0, 255), RGB(0, 255, 255), RGB(255, 255, 255),
  ]

  /// The nearest of the first eight: the same hue, and white for bright black, which is grey.
  public var dark: ANSIColor { self == .brightBlack ? .white : ANSIColor(rawValue: rawValue & 7) ?? self }
}

extension Color {
  /// Its red, green and blue; nothing for the terminal's own colour, which is not known.
  var rgb: RGB? {
    switch self {
    case .terminal: nil
    case .ansi(let color): color.rgb
    case .rgb(let red, let green, let blue): RGB(Int(red), Int(green), Int(blue))
    }
  }

  /// `0xRRGGBB`; nothing for the terminal's own colour, which is not known.
  public var hex: UInt32? { rgb.map { UInt32($0.red << 16 | $0.green << 8 | $0.blue) } }

  /// Relative luminance, 0 (black) to 1 (white), as in WCAG 2.2; nothing for the terminal's own colour.
  public var luminance: Double? { rgb?.luminance }

  /// Black or white, whichever is easier to read on this colour; the terminal's own text colour on its own background.
  public var contrastingText: Color {
    guard let luminance else { return .terminal }
    // The luminance at which WCAG's contrast ratio to black equals that to white.
    let isBright = luminance > 0.179
    switch self {
    case .ansi: return .ansi(isBright ? .black : .brightWhite)
    default: return isBright ? Color(hex: 0x000000) : Color(hex: 0xFFFFFF)
    }
  }

  /// This colour and another mixed; `fraction` 0 gives this one, 1 the other.
  public func mixed(with other: Color, _ fraction: Double) -> Color {
    guard let a = rgb, let b = other.rgb, fraction.isFinite else { return self }
    let t = min(1, max(0, fraction))
    func mix(_ x: Int, _ y: Int) -> UInt8 { UInt8(clamping: Int((Double(x) + (Double(y) - Double(x)) * t).rounded())) }
    return .rgb(red: mix(a.red, b.red), green: mix(a.green, b.green), blue: mix(a.blue, b.blue))
  }

  /// The number of the colour that looks nearest in a palette of the given depth; nothing for the terminal's own colour, and for
  /// depths without a palette. With 256 colours the first sixteen are left out, because users change them.
  public func index(in depth: ColorDepth) -> Int? {
    guard let rgb else { return nil }
    switch (depth, self) {
    case (.none, _), (.trueColor, _): return nil
    case (.ansi8, .ansi(let color)): return Int(color.dark.rawValue)
    case (_, .ansi(let color)): return Int(color.rawValue)
    case (.ansi8, _): return NearestColor.indexANSI(rgb, count: 8)
    case (.ansi16, _): return NearestColor.indexANSI(rgb, count: 16)
    case (.indexed256, _): return NearestColor.index256(rgb)
    }
  }
}

extension Style {
  /// Numbers of both colours in a palette of at most 256, as a terminal should show them; nothing is its own colour.
  ///
  /// Where few colours make text and background equal, or turn dark text black on a background that is not known, the text
  /// takes a colour that can be read.
  public func indices(in depth: ColorDepth) -> (foreground: Int?, background: Int?) {
    let foregroundIndex = foreground.index(in: depth)
    let backgroundIndex = background.index(in: depth)
    guard depth <= .ansi16, let text = foregroundIndex else { return (foregroundIndex, backgroundIndex) }
    if text == backgroundIndex, foreground != background {
      return (background.contrastingText.index(in: depth), backgroundIndex)
    }
    if text == 0, backgroundIndex == nil, foreground != .ansi(.black) { return (nil, nil) }
    return (text, backgroundIndex)
  }
}
