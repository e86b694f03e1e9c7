/// Dots finer than cells: two columns and four rows of them in each, drawn as Braille patterns.
///
/// A line of one dot stays thin in them, and a thicker one can be told from it, which quadrants are too coarse for.
public struct DotCanvas: Sendable, Hashable {
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

  /// Rows of dots in a cell.
  public static let height = 4

  /// Sets a dot; its cell takes the style and loses the dots of any other. Nothing happens outside.
  public mutating func set(x: Int, y: Int, _ style: Style) {
    guard x >= 0, y >= 0, x / 2 < size.columns, y / Self.height < size.rows else { return }
    let cell = y / Self.height * size.columns + x / 2
    if styles[cell] != style { dots[cell] = 0 }
    dots[cell] |= Self.bits[y % Self.height][x % 2]
    styles[cell] = style
  }

  /// Draws a straight line from dot to dot, of which every `spacing`th is set, `thickness` dots high.
  public mutating func line(
    from start: Position, to end: Position, spacing: Int = 1, thickness: Int = 1, _ style: Style
  ) {
    let (width, height) = (end.column - start.column, end.row - start.row)
    let count = max(abs(width), abs(height))
    guard count > 0, count <= Screen.longestSide * Self.height else { return set(x: start.column, y: start.row, style) }
    for step in stride(from: 0, through: count, by: max(1, spacing)) {
      let (x, y) = (start.column + Self.rounded(width * step, count), start.row + Self.rounded(height * step, count))
      for row in 0..<max(1, thickness) { set(x: x, y: y - (thickness - 1) / 2 + row, style) }
    }
  }

  /// The nearest whole number to a fraction.
  private static func rounded(_ dividend: Int, _ divisor: Int) -> Int {
    (2 * dividend + (dividend < 0 ? -divisor : divisor)) / (2 * divisor)
  }

  /// The bit of each dot in Unicode's Braille patterns, by row and column.
  private static let bits: [[UInt8]] = [[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]]
  private static let patterns: [Character] = (0...255).map { Character(Unicode.Scalar(0x2800 + UInt16($0)) ?? " ") }

  fileprivate func cell(_ column: Int, _ row: Int) -> (character: Character, style: Style)? {
    let index = row * size.columns + column
    guard dots[index] > 0 else { return nil }
    return (Self.patterns[Int(dots[index])], styles[index])
  }
}

extension Screen {
  /// Draws the cells of a canvas in which a dot is set.
  public mutating func draw(_ canvas: DotCanvas, column: Int, row: Int) {
    for y in 0..<canvas.size.rows {
      for x in 0..<canvas.size.columns {
        guard let cell = canvas.cell(x, y) else { continue }
        draw(String(cell.character), column: column + x, row: row + y, style: cell.style)
      }
    }
  }
}
