import TUI
import Traces

/// The panels beside the picture: what could have come, and where the model looked.
extension Painter {
  mutating func drawSide() {
    guard let side = layout.side, state.decode.trace != nil, state.picture.view != .tensors else { return }
    if layout.sideIsBelow {
      screen.drawHorizontalLine(column: side.column, row: side.row, columns: side.columns, style: theme.frame)
      let (left, right) = side.splitTop(1).rest.splitLeft(side.columns / 2)
      drawCandidates(left.inset(columns: 1))
      drawRow(right.inset(columns: 1))
    } else {
      screen.drawVerticalLine(column: side.column, row: side.row, rows: side.rows, style: theme.frame)
      let area = side.splitLeft(2).rest.splitLeft(side.columns - 3).left
      let used = drawCandidates(area.splitTop(area.rows / 2).top)
      let gap = area.rows >= 12 ? 1 : 0
      drawRow(area.splitTop(used + gap).rest)
    }
  }

  /// The most probable tokens at the step under the cursor; returns the lines used.
  @discardableResult
  mutating func drawCandidates(_ area: Rect) -> Int {
    let hasFocus = state.focus == .candidates
    draw([("Next token", hasFocus ? theme.accent : theme.strong)], in: area)
    guard let step = state.currentStep else {
      draw([("nothing decoded yet", theme.quiet)], in: area.splitTop(2).rest)
      return 3
    }
    drawAtEnd([("entropy \(Numbers.fixed(step.entropy, 1)) bit", theme.quiet)], in: area.splitLeft(11).rest)
    let gap = area.rows >= 8 ? 1 : 0
    let rows = area.splitTop(1 + gap).rest
    let first = max(0, min(hasFocus ? state.candidate - rows.rows + 1 : 0, step.candidates.count - 1))
    let shown = step.candidates.dropFirst(first).prefix(rows.rows)
    let width = nameWidth(shown.map(\.token.surface), in: area)
    for (line, (index, candidate)) in zip(shown.indices, shown).enumerated() {
      let row = rows.splitTop(line).rest.splitTop(1).top
      drawCandidate(candidate, isChosen: candidate.token.id == step.token.id, nameWidth: width, in: row)
      if hasFocus, index == state.candidate {
        screen.restyle(row.splitLeft(width).left) { $0.attributes.insert(.reverse) }
      }
    }
    return 1 + gap + shown.count
  }

  private mutating func drawCandidate(_ candidate: Candidate, isChosen: Bool, nameWidth: Int, in row: Rect) {
    let barWidth = max(0, row.columns - nameWidth - 6)
    let bar = barText(candidate.probability, columns: barWidth, isUTF8: state.display.isUTF8)
    draw(
      cell(candidate.token.surface, nameWidth, style(of: candidate.token, isCurrent: isChosen)) + [
        (" " + bar, Style(foreground: heat(0.7))),
        (Numbers.short(candidate.probability).rightAligned(5), theme.text),
      ], in: row)
  }

  private func nameWidth(_ names: [String], in area: Rect) -> Int {
    min(max(6, names.map(\.displayWidth).max() ?? 6), max(6, area.columns / 3))
  }

  /// The columns of the row under the cursor, strongest first.
  mutating func drawRow(_ area: Rect) {
    guard area.rows >= 3, let chart = state.decode.chart, chart.rows.count > 0 else { return }
    let hasFocus = state.focus == .row
    let row = chart.rows.place(of: state.row)
    let tokens = chart.columns.entries
    draw([("This row", hasFocus ? theme.accent : theme.strong)], in: area)
    if let strongest = chart.matrix.strongestColumn(row: row) {
      let pair = "\(chart.rows.entries[row].label) \(glyphs.from) \(tokens[strongest].label)"
      drawAtEnd([(pair.truncated(to: max(0, area.columns - 10)), theme.quiet)], in: area.splitLeft(10).rest)
    }
    let ranked = chart.columnsByWeight(row: row)
    let summaryGap = area.rows >= 10 ? 1 : 0
    let room = max(0, area.rows - 3 - summaryGap)
    let current = chart.columns.place(of: state.column)
    var window = ScrollWindow()
    let isCut = ranked.count > room
    let visible = window.show(
      hasFocus ? ranked.firstIndex(of: current) ?? 0 : 0, of: ranked.count, visible: isCut ? max(0, room - 1) : room)
    let shown = ranked[visible]
    let columns = RowColumns(area: area, names: shown.map { tokens[$0].label }, hasScores: chart.matrix.scores != nil)
    draw([(columns.heading, theme.quiet)], in: area.splitTop(1).rest)
    for (line, column) in shown.enumerated() {
      let place = area.splitTop(2 + line).rest.splitTop(1).top
      drawWeight(row, column, chart, columns, in: place)
      if hasFocus, column == current {
        screen.restyle(place.splitLeft(columns.name).left) { $0.attributes.insert(.reverse) }
      }
    }
    var end = 2 + shown.count
    if isCut {
      let count = ranked.count - shown.count
      let rest = ranked.reduce(Float(0)) { $0 + chart.matrix[row, $1] } - shown.reduce(0) { $0 + chart.matrix[row, $1] }
      let text = area.columns < 28 ? "\(count) more" : "\(count) more, together \(Numbers.fixed(max(0, rest), 3))"
      draw([(text, theme.quiet)], in: area.splitTop(end).rest)
      end += 1
    }
    draw(
      [(entropyRemark(row, chart, seen: ranked.count, in: area), theme.quiet)], in: area.splitTop(end + summaryGap).rest
    )
  }

  private func entropyRemark(_ row: Int, _ chart: Chart, seen: Int, in area: Rect) -> String {
    guard chart.columns.hidden.isEmpty else {
      return "\(Numbers.fixed(chart.hiddenWeight(row: row), 3)) on hidden tokens"
    }
    let entropy = "entropy \(Numbers.fixed(chart.matrix.entropy(row: row), 2)) bit"
    let most = "of at most \(Numbers.fixed(AttentionMatrix.even(seen).entropy(row: 0), 2))"
    return area.columns >= 32 ? entropy + " " + most : entropy
  }

  private mutating func drawWeight(
    _ row: Int, _ column: Int, _ chart: Chart, _ columns: RowColumns, in area: Rect
  ) {
    let weight = chart.matrix[row, column]
    let entry = chart.columns.entries[column]
    let isCurrent = column == chart.columns.place(of: state.column)
    var pieces = cell(entry.label, columns.name, style(of: entry.kind, isCurrent: isCurrent))
    if let score = chart.matrix.score(row: row, column: column) {
      pieces.append((Numbers.signed(score, 2).rightAligned(columns.score), theme.quiet))
    }
    pieces.append((Numbers.fixed(weight, 3).rightAligned(7), theme.text))
    if columns.bar >= 3 {
      let bar = barText(weight, columns: columns.bar, isUTF8: state.display.isUTF8)
      pieces.append((" " + bar, Style(foreground: heat(max(0.25, weight)))))
    }
    draw(pieces, in: area)
  }
}

/// The widths of the columns of "This row".
private struct RowColumns {
  let name: Int
  let score: Int
  let bar: Int

  init(area: Rect, names: [String], hasScores: Bool) {
    score = hasScores ? 8 : 0
    let widest = max(6, names.map(\.displayWidth).max() ?? 6)
    name = min(widest, max(6, area.columns - score - 7), max(6, area.columns / 3))
    bar = area.columns - name - score - 7 - 1
  }

  var heading: String {
    "token".fitted(name) + (score > 0 ? "score".rightAligned(score) : "") + "weight".rightAligned(7)
  }
}

extension AttentionMatrix {
  /// One row of equal weights, whose entropy is the largest possible.
  fileprivate static func even(_ columns: Int) -> AttentionMatrix {
    AttentionMatrix(
      rows: 1, columns: columns, weights: Array(repeating: 1 / Float(max(1, columns)), count: columns), scores: nil)
  }
}
