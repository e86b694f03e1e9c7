/// Dots finer than cells: two columns and two rows of them in each, drawn as quadrants, which every font of a terminal has.
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

  /// Sets a dot; its cell takes the style and loses the dots of any other. Nothing happens outside.
  public mutating func set(x: Int, y: Int, _ style: Style) {
    guard x >= 0, y >= 0, x / 2 < size.columns, y / 2 < size.rows else { return }
    let cell = y / 2 * size.columns + x / 2
    if styles[cell] != style { dots[cell] = 0 }
    dots[cell] |= 1 << UInt8(y % 2 * 2 + x % 2)
    styles[cell] = style
  }

  /// Draws a straight line from dot to dot, of which every `spacing`th is set.
  public mutating func line(from start: Position, to end: Position, spacing: Int = 1, _ style: Style) {
    let (width, height) = (end.column - start.column, end.row - start.row)
    let count = max(abs(width), abs(height))
    guard count > 0, count <= Screen.longestSide * 2 else { return set(x: start.column, y: start.row, style) }
    for step in stride(from: 0, through: count, by: max(1, spacing)) {
      set(x: start.column + Self.rounded(width * step, count), y: start.row + Self.rounded(height * step, count), style)
    }
  }

  /// The nearest whole number to a fraction.
  private static func rounded(_ dividend: Int, _ divisor: Int) -> Int {
    (2 * dividend + (dividend < 0 ? -divisor : divisor)) / (2 * divisor)
  }

  /// By bits: upper left, upper right, lower left, lower right.
  private static let quadrants: [Character] = Array(" ▘▝▀▖▌▞▛▗▚▐▜▄▙▟█")

  fileprivate func cell(_ column: Int, _ row: Int) -> (character: Character, style: Style)? {
    let index = row * size.columns + column
    guard dots[index] > 0 else { return nil }
    return (Self.quadrants[Int(dots[index])], styles[index])
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
