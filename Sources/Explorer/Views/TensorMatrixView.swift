import Inspection
import TUI

/// A tensor as a heatmap.
extension Painter {
  mutating func drawTensorMatrix() {
    guard let tensor = state.tensors.tensor else { return }
    let area = layout.main.inset(columns: 1)
    let size = tensor.matrix
    let seen = tensor.shape.count == 2 ? "" : "  seen as \(size.rows)×\(size.columns)"
    draw(
      [(tensor.name, theme.strong), ("  \(tensor.type) \(tensor.shapeText)\(seen)", theme.quiet)], in: area)
    guard let grid = layout.tensorGrid(state) else {
      let text = state.tensors.unread[tensor.name] ?? "reading the numbers…"
      drawCentred([[(text, theme.quiet)]], in: area)
      return
    }
    drawColumnNumbers(grid)
    drawRowNumbers(grid)
    drawBins(grid, cursor: grid.bin(of: state.tensors.cell), limit: state.tensors.shownTile?.largest ?? 0)
    let foot = Rect(column: area.column, row: area.endRow - 1, columns: area.columns, rows: 1)
    let zoom = grid.tile.isBinned ? ["\(state.keyName(.zoomIn)) zooms in"] : []
    draw([(fitting([grid.remark(short: false)] + grid.parts + zoom, in: foot.columns), theme.quiet)], in: foot)
  }

  /// Every number that has room, counted from 0.
  private mutating func drawColumnNumbers(_ grid: TensorGrid) {
    var free = grid.cells.column
    for column in 0..<grid.tile.binColumns {
      let place = grid.cells.column + column * grid.cellWidth
      let text = "\(grid.tile.cells(0, column).columns.lowerBound)"
      guard place >= free, place + text.count <= grid.cells.endColumn + 1 else { continue }
      let isCurrent = grid.bin(of: state.tensors.cell)?.column == column
      screen.draw(text, column: place, row: grid.cells.row - 1, style: isCurrent ? theme.accent : theme.quiet)
      free = place + text.count + max(2, 8 - text.count)
    }
  }

  private mutating func drawRowNumbers(_ grid: TensorGrid) {
    let step = grid.isHalf ? 2 : 1
    let current = grid.bin(of: state.tensors.cell)?.row
    for row in stride(from: 0, to: grid.tile.binRows, by: step) {
      let line = grid.cells.row + row / step
      let isCurrent = current.map { $0 / step == row / step } ?? false
      // Each number where rows are few, else every fourth.
      guard isCurrent || row / step % (grid.cells.rows > 8 ? 4 : 1) == 0 else { continue }
      let text = "\(grid.tile.cells(row, 0).rows.lowerBound)".rightAligned(grid.labelWidth - 1)
      screen.draw(
        text, column: grid.cells.column - grid.labelWidth, row: line, style: isCurrent ? theme.accent : theme.quiet)
    }
  }

  /// The bins of a grid, with the one under the cursor marked.
  mutating func drawBins(_ grid: TensorGrid, cursor: Position?, limit: Float) {
    let tile = grid.tile
    let step = grid.isHalf ? 2 : 1
    let theme = theme
    for row in stride(from: 0, to: tile.binRows, by: step) where row / step < grid.cells.rows {
      for column in 0..<tile.binColumns {
        let place = Rect(
          column: grid.cells.column + column * grid.cellWidth, row: grid.cells.row + row / step,
          columns: grid.cellWidth, rows: 1)
        if grid.isHalf {
          let style = Style(
            foreground: theme.color(row, column, grid, limit), background: theme.color(row + 1, column, grid, limit))
          screen.fill(place, with: "▀", style: style)
        } else {
          fillBin(place, row, column, grid, limit)
        }
      }
    }
    guard let cursor else { return }
    let place = Rect(
      column: grid.cells.column + cursor.column * grid.cellWidth, row: grid.cells.row + cursor.row / step, columns: 1,
      rows: 1)
    guard !grid.isHalf else {
      screen.restyle(place) { style in
        if cursor.row % 2 == 0 {
          style.foreground = style.foreground.contrastingText
        } else {
          style.background = style.background.contrastingText
        }
      }
      return
    }
    var style = screen[column: place.column, row: place.row].style
    style.foreground = style.background.contrastingText
    style.attributes.insert(.bold)
    screen.draw(grid.cellWidth > 1 ? glyphs.cursorLeft : "•", column: place.column, row: place.row, style: style)
    if grid.cellWidth > 2 {
      screen.draw(glyphs.cursorRight, column: place.column + grid.cellWidth - 1, row: place.row, style: style)
    }
  }

  private mutating func fillBin(_ place: Rect, _ row: Int, _ column: Int, _ grid: TensorGrid, _ limit: Float) {
    let value = grid.tile[row, column]
    guard state.display.depth > .none else {
      let glyph =
        value.isNaN ? "?" : GlyphRamp.glyph(at: limit > 0 ? value.magnitude / limit : 0, isUTF8: state.display.isUTF8)
      screen.fill(place, with: glyph)
      return
    }
    let background = theme.color(row, column, grid, limit)
    let style = Style(foreground: background.contrastingText, background: background)
    screen.fill(place, style: style)
    guard grid.holdsNumbers else { return }
    let text = value.isNaN ? "nan" : Numbers.fixed(value, value.magnitude < 100 ? 2 : 0)
    let shown = text.rightAligned(place.columns - 1)
    screen.draw(shown, column: place.column, row: place.row, style: style, clip: place)
  }

  /// The colours of numbers under the open matrix.
  mutating func drawTensorLegend(in area: Rect) {
    guard let tile = state.tensors.shownTile, tile.largest > 0 else { return }
    let most = Amounts.short(Double(tile.largest))
    let middle = "the middle is 0"
    let words =
      state.display.depth > .none ? [middle] : [middle + "; without colours the distance from 0 alone", middle]
    drawScale(
      theme.differences, in: area, width: min(30, max(10, area.columns / 5)), ends: ("-" + most, most), words: words
    ) { [isUTF8 = state.display.isUTF8] in GlyphRamp.glyph(at: abs($0 - 0.5) * 2, isUTF8: isUTF8) }
  }

  /// The number or bin under the cursor.
  var tensorDescription: [Piece] {
    guard state.tensors.isOpen, let grid = layout.tensorGrid(state), let bin = grid.bin(of: state.tensors.cell) else {
      return tensorLineDescription
    }
    let cells = grid.tile.cells(bin.row, bin.column)
    let value = grid.tile[bin.row, bin.column]
    func words(_ name: String, _ range: Range<Int>) -> String {
      range.count == 1 ? "\(name) \(range.lowerBound)" : "\(name)s \(range.lowerBound)–\(range.upperBound - 1)"
    }
    let place = words("row", cells.rows) + ", " + words("column", cells.columns)
    let number = value.isNaN ? "no finite number" : Amounts.short(Double(value))
    let isBin = cells.rows.count * cells.columns.count > 1
    let exact = value.isNaN ? "" : "  exactly \(value)"
    let broken = grid.tile.isBroken(bin.row, bin.column) && isBin ? "  some are not finite" : ""
    return [
      (place, theme.strong), ("  \(number)", theme.accent),
      ((isBin ? "  farthest from 0" : "") + exact + broken, theme.quiet),
    ]
  }

  private var tensorLineDescription: [Piece] {
    guard let tensor = state.tensors.tensor else {
      return state.tensors.treeLine.map { [($0.label, theme.strong)] } ?? []
    }
    guard let known = state.tensors.statistics[tensor.name], let statistics = known else {
      return [(tensor.name, theme.strong)]
    }
    let room = max(8, layout.status.columns / 3)
    return [
      (tensor.name.truncated(to: room), theme.strong), ("  " + statistics.lines.joined(separator: " · "), theme.quiet),
    ]
  }
}

extension Theme {
  /// The colour of a number on the diverging palette, whose middle is 0.
  fileprivate func color(_ row: Int, _ column: Int, _ grid: TensorGrid, _ limit: Float) -> Color {
    guard row < grid.tile.binRows else { return .terminal }
    let value = grid.tile[row, column]
    if value.isNaN { return masked.background }
    return differences.color(at: limit > 0 ? 0.5 + 0.5 * value / limit : 0.5, depth: display.depth)
  }
}

extension TensorGrid {
  /// What a place of the picture stands for.
  func remark(short: Bool) -> String {
    guard tile.isBinned else { return "every number" }
    let bins = "bins of \(tile.rowStep)×\(tile.columnStep)"
    return bins + (short ? ": farthest from 0" : ": of each the number farthest from 0")
  }

  /// Which part of the matrix is in sight.
  var parts: [String] {
    var parts: [String] = []
    if tile.rows.count < tile.size.rows {
      parts.append("rows \(tile.rows.lowerBound)–\(tile.rows.upperBound - 1) of \(tile.size.rows)")
    }
    if tile.columns.count < tile.size.columns {
      parts.append("columns \(tile.columns.lowerBound)–\(tile.columns.upperBound - 1) of \(tile.size.columns)")
    }
    return parts
  }
}
