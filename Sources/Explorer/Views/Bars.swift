import TUI
import Traces

/// The title, the source line and the hint bar.
extension Painter {
  mutating func drawTitle() {
    screen.fill(layout.title, style: theme.bar)
    let area = layout.title.inset(columns: 1)
    let model = state.model?.model
    let right = position
    let rightWidth = right.reduce(0) { $0 + $1.text.displayWidth }
    let left = area.splitLeft(max(0, area.columns - rightWidth - 2)).left
    let name = "  " + (model?.name ?? state.tensors.path.map { State.lastName(of: $0) } ?? "")
    let summary = "  " + (model?.summary ?? "")
    let hasRoom = 4 + name.displayWidth + summary.displayWidth <= left.columns
    draw(
      [
        ("heed", theme.onBar(theme.accent)), (name.truncated(to: max(0, left.columns - 4)), theme.onBar(theme.strong)),
        (hasRoom ? summary : "", theme.onBar(theme.quiet)),
      ], in: left)
    drawAtEnd(right, in: area)
  }

  /// How far the decode is, and whose attention is shown.
  private var position: [Piece] {
    let decode = state.decode
    var pieces: [Piece] = []
    if decode.isRunning { pieces.append(("running ", theme.onBar(theme.accent))) }
    if let trace = decode.trace {
      let count = trace.steps.count
      let text =
        switch trace.ending {
        case .open: "step \(count)"
        case .endToken: count == 1 ? "1 step, ended" : "\(count) steps, ended"
        case .lengthLimit: "stopped at \(count) steps"
        case .readOnly: "read, nothing to produce"
        }
      pieces.append((text, theme.onBar(theme.text)))
    }
    if let head = decode.head {
      pieces.append(("  \(head.site.rawValue) \(state.headName)", theme.onBar(theme.quiet)))
      if head.extent == .head, state.whatIf.list.silences(head.address) {
        pieces.append((" silenced", theme.onBar(theme.accent)))
      }
    }
    return pieces
  }

  mutating func drawSentence() {
    let isEditing = state.context == .sentence
    if state.whyNoModel != nil {
      draw([(state.tensors.path ?? "", theme.quiet)], in: layout.sentence.inset(columns: 1))
      return
    }
    let area = layout.sentence.inset(columns: 1)
    let (prompt, line) = area.splitLeft(2)
    draw([("›", theme.accent)], in: prompt)
    if isEditing {
      drawEditor(state.sentence.editor, in: line)
    } else {
      let key = state.keyName(.editSentence)
      let hint = "  \(key) edit"
      let shown = state.sentence.text.truncated(to: line.columns - hint.count)
      draw([(shown, theme.strong)], in: line)
      drawAtEnd([("  " + key, theme.accent), (" edit", theme.quiet)], in: line)
    }
  }

  /// A line that is being typed, with its cursor.
  mutating func drawEditor(_ editor: LineEditor, in line: Rect) {
    let (text, cursor) = editor.visible(columns: line.columns)
    draw([(text, theme.strong)], in: line)
    screen.cursor = Position(column: line.column + cursor, row: line.row)
    // The terminal's cursor may be invisible; the cell says it too.
    screen.restyle(Rect(column: line.column + cursor, row: line.row, columns: 1, rows: 1)) {
      $0.attributes.insert(.reverse)
    }
  }
}
