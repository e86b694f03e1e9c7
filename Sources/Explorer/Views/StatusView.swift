import TUI
import Traces

/// The legend and the status line.
extension Painter {
  mutating func drawLegend() {
    guard let area = layout.legend?.inset(columns: 1), state.decode.matrix != nil, state.picture.view == .matrix else {
      return
    }
    let width = min(30, max(10, area.columns / 5))
    let end = draw([("0 ", theme.quiet)], in: area)
    for index in 0..<width {
      let weight = (Float(index) + 0.5) / Float(width)
      if state.display.depth > .none {
        screen.draw(" ", column: end + index, row: area.row, style: Style(background: heat(weight)))
      } else {
        let glyph = GlyphRamp.glyph(at: weight, isUTF8: state.display.isUTF8)
        screen.draw(String(glyph), column: end + index, row: area.row)
      }
    }
    let words = Rect(column: end + width, row: area.row, columns: area.endColumn - end - width, rows: 1)
    let texts = [
      " 1   weight · a row shows where the model looked to produce that token; it sums to 1",
      " 1   weight · a row is what produced that token; it sums to 1",
      " 1  a row produced that token and sums to 1",
    ]
    let text = texts.first { $0.displayWidth <= words.columns } ?? " 1"
    draw([(text, theme.quiet)], in: words)
  }

  mutating func drawStatus() {
    if let rule = layout.rule {
      screen.drawHorizontalLine(column: 0, row: rule.row, columns: rule.columns, style: theme.frame)
    }
    let area = layout.status.inset(columns: 1)
    if let notice = state.notice {
      let style = notice.kind == .failure ? theme.failure : theme.strong
      draw([(notice.text.truncated(to: area.columns), style)], in: area)
    } else if state.helpLine != nil {
      let hidden = Help.lastTop(state.display) - (state.helpLine ?? 0)
      draw([(hidden > 0 ? "\(hidden) more lines: Space goes on" : "", theme.quiet)], in: area)
    } else if state.focus == .sentence {
      draw([("Enter decodes this sentence; Esc leaves the old one", theme.quiet)], in: area)
    } else if let progress = state.decode.progress {
      draw([(progress.label, theme.quiet)], in: area)
    } else {
      draw(cellDescription, in: area)
    }
  }

  /// The cell under the cursor: which, its weight, and how it stands in its row and column.
  private var cellDescription: [Piece] {
    let decode = state.decode
    guard let step = state.currentStep else { return sourceRemarks }
    guard let matrix = decode.matrix, state.picture.view == .matrix, state.cursor.row < matrix.rows,
      decode.source.indices.contains(state.cursor.column)
    else { return stepDescription(step) }
    let (row, column) = (state.cursor.row, state.cursor.column)
    let source = decode.source[column]
    let weight = matrix[row, column]
    let remark = remark(source, step)
    let head: [Piece] = [
      ("\(step.token.surface) \(glyphs.from) \(source.surface)", theme.strong),
      ("  \(Numbers.fixed(weight, 4))  ", theme.accent), (remark.map { $0 + "  " } ?? "", theme.text),
    ]
    let room = layout.status.columns - 2 - head.reduce(0) { $0 + $1.text.displayWidth }
    let long = remarks(matrix, row, column, first: "largest", of: " of its ").joined(separator: " · ")
    if long.displayWidth <= room { return head + [(long, theme.quiet)] }
    return head + [(fitting(remarks(matrix, row, column, first: "1st", of: " of "), in: room), theme.quiet)]
  }

  private func remarks(_ matrix: AttentionMatrix, _ row: Int, _ column: Int, first: String, of: String) -> [String] {
    func rank(_ rank: Int) -> String { rank == 1 ? first : Numbers.ordinal(rank) }
    let score = matrix.score(row: row, column: column).map { ["score \(Numbers.signed($0, 3))"] } ?? []
    return [
      rank(matrix.rankInRow(row: row, column: column)) + of + "row",
      rank(matrix.rankInColumn(row: row, column: column)) + of + "column",
    ] + score + ["exactly \(matrix[row, column])"]
  }

  private func stepDescription(_ step: Step) -> [Piece] {
    [
      (step.token.surface, theme.strong), ("  \(Numbers.fixed(step.probability, 4))", theme.accent),
      (
        "  probability at step \(state.cursor.row + 1)"
          + (step.isForced ? " · forced, not the model's choice" : "") + " · exactly \(step.probability)", theme.quiet
      ),
    ]
  }

  /// Before the first step: whether a word of the sentence is unknown to the model.
  private var sourceRemarks: [Piece] {
    let unknown = state.decode.source.filter { $0.kind == .unknown }.map(\.surface)
    guard let first = unknown.first else { return readyRemark }
    let others = unknown.count > 1 ? " and \(unknown.count - 1) more" : ""
    let verb = unknown.count > 1 ? "are" : "is"
    return [
      ("“\(first)”\(others)", theme.strong), (" \(verb) unknown to the model: read as <unk>", theme.quiet),
    ]
  }

  private var readyRemark: [Piece] {
    guard let trace = state.decode.trace else { return [] }
    let text = "\(trace.source.count) source tokens read, none produced yet"
    return [(text, theme.quiet)]
  }

  /// What is unusual about the cell's two tokens.
  private func remark(_ source: Token, _ step: Step) -> String? {
    if source.kind == .unknown { return "“\(source.surface)” is unknown: read as \(source.piece)" }
    if step.isForced { return "forced, not the model's choice" }
    if step.token.kind == .unknown { return "the model's word for all unknown ones" }
    return nil
  }
}
