import CCurses
import TUI

/// What ncurses is asked to draw for one cell: characters that it, the C library and any terminal agree on.
///
/// They count columns for each scalar by itself, so that joined emoji, skin tones and variation selectors would shift all
/// that follows. Such a cell shows its first character, and a space where that leaves a column empty.
struct CellGlyph: Equatable {
  /// One spacing character with its marks, or two of one column each.
  var parts: [[UInt32]]

  static let longestCluster = 5

  /// - Parameters:
  ///   - columns: what the C library counts for a scalar; -1 where it cannot print it.
  ///   - canEncode: whether the terminal's encoding has a scalar.
  init(_ cell: Cell, columns: (UInt32) -> Int, canEncode: (UInt32) -> Bool) {
    let width = Int(cell.width)
    let scalars = cell.character.unicodeScalars.map(\.value)
    guard let first = scalars.first, canEncode(first) else {
      let fallback = cell.character.asciiFallback.unicodeScalars.first?.value ?? 0x3F
      parts = [[fallback]] + Array(repeating: [0x20], count: max(0, width - 1))
      return
    }
    let counted = columns(first)
    guard counted > 0, counted <= width else {
      parts = [[0x3F]] + Array(repeating: [0x20], count: max(0, width - 1))
      return
    }
    let marks = scalars.dropFirst().prefix(Self.longestCluster - 1).prefix {
      columns($0) == 0 && Self.isMark($0) && canEncode($0)
    }
    parts = [[first] + marks]
    if counted < width { parts.append(Self.flagHalf(scalars, columns) ?? [0x20]) }
  }

  /// The second letter of a flag, which is two letters for every terminal that has no flags.
  private static func flagHalf(_ scalars: [UInt32], _ columns: (UInt32) -> Int) -> [UInt32]? {
    let letters: ClosedRange<UInt32> = 0x1F1E6...0x1F1FF
    guard scalars.count == 2, scalars.allSatisfy(letters.contains), columns(scalars[1]) == 1 else { return nil }
    return [scalars[1]]
  }

  private static func isMark(_ value: UInt32) -> Bool {
    guard let category = Unicode.Scalar(value)?.properties.generalCategory else { return false }
    let isVariationSelector = (0xFE00...0xFE0F).contains(value)
    return !isVariationSelector
      && (category == .nonspacingMark || category == .enclosingMark || category == .spacingMark)
  }
}
