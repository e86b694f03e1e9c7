import Foundation

/// Where everything in a figure stands, in points.
///
/// Cells are squares, as large as the room allows up to a limit. Labels shrink with the cells down to a size that can still
/// be read; below that only every so many a token is named.
struct FigureLayout {
  /// What a figure takes at most unless a size is asked for: a page of A4 or US letter within its margins.
  static let page = (width: 6.5 * 72, height: 9.0 * 72)
  private static let smallestLetters = 5.0
  private static let smallestValues = 3.5
  private static let smallestCell = 0.05
  private static let barWidth = 8.0
  private static let shortestBar = 54.0

  let style: FigureStyle
  let panels: Panels
  private(set) var cell = 0.0
  private(set) var labelSize: Double
  /// One token in so many is named.
  private(set) var labelStride = 1
  private(set) var valueSize: Double?
  /// Column labels stand upright where each fits above its column; else they are turned.
  private(set) var turnsLabels = true
  private(set) var width = 0.0
  private(set) var height = 0.0
  /// The first panel.
  private(set) var origin = (x: 0.0, y: 0.0)

  let margin: Double
  let gap: Double
  private let rowLabelWidth: Double
  private let columnLabelWidth: Double
  private let lineHeight: Double
  private let tickWidth: Double
  private let typesetter: Typesetter
  private let notes: Notes?

  /// - Throws: `FigureError` where the size asked for has no room for the cells, or for the numbers in them.
  init(_ panels: Panels, _ style: FigureStyle, scale: ColorScale, typesetter: Typesetter) throws(FigureError) {
    self.style = style
    self.panels = panels
    self.typesetter = typesetter
    labelSize = style.fontSize
    margin = style.fontSize / 2
    gap = style.fontSize / 3
    let letters = LetterStyle(size: style.fontSize)
    let widest = Self.widestLabel(style)
    func width(_ labels: [AxisLabel]) -> Double {
      labels.map { min(widest, typesetter.size(of: $0.text, letters).width) }.max() ?? 0
    }
    rowLabelWidth = width(panels.rows)
    columnLabelWidth = width(panels.columns)
    lineHeight = typesetter.size(of: "Ág", letters).height
    notes = style.showsNotes ? Notes(panels) : nil
    tickWidth = scale.ticks.map { typesetter.size(of: $0.label, letters).width }.max() ?? 0
    try placeCells()
    if style.showsValues { try fitValues() }
    place()
  }

  /// Longer labels are cut.
  static func widestLabel(_ style: FigureStyle) -> Double { 12 * style.fontSize }

  // MARK: Sizes of the parts

  private var columnsOfPanels: Int { panels.matrices.map(\.count).max() ?? 1 }
  private var rowsOfPanels: Int { panels.matrices.count }
  private var panelGap: Double { style.fontSize * 0.7 }
  private var labelRatio: Double { labelSize / style.fontSize }
  private var leftOfCells: Double {
    margin + (panels.layers.isEmpty ? 0 : lineHeight + gap) + rowLabelWidth * labelRatio + gap
  }
  private var rightOfCells: Double { gap * 2 + Self.barWidth + gap + tickWidth + gap + lineHeight + margin }
  private var columnLabelHeight: Double { turnsLabels ? columnLabelWidth * labelRatio : lineHeight * labelRatio }
  private var aboveCells: Double { (panels.heads.isEmpty ? 0 : lineHeight + gap) + columnLabelHeight + gap }

  var panelWidth: Double { cell * Double(panels.columns.count) }
  var panelHeight: Double { cell * Double(panels.rows.count) }
  private var cellsWidth: Double { spread(panelWidth, columnsOfPanels) }
  private var cellsHeight: Double { spread(panelHeight, rowsOfPanels) }

  private func spread(_ size: Double, _ count: Int) -> Double {
    size * Double(count) + panelGap * Double(count - 1)
  }

  // MARK: Cells and labels

  /// The largest cells that fit, with the labels that fit them: each decides on the other, so they are found in turns.
  private mutating func placeCells() throws(FigureError) {
    let natural = style.fontSize * (style.showsValues ? 3 : 2.2)
    let largest = style.width == nil && style.height == nil ? natural : style.fontSize * 5
    for _ in 0..<4 {
      let roomAcross = (style.width ?? Self.page.width) - leftOfCells - rightOfCells
      let roomDown = (style.height ?? Self.page.height) - 2 * margin - aboveCells - headHeight - footHeight
      let across =
        (roomAcross - panelGap * Double(columnsOfPanels - 1)) / Double(columnsOfPanels * panels.columns.count)
      let down = (roomDown - panelGap * Double(rowsOfPanels - 1)) / Double(rowsOfPanels * panels.rows.count)
      cell = min(largest, across, down)
      guard cell >= Self.smallestCell else {
        throw FigureError(
          across < down
            ? "there is no room for \(panels.columns.count) columns and their labels; give a larger --width"
            : "there is no room for \(panels.rows.count) rows and their labels; give a larger --height")
      }
      let smallest = min(Self.smallestLetters, style.fontSize)
      labelSize = max(smallest, min(style.fontSize, cell / 1.2))
      labelStride = max(1, Int((smallest * 1.2 / cell).rounded(.up)))
      turnsLabels = labelStride > 1 || columnLabelWidth * labelRatio > cell * 0.92
    }
  }

  private mutating func fitValues() throws(FigureError) {
    let unit = typesetter.size(of: "1.00", LetterStyle(size: 10)).width / 10
    let size = min(labelSize, cell * 0.86 / unit)
    guard size >= Self.smallestValues else {
      throw FigureError("cells are too small for --values; give a larger --width, or one head in place of many")
    }
    valueSize = size
  }

  /// Side of the square of cells that one point of a picture stands for, where there are more cells than points of
  /// 1/300 inch.
  var pointStride: Int { cell == 0 ? 1 : max(1, Int((72.0 / 300 / cell).rounded(.up))) }

  // MARK: Head and foot

  var titleStyle: LetterStyle { LetterStyle(size: style.fontSize * 1.25, isBold: true) }
  var smallStyle: LetterStyle { LetterStyle(size: max(Self.smallestLetters, style.fontSize * 0.8)) }
  /// Text runs over this width; that of the cells alone can be too narrow for a sentence.
  var textWidth: Double { max(36, (style.width ?? max(24 * style.fontSize, contentWidth)) - 2 * margin) }
  private var contentWidth: Double { leftOfCells + cellsWidth + rightOfCells }

  private var headHeight: Double {
    style.title.map { typesetter.size(of: $0, titleStyle, widest: textWidth, breaksLines: true).height + gap } ?? 0
  }

  private var footHeight: Double {
    foot.reduce(0) { sum, line in
      sum + gap + typesetter.size(of: line.text, line.style, widest: textWidth, breaksLines: true).height
    }
  }

  /// Caption and notes.
  var foot: [(text: String, style: LetterStyle)] {
    var lines: [(text: String, style: LetterStyle)] = []
    if let caption = style.caption { lines.append((caption, LetterStyle(size: style.fontSize))) }
    if let notes = notes?.text(labelStride: labelStride, pointStride: pointStride) { lines.append((notes, smallStyle)) }
    return lines
  }

  // MARK: Places

  private mutating func place() {
    let hasText = style.title != nil || !foot.isEmpty
    width = style.width ?? (hasText ? max(24 * style.fontSize, contentWidth) : contentWidth)
    origin = (leftOfCells + max(0, (width - contentWidth) / 2), margin + headHeight + aboveCells)
    height = style.height ?? footTop + footHeight + margin
  }

  var footTop: Double {
    max(origin.y + cellsHeight, measureMiddle + measureLength / 2, bar.bottom + lineHeight / 2)
  }

  func panel(row: Int, column: Int) -> Box {
    Box(
      x: origin.x + Double(column) * (panelWidth + panelGap), y: origin.y + Double(row) * (panelHeight + panelGap),
      width: panelWidth, height: panelHeight)
  }

  var bar: Box {
    Box(
      x: origin.x + cellsWidth + gap * 2, y: origin.y, width: Self.barWidth,
      height: min(max(cellsHeight, Self.shortestBar), style.fontSize * 18))
  }

  /// In full where every one fits its panel.
  var headNames: [String] { names(panels.heads, "head ", "H", room: panelWidth) }
  var layerNames: [String] { names(panels.layers, "layer ", "L", room: panelHeight) }

  private func names(_ numbers: [Int], _ long: String, _ short: String, room: Double) -> [String] {
    let names = numbers.map { "\(long)\($0)" }
    let letters = LetterStyle(size: style.fontSize)
    let fits = names.allSatisfy { typesetter.size(of: $0, letters).width < room }
    return fits ? names : numbers.map { "\(short)\($0)" }
  }

  /// Names of heads stand above the labels of the columns, names of layers left of those of the rows.
  var headingY: Double { origin.y - aboveCells }
  var headingX: Double { origin.x - leftOfCells + margin }

  /// What the colours mean stands here, read upwards.
  var measureX: Double { bar.right + gap + tickWidth + gap }
  var measureMiddle: Double { max(bar.y + bar.height / 2, headingY + measureLength / 2) }
  private var measureLength: Double { typesetter.size(of: panels.measure, LetterStyle(size: style.fontSize)).width }
}
