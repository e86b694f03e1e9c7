import Foundation

extension Character {
  /// The character itself where it is printable ASCII, else the ASCII character that comes nearest: a letter without its
  /// marks, a plain line for a box-drawing one, `?` where there is none. For terminals without UTF-8.
  public var asciiFallback: Character {
    if isPrintableASCII { return self }
    if let known = Self.fallbacks[self] { return known }
    if let letter = letterWithoutMarks { return letter }
    guard let scalar = unicodeScalars.first, unicodeScalars.count == 1 else { return "?" }
    switch scalar.value {
    case 0x2400..<0x2420: return "^"
    case 0x2500..<0x2580: return Self.lines.contains(scalar) ? "-" : "+"
    case 0x2581...0x2584, 0x258D...0x258F: return "."
    case 0x2580..<0x2591, 0x2593: return "#"
    case 0x2596...0x259F: return "*"
    default: return scalar.properties.generalCategory == .spaceSeparator ? " " : "?"
    }
  }

  /// The ASCII letter or digit under the marks, also of its full-width and other compatibility forms.
  private var letterWithoutMarks: Character? {
    let parts = String(self).decomposedStringWithCompatibilityMapping.unicodeScalars
    guard let base = parts.first, base.isASCII, Character(base).isLetter || Character(base).isNumber else { return nil }
    let hasOnlyMarks = parts.dropFirst().allSatisfy { $0.properties.generalCategory == .nonspacingMark }
    return hasOnlyMarks ? Character(base) : nil
  }

  /// The horizontal lines among the box-drawing characters; vertical ones are listed below, the rest are corners.
  private static let lines: Set<Unicode.Scalar> = [
    "─", "━", "┄", "┅", "┈", "┉", "╌", "╍", "═", "╴", "╶", "╸", "╺", "╼", "╾",
  ]

  private static let fallbacks: [Character: Character] = [
    "│": "|", "┃": "|", "┆": "|", "┇": "|", "┊": "|", "┋": "|", "║": "|", "╱": "/", "╎": "|", "╏": "|", "╵": "|",
    "╷": "|",
    "·": ".", "•": "*", "…": "~", "‹": "<", "›": ">", "«": "<", "»": ">", "▶": ">", "◀": "<", "▲": "^", "▼": "v",
    "▸": ">", "◂": "<", "▴": "^", "▾": "v", "►": ">", "◄": "<", "●": "*", "○": "o", "■": "#", "□": "o", "▪": "#",
    "←": "<", "→": ">", "↑": "^", "↓": "v", "↵": "<", "⏎": "<", "⌫": "<", "↔": "-", "×": "x", "÷": "/", "−": "-",
    "‐": "-", "‑": "-", "–": "-", "—": "-", "‘": "'", "’": "'", "‚": ",", "“": "\"", "”": "\"", "„": "\"", "′": "'",
    "░": ".", "▒": ":", "▁": "_", "▔": "-", "¿": "?", "¡": "!", "æ": "a", "Æ": "A", "œ": "o", "Œ": "O", "ß": "s",
    "ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "√": "v", "✓": "v", "✗": "x", "∅": "0", "≈": "~",
    "≤": "<", "≥": ">",
  ]
}
