import TUI
import Traces

extension ScreenLayout {
  /// The matrix of the state fitted into the main area; nil where there is none to draw.
  ///
  /// - Parameter area: another place for it.
  func matrix(_ state: State, in area: Rect? = nil) -> MatrixLayout? {
    guard state.picture.view == .matrix, state.decode.trace != nil, let chart = state.decode.drawn else { return nil }
    let pending = state.decode.pendingColumns
    let content = MatrixLayout.Content(
      columnWidths: chart.columns.labelWidths + pending.map { _ in 1 },
      longestColumn: chart.columns.longestLabel,
      // Pictures that stand side by side have their rows and columns at the same places.
      rowWidth: area == nil ? chart.rows.widestLabel : state.decode.widestRow, rows: state.decode.reachableRows,
      plannedRows: state.decode.plannedRows,
      cursor: Position(column: chart.columns.place(of: state.column), row: chart.rows.place(of: state.row)),
      rowHeight: state.picture.rowHeight(state.display), drawsHalfBlocks: state.display.drawsHalfBlocks,
      isBinned: state.decode.bin > 1)
    return MatrixLayout(content, in: area ?? main)
  }
}

extension Decode {
  /// Rows and columns of the whole matrix as it may become, for pictures whose size is to stay as it grows.
  var plannedSize: (rows: Int, columns: Int) {
    let (rows, columns) = (matrix?.rows ?? 0, matrix?.columns ?? 0)
    guard site != .encoder, let trace, !hasEnded else { return (rows, columns) }
    let planned = max(rows + 1, min(trace.source.count, trace.lengthLimit))
    return (planned, site == .decoder ? max(columns, planned) : columns)
  }

  /// Rows that must be in reach: those that there are, and while more steps can follow, the next one.
  var reachableRows: Int {
    let count = drawn?.rows.count ?? 0
    return site == .encoder || hasEnded || bin > 1 ? max(1, count) : count + 1
  }

  /// Rows to leave room for: a translation is about as long as its source.
  var plannedRows: Int {
    guard site != .encoder, let trace, !hasEnded, bin == 1 else { return reachableRows }
    return max(reachableRows, min(trace.source.count, trace.lengthLimit))
  }

  /// Columns to leave room for beside those that there are: the decoder's grow with its rows.
  var pendingColumns: Range<Int> {
    let count = drawn?.columns.count ?? 0
    return count..<(site == .decoder && bin == 1 ? max(count, plannedRows) : count)
  }
}

/// The heatmap with its words.
extension Painter {
  mutating func drawMatrix(in area: Rect? = nil) {
    guard let layout = layout.matrix(state, in: area), let chart = state.decode.drawn else { return }
    drawMatrix(chart, layout)
    drawFoot(layout)
    if state.decode.steps.isEmpty, state.showsWelcome, state.decode.site != .encoder { drawWelcome(layout.cells) }
  }

  /// Words and cells.
  mutating func drawMatrix(_ chart: Chart, _ layout: MatrixLayout) {
    drawColumnLabels(chart, layout)
    for row in layout.visibleRows {
      drawRowLabel(row, chart, layout)
      if layout.rowHeight != .half { drawCells(row, chart, layout) }
    }
    if layout.rowHeight == .half { drawHalfRows(chart, layout) }
  }

  func style(of token: Token, isCurrent: Bool) -> Style { style(of: token.kind, isCurrent: isCurrent) }

  func style(of kind: Token.Kind, isCurrent: Bool) -> Style {
    var style = isCurrent ? theme.accent : kind == .special ? theme.quiet : theme.text
    if kind == .unknown { style.attributes.insert(.underline) }
    return style
  }

  /// Whether a place of the chart is that of the cursor.
  func isCurrent(row: Int, _ chart: Chart) -> Bool {
    chart.rows.count > 0 && !state.picture.hidesCursor && row == chart.rows.place(of: state.row)
  }

  /// The cursor's place among the columns; nil where it is not shown.
  func currentColumn(_ chart: Chart) -> Int? {
    chart.rows.count > 0 && !state.picture.hidesCursor ? chart.columns.place(of: state.column) : nil
  }

  private mutating func drawColumnLabels(_ chart: Chart, _ layout: MatrixLayout) {
    let current = currentColumn(chart)
    for column in layout.visibleColumns.clamped(to: 0..<chart.columns.count) {
      let isCurrent = column == current
      let entry = chart.columns.entries[column]
      let style = style(of: entry.kind, isCurrent: isCurrent)
      switch layout.columnLabels {
      case .lines(let places, _):
        let place = places[column]
        let start = layout.column(of: 0) + place.column
        let word = entry.label.truncated(to: place.width)
        screen.draw(word, column: start, row: layout.area.row + place.line, style: style, clip: layout.area)
      case .upright(let rows):
        drawUpright(entry.label, style, column: layout.column(of: column), rows: rows, layout)
      case .cursorOnly:
        guard isCurrent else { continue }
        let centred = layout.column(of: column) - entry.label.displayWidth / 2
        let start = max(layout.area.column, min(centred, layout.area.endColumn - entry.label.displayWidth))
        screen.draw(entry.label, column: start, row: layout.area.row, style: style, clip: layout.area)
      }
    }
  }

  /// A word downwards, ending just above its cells.
  private mutating func drawUpright(
    _ word: String, _ style: Style, column: Int, rows: Int, _ layout: MatrixLayout
  ) {
    let characters = word.count > rows ? Array(word.prefix(rows - 1)) + ["…"] : Array(word)
    for (index, character) in characters.enumerated() {
      let start = column + max(0, (layout.cellWidth - character.displayWidth) / 2)
      let row = layout.area.row + rows - characters.count + index
      screen.draw(String(character), column: start, row: row, style: style, clip: layout.area)
    }
  }

  private mutating func drawRowLabel(_ row: Int, _ chart: Chart, _ layout: MatrixLayout) {
    let isLowerHalf = layout.rowHeight == .half && (row - layout.visibleRows.lowerBound) % 2 == 1
    let line = layout.line(ofRow: row) + (layout.rowHeight == .three ? 1 : 0)
    let start = layout.area.column + 3 + (isLowerHalf ? layout.rowLabelWidth + 1 : 0)
    let isCurrent = isCurrent(row: row, chart)
    if isCurrent { screen.draw("▶", column: layout.area.column + 1, row: line, style: theme.accent) }
    if differingRows.contains(row) { screen.draw(glyphs.differs, column: start - 1, row: line, style: theme.failure) }
    let entry = row < chart.rows.count ? chart.rows.entries[row] : nil
    let style = entry.map { self.style(of: $0.kind, isCurrent: isCurrent) } ?? theme.quiet
    let shown = (entry?.label ?? "·").truncated(to: layout.rowLabelWidth)
    let column = start + layout.rowLabelWidth - shown.displayWidth
    screen.draw(shown, column: column, row: line, style: style, clip: layout.area)
  }

  /// One line under the cells: how the decode ended, and what is binned, hidden or out of sight.
  private mutating func drawFoot(_ layout: MatrixLayout) {
    guard layout.cells.endRow < layout.area.endRow, let chart = state.decode.drawn else { return }
    let line = Rect(
      column: layout.area.column + 1, row: layout.cells.endRow, columns: layout.area.columns - 1, rows: 1)
    let parts = [endRemark, binRemark].compactMap { $0 } + sightRemarks(layout, chart) + hiddenRemarks
    let hasHitLimit = state.decode.trace?.ending == .lengthLimit
    draw([(fitting(parts, in: line.columns), hasHitLimit ? theme.failure : theme.quiet)], in: line)
  }

  private var endRemark: String? {
    let count = state.decode.steps.count
    return switch state.decode.trace?.ending {
    case .lengthLimit?: "cut off at the length limit of \(count) tokens, before the end token"
    case .endToken?: "■ ended after \(count) " + (count == 1 ? "token" : "tokens")
    default: nil
    }
  }

  private var binRemark: String? {
    let bin = state.decode.bin
    return bin > 1 ? "bins of \(bin)×\(bin): the strongest of each" : nil
  }

  private func sightRemarks(_ layout: MatrixLayout, _ chart: Chart) -> [String] {
    var parts: [String] = []
    let columns = layout.visibleColumns.clamped(to: 0..<chart.columns.count)
    let isBinned = state.decode.bin > 1
    if columns.count < chart.columns.count {
      let what = isBinned ? "columns" : state.decode.site == .decoder ? "read" : "source"
      parts.append("\(what) \(columns.lowerBound + 1)–\(columns.upperBound) of \(chart.columns.count)")
    }
    let rows = layout.visibleRows
    if rows.count < state.decode.reachableRows {
      let what = isBinned || state.decode.site == .encoder ? "rows" : "steps"
      parts.append("\(what) \(rows.lowerBound + 1)–\(min(rows.upperBound, chart.rows.count)) of \(chart.rows.count)")
    }
    let row = chart.rows.place(of: state.row)
    if columns.count < chart.columns.count, row < chart.rows.count, !isBinned {
      let seen = columns.reduce(chart.hiddenWeight(row: row)) { $0 + chart.matrix[row, $1] }
      parts.append("\(Numbers.short(max(0, 1 - seen))) of this row is out of sight")
    }
    return parts
  }

  /// What is not drawn because it was asked for so, and what is drawn otherwise than it is read.
  var hiddenRemarks: [String] {
    guard let chart = state.decode.chart else { return [] }
    let count = Set(chart.columns.hidden).union(chart.rows.hidden).count
    guard count > 0 else { return directionRemarks(chart) }
    let weight = chart.hiddenWeight(row: chart.rows.place(of: state.row))
    let tokens =
      chart.columns.hidden.isEmpty
      ? "special tokens hidden" : "special tokens hidden, \(Numbers.short(weight)) of this row on them"
    return [tokens] + directionRemarks(chart)
  }

  /// That words are not drawn as they are read.
  private func directionRemarks(_ chart: Chart) -> [String] {
    // Not by key paths, which take their time with thousands of labels.
    let isMixed = [chart.columns, chart.rows].contains { $0.entries.contains { $0.label.hasRightToLeftLetters } }
    return isMixed ? ["right-to-left words in logical order"] : []
  }

  private mutating func drawWelcome(_ cells: Rect) {
    let style = theme.emptyCell
    var key = theme.accent
    key.background = style.background
    let isWide = cells.columns >= 50
    let names = [Action.step, .run, .editSentence].map { state.keyName($0) }
    let width = (names.map(\.displayWidth).max() ?? 0) + 1
    drawCentred(
      [
        [
          (names[0].fitted(width), key),
          (isWide ? " decode one token and see where the model looks" : " decode one token", style),
        ],
        [(names[1].fitted(width), key), (isWide ? " run to the end" : " run to the end   ", style)],
        [
          (names[2].fitted(width), key), (" type a sentence  ", style), (state.keyName(.help), key), (" help", style),
        ],
      ], in: cells)
  }
}
