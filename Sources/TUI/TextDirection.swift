extension StringProtocol {
  /// Whether some letter is of a script that is read from right to left (Unicode's bidirectional classes R and AL, by
  /// blocks). A screen's cells go from left to right, so such words stand in logical order.
  @inlinable public var hasRightToLeftLetters: Bool {
    // UTF-8 of all that comes before U+0590 has no byte so large, and most words need no further look.
    guard utf8.contains(where: { $0 >= 0xD6 }) else { return false }
    return unicodeScalars.contains { scalar in
      switch scalar.value {
      case 0..<0x590: false
      case 0x590...0x8FF, 0x200F, 0x202B, 0x202E, 0x2067, 0xFB1D...0xFDFF, 0xFE70...0xFEFC, 0x10800...0x10FFF,
        0x1E800...0x1EFFF:
        true
      default: false
      }
    }
  }
}
