/// Dots finer than cells: two columns and four rows of them in each, as the Braille patterns of Unicode have them.
public struct BrailleCanvas: Sendable, Hashable {
  /// In cells.
  public let size: Size
  /// One bit for each dot of a cell.
  private var dots: [UInt8]
  private var styles: [Style]

  public init(_ size: Size) {
    self.size = Size(columns: max(0, size.columns), rows: max(0, size.rows))
    dots = Array(repeating: 0, count: self.size.columns * self.size.rows)
    styles = Array(repeating: .plain, count: dots.count)
  }

  /// Sets a dot; its cell takes the style. Nothing happens outside.
  public mutating func set(x: Int, y: Int, _ style: Style) {
    guard x >= 0, y >= 0, x / 2 < size.columns, y / 4 < size.rows else { return }
    let cell = y / 4 * size.columns + x / 2
    dots[cell] |= Self.bits[y % 4 * 2 + x % 2]
    styles[cell] = style
  }

  /// Draws a straight line, of which every `spacing`th dot is set.
  public mutating func line(from start: Position, to end: Position, spacing: Int = 1, _ style: Style) {
    let (width, height) = (end.column - start.column, end.row - start.row)
    let count = max(abs(width), abs(height))
    guard count > 0, count <= Screen.longestSide * 4 else { return set(x: start.column, y: start.row, style) }
    for step in stride(from: 0, through: count, by: max(1, spacing)) {
      let x = start.column + (width * step * 2 + count) / (2 * count)
      let y = start.row + (2 * height * step + (height < 0 ? -count : count)) / (2 * count)
      set(x: x, y: y, style)
    }
  }

  /// The dots of the left and the right column, from the top (Unicode chart U+2800).
  private static let bits: [UInt8] = [0x01, 0x08, 0x02, 0x10, 0x04, 0x20, 0x40, 0x80]

  fileprivate func cell(_ column: Int, _ row: Int) -> (character: Character, style: Style)? {
    let index = row * size.columns + column
    guard dots[index] > 0, let scalar = Unicode.Scalar(0x2800 + UInt32(dots[index])) else { return nil }
    return (Character(scalar), styles[index])
  }
}

extension Screen {
  /// Draws the cells of a canvas in which a dot is set.
  public mutating func draw(_ canvas: BrailleCanvas, column: Int, row: Int) {
    for y in 0..<canvas.size.rows {
      for x in 0..<canvas.size.columns {
        guard let cell = canvas.cell(x, y) else { continue }
        draw(String(cell.character), column: column + x, row: row + y, style: cell.style)
      }
    }
  }
}
