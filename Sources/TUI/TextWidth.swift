/// One piece of text that the terminal draws as a unit: a spacing character with the marks on it, or one emoji.
struct Glyph {
  var character: Character
  /// 1 or 2 columns.
  var width: Int
}

extension Character {
  /// Columns that it takes when `Screen` draws it: mostly 1 or 2; 0 for invisible format characters; more than 2 for a
  /// conjunct of several spacing letters, which terminals draw side by side.
  ///
  /// Widths follow Unicode's East Asian Width (UAX #11); emoji sequences (UTS #51) take 2 columns. Control characters
  /// and lone combining marks take 1, because they are drawn as visible stand-ins.
  public var displayWidth: Int {
    if isPrintableASCII { return 1 }
    return onlyGlyph?.width ?? glyphs.reduce(0) { $0 + $1.width }
  }

  var isPrintableASCII: Bool {
    let bytes = utf8
    return bytes.count == 1 && bytes.first.map { (0x20..<0x7F).contains($0) } == true
  }

  /// The scalar of a character that is one alone, as nearly all are.
  public var onlyScalar: Unicode.Scalar? {
    let scalars = unicodeScalars
    guard let first = scalars.first, scalars.index(after: scalars.startIndex) == scalars.endIndex else { return nil }
    return first
  }

  /// What is drawn for a character that is one visible scalar, without the list that `glyphs` needs: pictures are made of
  /// them, thousands at every key press.
  var onlyGlyph: Glyph? {
    guard let scalar = onlyScalar, !scalar.isControl else { return nil }
    let width = scalar.displayWidth
    return width > 0 ? Glyph(character: self, width: width) : nil
  }

  /// What is drawn for it, from left to right.
  var glyphs: [Glyph] {
    if let onlyGlyph { return [onlyGlyph] }
    guard let first = unicodeScalars.first else { return [] }
    if first.isControl { return [Glyph(character: first.controlPicture, width: 1)] }
    if isEmojiSequence { return [Glyph(character: self, width: 2)] }
    return spacingGlyphs
  }

  /// An emoji of several scalars: joined, with a skin tone, a flag, or a text character that asks for its emoji form.
  private var isEmojiSequence: Bool {
    guard let first = unicodeScalars.first, first.properties.isEmoji else { return false }
    return unicodeScalars.dropFirst().contains { $0.value == 0xFE0F || ($0.properties.isEmoji && $0.value > 0xFF) }
  }

  /// The cluster split before each spacing scalar. Marks without a letter get the dotted circle of the Unicode charts.
  private var spacingGlyphs: [Glyph] {
    var pieces: [(text: String, width: Int)] = []
    var marks = ""
    for scalar in unicodeScalars {
      let width = scalar.displayWidth
      if width > 0 {
        pieces.append((marks + String(scalar), width))
        marks = ""
      } else if pieces.isEmpty {
        marks.unicodeScalars.append(scalar)
      } else {
        pieces[pieces.count - 1].text.unicodeScalars.append(scalar)
      }
    }
    if pieces.isEmpty, marks.unicodeScalars.contains(where: \.isMark) { pieces = [("\u{25CC}" + marks, 1)] }
    return pieces.compactMap { piece in piece.text.first.map { Glyph(character: $0, width: piece.width) } }
  }
}

extension StringProtocol {
  /// Columns that it takes when `Screen` draws it on one row.
  @inlinable public var displayWidth: Int {
    // Most words are ASCII, and looking at bytes takes far less time than finding where characters end.
    let bytes = utf8
    if bytes.allSatisfy({ (0x20..<0x7F).contains($0) }) { return bytes.count }
    return reduce(0) { $0 + $1.displayWidth }
  }

  /// The longest beginning that fits into `columns`, ending in `mark` where something was cut off.
  public func truncated(to columns: Int, mark: String = "…") -> String {
    if displayWidth <= columns { return String(self) }
    let room = columns - mark.displayWidth
    guard room >= 0 else { return "" }
    var kept = ""
    var width = 0
    for character in self {
      width += character.displayWidth
      if width > room { break }
      kept.append(character)
    }
    return kept + mark
  }
}

extension Unicode.Scalar {
  /// 0, 1 or 2 columns, from the table; not meaningful for control characters.
  var displayWidth: Int {
    if value < 0x300 || Self.pictures.contains(value) { return 1 }
    if WidthTable.zero.containsInRanges(value) { return 0 }
    return WidthTable.wide.containsInRanges(value) ? 2 : 1
  }

  /// What pictures are drawn with: box-drawing lines, blocks and shapes. The table says the same of them.
  private static let pictures: ClosedRange<UInt32> = 0x2500...0x25FC

  /// The general category Cc, which never changes.
  fileprivate var isControl: Bool { value < 0x20 || (0x7F...0x9F).contains(value) }

  fileprivate var isMark: Bool {
    switch properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .spacingMark: true
    default: false
    }
  }

  /// The character's picture from the block Control Pictures; the second set of controls has none.
  fileprivate var controlPicture: Character {
    let picture: UInt32 =
      switch value {
      case 0..<0x20: 0x2400 + value
      case 0x7F: 0x2421
      default: 0xFFFD
      }
    return Unicode.Scalar(picture).map { Character($0) } ?? "?"
  }
}

extension [UInt32] {
  /// Whether the value lies in one of the ranges, which the array lists as first, last, first, last, … in ascending order.
  fileprivate func containsInRanges(_ value: UInt32) -> Bool {
    var low = 0
    var high = count / 2
    while low < high {
      let middle = (low + high) / 2
      if self[2 * middle + 1] < value { low = middle + 1 } else { high = middle }
    }
    return low < count / 2 && self[2 * low] <= value
  }
}
