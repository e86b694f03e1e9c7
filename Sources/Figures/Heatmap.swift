import TUI
import Traces

/// A matrix of weights as lines of text: numbers, and where it may be a picture, colours or shades behind them.
struct Heatmap {
  enum Shading: Equatable {
    /// Numbers only, for files and pipes.
    case plain
    /// Glyphs that grow darker, for terminals without colour.
    case glyphs
    case colors(ColorDepth)
  }

  let matrix: AttentionMatrix
  let rowNames: [String]
  let columnNames: [String]
  let shading: Shading
  let isUTF8: Bool
  let layout: GridLayout

  /// - Parameter width: nil for text of any width.
  init(
    _ matrix: AttentionMatrix, rowNames: [String], columnNames: [String], width: Int?, shading: Shading, isUTF8: Bool
  ) {
    self.matrix = matrix
    self.rowNames = rowNames
    self.columnNames = columnNames
    self.shading = shading
    self.isUTF8 = isUTF8
    layout = GridLayout(
      rowNames: rowNames, columnNames: columnNames, width: width,
      leastNumberWidth: shading == .glyphs ? GridLayout.numberWidth + 1 : GridLayout.numberWidth)
  }

  /// Whole lines, the last one ended too.
  var text: String {
    var text = ""
    for block in layout.blocks {
      if layout.blocks.count > 1 {
        if block.lowerBound > 0 { text += "\n" }
        text += "columns \(block.lowerBound + 1) to \(block.upperBound) of \(matrix.columns)\n"
      }
      for line in nameLines(block) { text += line + "\n" }
      for row in 0..<matrix.rows { text += rowLine(row, block) + "\n" }
    }
    return text
  }

  /// The names above the columns of a block.
  private func nameLines(_ block: Range<Int>) -> [String] {
    let indent = String(repeating: " ", count: layout.rowNameWidth + 1)
    let line: (([String]) -> String) = { cells in
      var text = indent
      for (cell, column) in zip(cells, block) { text += aligned(cell, in: layout.cellWidths[column]) }
      while text.last == " " { text.removeLast() }
      return text
    }
    guard layout.namesRunDown else {
      return [line(block.map { columnNames[$0].truncated(to: layout.cellWidths[$0] - 1, mark: ellipsis) })]
    }
    let names = block.map { runningDown(columnNames[$0]) }
    let height = names.map(\.count).max() ?? 0
    // Names end just above their column.
    return (0..<height).map { level in
      line(names.map { level < height - $0.count ? "" : String($0[level - height + $0.count]) })
    }
  }

  /// The characters of a name, at most as many as a column may be high, each no wider than a cell.
  private func runningDown(_ name: String) -> [Character] {
    var characters = name.map { $0.displayWidth > 2 ? "?" : $0 }
    if characters.count > GridLayout.longestColumnName {
      characters = Array(characters.prefix(GridLayout.longestColumnName - 1)) + Array(ellipsis)
    }
    return characters
  }

  private func rowLine(_ row: Int, _ block: Range<Int>) -> String {
    let name = rowNames[row].truncated(to: layout.rowNameWidth, mark: ellipsis)
    var line = String(repeating: " ", count: layout.rowNameWidth - name.displayWidth) + name + " "
    var current = Style.plain
    for column in block {
      let weight = matrix[row, column]
      let style = style(of: weight)
      if style != current, case .colors(let depth) = shading { line += style.sgr(depth: depth) }
      current = style
      line += cell(weight, width: layout.cellWidths[column])
    }
    return current == .plain ? line : line + "\u{1B}[0m"
  }

  private func cell(_ weight: Float, width: Int) -> String {
    let number = layout.showsNumbers ? Self.number(weight) : nil
    switch shading {
    case .plain: return aligned(number ?? (isUTF8 ? "·" : "."), in: width)
    case .colors: return aligned(number ?? "", in: width)
    case .glyphs:
      let shade = String(GlyphRamp.glyph(at: weight, isUTF8: isUTF8))
      guard layout.showsNumbers else { return shade + shade }
      let text = shade + (number ?? "   ")
      return String(repeating: " ", count: max(0, width - text.count)) + text
    }
  }

  private func style(of weight: Float) -> Style {
    guard case .colors(let depth) = shading else { return .plain }
    let background = Palette.viridis.color(at: weight, depth: depth)
    return Style(foreground: background.contrastingText, background: background)
  }

  /// Two digits; nothing for what rounds to nothing, and a question mark for what is no number.
  static func number(_ weight: Float) -> String? {
    guard weight.isFinite else { return "?" }
    let hundredths = Int((min(max(weight, 0), 1) * 100).rounded())
    switch hundredths {
    case 0: return nil
    case 100: return "1.00"
    default: return hundredths < 10 ? ".0\(hundredths)" : ".\(hundredths)"
    }
  }

  /// Text ends at the right of its column, but stands in the middle of a coloured cell.
  private func aligned(_ text: String, in width: Int) -> String {
    let free = max(0, width - text.displayWidth)
    let isColored = if case .colors = shading { true } else { false }
    let left = isColored ? free / 2 : free
    return String(repeating: " ", count: left) + text + String(repeating: " ", count: free - left)
  }

  private var ellipsis: String { isUTF8 ? "…" : "~" }
}

extension Heatmap {
  /// The scale from 0 to 1 as one line; nil for plain text, where the numbers say it.
  var legend: String? {
    let steps = (0..<10).map { (Float($0) + 0.5) / 10 }
    switch shading {
    case .plain: return nil
    case .glyphs:
      let shades = steps.map { String(repeating: GlyphRamp.glyph(at: $0, isUTF8: isUTF8), count: 2) }.joined()
      return "weight 0 |" + shades + "| 1"
    case .colors(let depth):
      let shades = steps.map { style(of: $0).sgr(depth: depth) + "  " }.joined()
      return "weight 0 " + shades + "\u{1B}[0m 1"
    }
  }
}
