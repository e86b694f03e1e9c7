/// One place of the grid: what is drawn there, and how.
public struct Cell: Sendable, Hashable {
  /// One grapheme cluster; a space in the right half of a wide character.
  public internal(set) var character: Character
  /// Columns: 1 or 2, and 0 for the right half of a wide character.
  public internal(set) var width: UInt8
  public internal(set) var style: Style

  /// Styles differ more often than characters and are compared faster.
  public static func == (a: Cell, b: Cell) -> Bool {
    a.style == b.style && a.width == b.width && a.character == b.character
  }

  public static func blank(_ style: Style = .plain) -> Cell { Cell(character: " ", width: 1, style: style) }
}

/// A picture made of cells, as a view draws it and a terminal shows it.
///
/// Drawing outside it is harmless: what does not fit is cut off, and a wide character is never cut in half.
public struct Screen: Sendable, Hashable {
  /// Longest side; larger sizes are cut down to it.
  public static let longestSide = 16_384

  public let size: Size
  /// Where the terminal's own cursor is shown, if anywhere.
  public var cursor: Position?
  /// Row by row, each `size.columns` long.
  var cells: [Cell]

  public init(_ size: Size, style: Style = .plain) {
    self.size = Size(
      columns: min(max(0, size.columns), Self.longestSide), rows: min(max(0, size.rows), Self.longestSide))
    cells = Array(repeating: .blank(style), count: self.size.columns * self.size.rows)
  }

  public var bounds: Rect { Rect(size) }

  /// The cell at a place; a blank one outside the screen.
  public subscript(column column: Int, row row: Int) -> Cell {
    bounds.contains(column: column, row: row) ? cells[row * size.columns + column] : .blank()
  }

  /// Every style that some cell has.
  public var styles: Set<Style> { Set(cells.map(\.style)) }

  /// The rows as plain text without trailing spaces.
  public var text: [String] {
    (0..<size.rows).map { row in
      var line = ""
      for cell in self.row(row) where cell.width > 0 { line.append(cell.character) }
      while line.last == " " { line.removeLast() }
      return line
    }
  }

  func row(_ row: Int) -> ArraySlice<Cell> { cells[row * size.columns..<(row + 1) * size.columns] }
}
