import TUI
import Traces

/// The row under the cursor worked through, from the query to the context, in the numbers that the model used.
extension Painter {
  mutating func drawMaths() {
    let area = layout.main.inset(columns: 1)
    guard let head = state.decode.head, head.extent == .head else {
      let keys = "\(state.keyName(.previousHead)) and \(state.keyName(.nextHead))"
      drawCentred([[("\(state.headName) has no working of its own: \(keys) choose a head", theme.quiet)]], in: area)
      return
    }
    guard let working = state.currentWorking else {
      let isEmpty = state.decode.matrix?.rows == 0
      let waiting = isEmpty ? "no row yet: \(state.keyName(.step)) decodes a token" : "working it out…"
      let text = state.asked.failure ?? waiting
      drawCentred([[(text, theme.quiet)]], in: area)
      return
    }
    let sheet = WorkingSheet(working, state, columns: area.columns)
    let isLow = area.rows < 13
    let top = isLow ? Array(sheet.head.prefix(1)) : sheet.head
    let bottom = isLow ? Array(sheet.foot.dropFirst(2).prefix(1)) : sheet.foot
    for (line, pieces) in top.enumerated() { draw(styled(pieces), in: area.splitTop(line).rest) }
    let room = max(3, area.rows - top.count - bottom.count)
    let (table, below) = area.splitTop(top.count).rest.splitTop(min(room, working.scores.count + 2))
    drawTable(working, sheet, in: table)
    let rest = below.rows > bottom.count ? below.splitTop(1).rest : below
    for (line, pieces) in bottom.enumerated() where line < rest.rows {
      draw(styled(pieces), in: rest.splitTop(line).rest)
    }
  }

  private func styled(_ words: [WorkingSheet.Word]) -> [Piece] {
    words.map { word in
      switch word.kind {
      case .plain: (word.text, theme.text)
      case .strong: (word.text, theme.strong)
      case .quiet: (word.text, theme.quiet)
      case .accent: (word.text, theme.accent)
      }
    }
  }

  /// A line for each column around the one under the cursor, and their sums.
  private mutating func drawTable(_ working: AttentionWorking, _ sheet: WorkingSheet, in area: Rect) {
    let table = sheet.table
    draw([(table.heading, theme.quiet)], in: area)
    let current = min(state.column, max(0, working.scores.count - 1))
    let list = area.splitTop(1).rest.splitTop(area.rows - 2).top
    var window = ScrollWindow(first: current - list.rows / 2)
    let visible = window.show(current, of: working.scores.count, visible: list.rows)
    for (line, column) in visible.enumerated() {
      let place = list.splitTop(line).rest
      let isCurrent = column == current
      let style = isCurrent ? theme.accent : working.scores[column] == -.infinity ? theme.quiet : theme.text
      let end = draw(
        [(isCurrent ? "▶" : " ", theme.accent), (table.name(column), style), (table.numbers(column), style)], in: place)
      let bar = table.bar(working.weights[column], columns: place.endColumn - end - 1, isUTF8: state.display.isUTF8)
      draw(
        [(" " + bar, Style(foreground: heat(max(0.25, working.weights[column]))))],
        in: place.splitLeft(end - place.column).rest)
    }
    let hidden = working.scores.count - visible.count
    let remark = hidden > 0 ? "sum, \(hidden) out of sight" : "sum"
    draw([(table.sums(remark), theme.quiet)], in: area.splitTop(1 + visible.count).rest)
  }
}
