extension Screen {
  /// Draws text on one row and returns the column after it, also where that lies outside.
  ///
  /// Control characters, tabs and line ends among them, appear as their pictures (␉, ␊, ␛), so that no text can move the
  /// terminal's cursor. Only the part inside `clip` is drawn.
  @discardableResult
  public mutating func draw(
    _ text: some StringProtocol, column: Int, row: Int, style: Style = .plain, clip: Rect? = nil
  ) -> Int {
    let visible = clip.map { $0.intersection(bounds) } ?? bounds
    var column = column
    for character in text {
      if let glyph = character.onlyGlyph {
        put(glyph, column: column, row: row, style: style, clip: visible)
        column += glyph.width
      } else {
        for glyph in character.glyphs {
          put(glyph, column: column, row: row, style: style, clip: visible)
          column += glyph.width
        }
      }
    }
    return column
  }

  /// Draws one character.
  public mutating func draw(_ character: Character, column: Int, row: Int, style: Style = .plain) {
    if let glyph = character.onlyGlyph {
      put(glyph, column: column, row: row, style: style, clip: bounds)
    } else {
      draw(String(character), column: column, row: row, style: style)
    }
  }

  /// Draws text downwards, one character a row, and returns the row after it.
  @discardableResult
  public mutating func drawVertically(
    _ text: some StringProtocol, column: Int, row: Int, style: Style = .plain, clip: Rect? = nil
  ) -> Int {
    let visible = clip.map { $0.intersection(bounds) } ?? bounds
    var row = row
    for glyph in text.lazy.flatMap(\.glyphs) {
      put(glyph, column: column, row: row, style: style, clip: visible)
      row += 1
    }
    return row
  }

  /// Fills a rectangle with one character, which must be one column wide (a space is taken where it is not).
  public mutating func fill(_ rect: Rect, with character: Character = " ", style: Style = .plain) {
    let visible = rect.intersection(bounds)
    let glyph = Glyph(character: character.displayWidth == 1 ? character : " ", width: 1)
    for row in visible.row..<visible.endRow {
      for column in visible.column..<visible.endColumn {
        put(glyph, column: column, row: row, style: style, clip: visible)
      }
    }
  }

  /// Changes colours and attributes in a rectangle and leaves the characters.
  public mutating func restyle(_ rect: Rect, _ change: (inout Style) -> Void) {
    let visible = rect.intersection(bounds)
    for row in visible.row..<visible.endRow {
      for column in visible.column..<visible.endColumn {
        let index = row * size.columns + column
        guard cells[index].width > 0 else { continue }
        change(&cells[index].style)
        if cells[index].width == 2 { cells[index + 1].style = cells[index].style }
      }
    }
  }

  /// Draws another screen with its top left corner at a place of this one.
  public mutating func draw(_ other: Screen, column: Int, row: Int) {
    let target = Rect(column: column, row: row, columns: other.size.columns, rows: other.size.rows)
    let visible = target.intersection(bounds)
    for y in visible.row..<visible.endRow {
      for x in visible.column..<visible.endColumn {
        let cell = other[column: x - column, row: y - row]
        if cell.width > 0 {
          let glyph = Glyph(character: cell.character, width: Int(cell.width))
          put(glyph, column: x, row: y, style: cell.style, clip: visible)
        } else if x == visible.column {
          put(.space, column: x, row: y, style: cell.style, clip: visible)
        }
      }
    }
  }

  /// Puts one glyph down. Of a wide glyph that crosses the edge of `clip`, the half inside becomes a space.
  private mutating func put(_ glyph: Glyph, column: Int, row: Int, style: Style, clip: Rect) {
    guard clip.row <= row, row < clip.endRow else { return }
    let first = max(column, clip.column)
    let end = min(column + glyph.width, clip.endColumn)
    guard first < end else { return }
    let base = row * size.columns
    releaseHalves(of: base + first, rowStart: base)
    if end - first == 2 { releaseHalves(of: base + first + 1, rowStart: base) }
    guard end - first == glyph.width else {
      cells[base + first] = .blank(style)
      return
    }
    cells[base + first] = Cell(character: glyph.character, width: UInt8(glyph.width), style: style)
    if glyph.width == 2 { cells[base + first + 1] = Cell(character: " ", width: 0, style: style) }
  }

  /// Before a cell is overwritten: the other half of a wide character in it becomes a space.
  private mutating func releaseHalves(of index: Int, rowStart: Int) {
    if cells[index].width == 0, index > rowStart {
      cells[index - 1] = .blank(cells[index - 1].style)
    } else if cells[index].width == 2, index + 1 < rowStart + size.columns {
      cells[index + 1] = .blank(cells[index + 1].style)
    }
  }
}

extension Glyph {
  static let space = Glyph(character: " ", width: 1)
}
