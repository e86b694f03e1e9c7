import TUI

/// Numbers as the views write them.
enum Numbers {
  /// Two decimals without the zero before the point: `.86`; `1.0` for what rounds to one and `<.01` for what would
  /// round to nothing and is more.
  static func short(_ value: Float) -> String {
    guard value.isFinite, value >= 0 else { return "?" }
    let hundredths = (Double(value) * 100).rounded()
    if hundredths >= 100 { return "1.0" }
    if hundredths == 0, value > 0 { return "<.01" }
    return "." + padded(Int(hundredths), 2)
  }

  /// A fixed number of decimals.
  static func fixed(_ value: Float, _ decimals: Int) -> String {
    guard value.isFinite else { return value.isNaN ? "nan" : value < 0 ? "−inf" : "inf" }
    let scale = (0..<decimals).reduce(1.0) { scale, _ in scale * 10 }
    let scaled = (Double(value.magnitude) * scale).rounded()
    guard scaled < 1e15 else { return "\(value)" }
    let whole = Int(scaled)
    let sign = value < 0 && whole > 0 ? "−" : ""
    return sign + "\(whole / Int(scale))." + padded(whole % Int(scale), decimals)
  }

  /// With its sign, also a plus.
  static func signed(_ value: Float, _ decimals: Int) -> String {
    let text = fixed(value, decimals)
    return text.hasPrefix("−") || !value.isFinite ? text : "+" + text
  }

  /// `1st`, `2nd`, `3rd`, `11th`.
  static func ordinal(_ number: Int) -> String {
    let suffix =
      switch (number % 100, number % 10) {
      case (11...13, _): "th"
      case (_, 1): "st"
      case (_, 2): "nd"
      case (_, 3): "rd"
      default: "th"
      }
    return "\(number)\(suffix)"
  }

  private static func padded(_ number: Int, _ digits: Int) -> String {
    let text = String(number)
    return String(repeating: "0", count: max(0, digits - text.count)) + text
  }
}

extension String {
  /// Filled with spaces on the right to so many columns, cut where it is longer.
  func fitted(_ columns: Int) -> String {
    let text = truncated(to: columns)
    return text + String(repeating: " ", count: max(0, columns - text.displayWidth))
  }

  /// Filled with spaces on the left.
  func rightAligned(_ columns: Int) -> String {
    let text = truncated(to: columns)
    return String(repeating: " ", count: max(0, columns - text.displayWidth)) + text
  }
}
