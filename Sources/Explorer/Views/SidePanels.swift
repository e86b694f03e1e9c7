import TUI
import Traces

/// The panels beside the picture: what could have come, and where the model looked.
extension Painter {
  mutating func drawSide() {
    guard let side = layout.side, state.decode.trace != nil else { return }
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
  private mutating func drawRow(_ area: Rect) {
    guard area.rows >= 3 else { return }
    let row = state.row
    guard let matrix = state.decode.matrix, row < matrix.rows, let tokens = state.columnTokens else { return }
    draw([("This row", theme.strong)], in: area)
    if let strongest = matrix.strongestColumn(row: row), let label = state.rowToken?.label {
      let pair = "\(label) \(glyphs.from) \(tokens[strongest].label)"
      drawAtEnd([(pair.truncated(to: max(0, area.columns - 10)), theme.quiet)], in: area.splitLeft(10).rest)
    }
    let ranked = matrix.columnsByWeight(row: row).filter { matrix.score(row: row, column: $0) != -.infinity }
    let summaryGap = area.rows >= 10 ? 1 : 0
    let room = max(0, area.rows - 3 - summaryGap)
    let shown = ranked.prefix(ranked.count > room ? max(0, room - 1) : room)
    let columns = RowColumns(area: area, names: shown.map { tokens[$0].label }, hasScores: matrix.scores != nil)
    draw([(columns.heading, theme.quiet)], in: area.splitTop(1).rest)
    for (line, column) in shown.enumerated() {
      drawWeight(row, column, tokens[column], matrix, columns, in: area.splitTop(2 + line).rest)
    }
    var end = 2 + shown.count
    if shown.count < ranked.count {
      let rest = ranked.dropFirst(shown.count).reduce(Float(0)) { $0 + matrix[row, $1] }
      let count = ranked.count - shown.count
      let text = area.columns < 28 ? "\(count) more" : "\(count) more, together \(Numbers.fixed(rest, 3))"
      draw([(text, theme.quiet)], in: area.splitTop(end).rest)
      end += 1
    }
    let entropy = "entropy \(Numbers.fixed(matrix.entropy(row: row), 2)) bit"
    let most = "of at most \(Numbers.fixed(AttentionMatrix.even(ranked.count).entropy(row: 0), 2))"
    let text = area.columns >= 32 ? entropy + " " + most : entropy
    draw([(text, theme.quiet)], in: area.splitTop(end + summaryGap).rest)
  }

  private mutating func drawWeight(
    _ row: Int, _ column: Int, _ token: AxisToken, _ matrix: AttentionMatrix, _ columns: RowColumns, in area: Rect
  ) {
    let weight = matrix[row, column]
    var pieces = cell(token.label, columns.name, style(of: token.kind, isCurrent: column == state.column))
    if let score = matrix.score(row: row, column: column) {
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
