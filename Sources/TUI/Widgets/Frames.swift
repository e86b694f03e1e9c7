extension Screen {
  /// Draws a frame just inside the rectangle, with a title in its upper edge. What is inside is left as it is.
  public mutating func drawBox(_ rect: Rect, title: String = "", style: Style = .plain, titleStyle: Style? = nil) {
    guard rect.columns >= 2, rect.rows >= 2 else { return }
    let line = String(repeating: "─", count: rect.columns - 2)
    let right = rect.endColumn - 1
    let bottom = rect.endRow - 1
    draw("┌" + line + "┐", column: rect.column, row: rect.row, style: style)
    draw("└" + line + "┘", column: rect.column, row: bottom, style: style)
    for row in rect.row + 1..<bottom {
      draw("│", column: rect.column, row: row, style: style)
      draw("│", column: right, row: row, style: style)
    }
    guard !title.isEmpty, rect.columns > 6 else { return }
    let shown = " " + title.truncated(to: rect.columns - 6) + " "
    draw(shown, column: rect.column + 2, row: rect.row, style: titleStyle ?? style)
  }

  /// Draws a horizontal line of `columns` columns.
  public mutating func drawHorizontalLine(column: Int, row: Int, columns: Int, style: Style = .plain) {
    fill(Rect(column: column, row: row, columns: columns, rows: 1), with: "─", style: style)
  }

  /// Draws a vertical line of `rows` rows.
  public mutating func drawVerticalLine(column: Int, row: Int, rows: Int, style: Style = .plain) {
    fill(Rect(column: column, row: row, columns: 1, rows: rows), with: "│", style: style)
  }

  /// Draws text that ends before `endColumn`.
  public mutating func drawRightAligned(_ text: String, endColumn: Int, row: Int, style: Style = .plain) {
    draw(text, column: endColumn - text.displayWidth, row: row, style: style)
  }
}
