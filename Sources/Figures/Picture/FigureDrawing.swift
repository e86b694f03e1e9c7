import TUI
import Traces

/// Turns a layout into marks.
struct FigureDrawing {
  /// More cells than this are drawn as a picture without smoothing; fewer as rectangles, which every program scales well.
  static let mostRectangles = 6_400

  private let layout: FigureLayout
  private let panels: Panels
  private let style: FigureStyle
  private let colors: ColorScale
  private let typesetter: Typesetter
  private var marks: [Mark] = []

  static func drawing(_ panels: Panels, _ style: FigureStyle, typesetter: Typesetter) throws(FigureError) -> Drawing {
    let colors = ColorScale(
      palette: style.palette, scale: style.scale, weights: panels.matrices.joined().lazy.flatMap(\.weights))
    let layout = try FigureLayout(panels, style, scale: colors, typesetter: typesetter)
    var figure = FigureDrawing(
      layout: layout, panels: panels, style: style, colors: colors, typesetter: typesetter)
    figure.draw()
    let names = { (labels: [AxisLabel]) in labels.map(\.text).joined(separator: " ") }
    return Drawing(
      width: layout.width, height: layout.height, background: style.isTransparent ? nil : style.theme.background,
      marks: figure.marks, title: style.title ?? panels.measure,
      description: "Heatmap of \(panels.measure). Rows: \(names(panels.rows)). Columns: \(names(panels.columns)).")
  }

  private mutating func draw() {
    for (row, line) in panels.matrices.enumerated() {
      for (column, matrix) in line.enumerated() { draw(matrix, in: layout.panel(row: row, column: column)) }
      drawRowLabels(layout.panel(row: row, column: 0))
    }
    for column in panels.matrices[0].indices { drawColumnLabels(layout.panel(row: 0, column: column)) }
    drawHeadings()
    drawBar()
    drawText()
  }

  // MARK: Cells

  private mutating func draw(_ matrix: AttentionMatrix, in panel: Box) {
    let count = panels.matrices.joined().reduce(0) { $0 + $1.rows * $1.columns }
    if count > Self.mostRectangles || layout.pointStride > 1 {
      drawGrid(matrix, in: panel)
    } else {
      drawRectangles(matrix, in: panel)
    }
    marks.append(.outline(panel, width: 0.5, style.theme.frame))
  }

  /// Each cell reaches under the next one, by more than a pixel of a screen, or viewers that smooth edges would show lines
  /// between them.
  private mutating func drawRectangles(_ matrix: AttentionMatrix, in panel: Box) {
    marks.append(.fill(panel, style.theme.masked))
    let overlap = min(1.5, layout.cell / 2)
    for row in 0..<matrix.rows {
      for column in 0..<matrix.columns where !panels.isMasked(matrix, row: row, column: column) {
        var box = cell(row, column, in: panel)
        if column + 1 < matrix.columns, !panels.isMasked(matrix, row: row, column: column + 1) { box.width += overlap }
        if row + 1 < matrix.rows, !panels.isMasked(matrix, row: row + 1, column: column) { box.height += overlap }
        marks.append(.fill(box, colors.color(of: matrix[row, column])))
      }
    }
    guard let size = layout.valueSize else { return }
    for row in 0..<matrix.rows {
      for column in 0..<matrix.columns where !panels.isMasked(matrix, row: row, column: column) {
        let weight = matrix[row, column]
        guard let number = Heatmap.number(weight) else { continue }
        drawCentred(number, LetterStyle(size: size), in: cell(row, column, in: panel), colors.textColor(on: weight))
      }
    }
  }

  private func cell(_ row: Int, _ column: Int, in panel: Box) -> Box {
    Box(
      x: panel.x + Double(column) * layout.cell, y: panel.y + Double(row) * layout.cell, width: layout.cell,
      height: layout.cell)
  }

  /// A point for each cell, or for the largest weight of a square of cells where they are too many to be told apart.
  private mutating func drawGrid(_ matrix: AttentionMatrix, in panel: Box) {
    let stride = layout.pointStride
    var points: [UInt32] = []
    for top in Swift.stride(from: 0, to: matrix.rows, by: stride) {
      for left in Swift.stride(from: 0, to: matrix.columns, by: stride) {
        let weight = strongest(
          matrix, rows: top..<min(matrix.rows, top + stride), columns: left..<min(matrix.columns, left + stride))
        points.append(weight.map { colors.color(of: $0) } ?? style.theme.masked)
      }
    }
    marks.append(.grid(panel, colors: points, columns: (matrix.columns + stride - 1) / stride))
  }

  /// The largest weight of a square of cells, not-a-number above all; nil where all are masked.
  private func strongest(_ matrix: AttentionMatrix, rows: Range<Int>, columns: Range<Int>) -> Float? {
    var strongest: Float?
    for row in rows {
      for column in columns where !panels.isMasked(matrix, row: row, column: column) {
        let weight = matrix[row, column]
        if strongest.map({ weight > $0 || weight.isNaN }) ?? true { strongest = weight }
      }
    }
    return strongest
  }

  // MARK: Labels

  private mutating func drawRowLabels(_ panel: Box) {
    for (index, label) in panels.rows.enumerated() where index % layout.labelStride == 0 {
      let size = size(of: label)
      marks.append(
        .text(
          mark(
            label, x: panel.x - layout.gap - size.width,
            y: panel.y + (Double(index) + 0.5) * layout.cell - size.height / 2)))
    }
  }

  private mutating func drawColumnLabels(_ panel: Box) {
    for (index, label) in panels.columns.enumerated() where index % layout.labelStride == 0 {
      let size = size(of: label)
      let middle = panel.x + (Double(index) + 0.5) * layout.cell
      let foot = panel.y - layout.gap
      var text =
        layout.turnsLabels
        ? mark(label, x: middle - size.height / 2, y: foot)
        : mark(label, x: middle - size.width / 2, y: foot - size.height)
      text.readsUpwards = layout.turnsLabels
      marks.append(.text(text))
    }
  }

  private var widestLabel: Double { FigureLayout.widestLabel(style) * layout.labelSize / style.fontSize }

  private func letters(_ label: AxisLabel) -> LetterStyle {
    LetterStyle(size: layout.labelSize, isItalic: label.isForced)
  }

  private func size(of label: AxisLabel) -> (width: Double, height: Double) {
    typesetter.size(of: label.text, letters(label), widest: widestLabel)
  }

  private func mark(_ label: AxisLabel, x: Double, y: Double) -> TextMark {
    TextMark(
      text: label.text, style: letters(label), x: x, y: y, widest: widestLabel,
      color: label.isSpecial ? style.theme.quietText : style.theme.text)
  }

  /// The names of layers and heads beside a grid.
  private mutating func drawHeadings() {
    let letters = LetterStyle(size: style.fontSize)
    for (column, name) in layout.headNames.enumerated() {
      var strip = layout.panel(row: 0, column: column)
      strip.height = typesetter.size(of: name, letters).height
      strip.y = layout.headingY
      drawCentred(name, letters, in: strip, style.theme.text)
    }
    for (row, name) in layout.layerNames.enumerated() {
      let panel = layout.panel(row: row, column: 0)
      drawUpwards(name, x: layout.headingX, middle: panel.y + panel.height / 2)
    }
  }

  // MARK: The bar, title and caption

  private mutating func drawBar() {
    let bar = layout.bar
    let shades = (0..<256).map { colors.color(at: (255.5 - Float($0)) / 256) }
    marks.append(.grid(bar, colors: shades, columns: 1))
    marks.append(.outline(bar, width: 0.5, style.theme.frame))
    let letters = LetterStyle(size: style.fontSize)
    for tick in colors.ticks {
      let y = bar.bottom - tick.position * bar.height
      marks.append(.fill(Box(x: bar.right, y: y - 0.25, width: layout.gap * 0.7, height: 0.5), style.theme.frame))
      let height = typesetter.size(of: tick.label, letters).height
      marks.append(
        .text(
          TextMark(
            text: tick.label, style: letters, x: bar.right + layout.gap, y: y - height / 2, color: style.theme.text)))
    }
    drawUpwards(panels.measure, x: layout.measureX, middle: layout.measureMiddle)
  }

  private mutating func drawText() {
    if let title = style.title {
      let size = typesetter.size(of: title, layout.titleStyle, widest: layout.textWidth, breaksLines: true)
      marks.append(
        .text(
          TextMark(
            text: title, style: layout.titleStyle, x: max(layout.margin, (layout.width - size.width) / 2),
            y: layout.margin, widest: layout.textWidth, breaksLines: true, color: style.theme.text)))
    }
    var y = layout.footTop
    for (index, line) in layout.foot.enumerated() {
      y += layout.gap
      let isCaption = index == 0 && style.caption != nil
      marks.append(
        .text(
          TextMark(
            text: line.text, style: line.style, x: layout.margin, y: y, widest: layout.textWidth, breaksLines: true,
            color: isCaption ? style.theme.text : style.theme.quietText)))
      y += typesetter.size(of: line.text, line.style, widest: layout.textWidth, breaksLines: true).height
    }
  }

  private mutating func drawCentred(_ text: String, _ letters: LetterStyle, in box: Box, _ color: UInt32) {
    let size = typesetter.size(of: text, letters)
    marks.append(
      .text(
        TextMark(
          text: text, style: letters, x: box.x + (box.width - size.width) / 2,
          y: box.y + (box.height - size.height) / 2, color: color)))
  }

  private mutating func drawUpwards(_ text: String, x: Double, middle: Double) {
    let letters = LetterStyle(size: style.fontSize)
    let length = typesetter.size(of: text, letters).width
    marks.append(
      .text(
        TextMark(
          text: text, style: letters, x: x, y: middle + length / 2, readsUpwards: true, color: style.theme.text)))
  }
}
