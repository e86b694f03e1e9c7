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
    let name = "  " + (model?.name ?? "")
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
    if let head = decode.head { pieces.append(("  \(head.site.rawValue) \(state.headName)", theme.onBar(theme.quiet))) }
    return pieces
  }

  mutating func drawSentence() {
    let isEditing = state.focus == .sentence && state.helpLine == nil
    let area = layout.sentence.inset(columns: 1)
    let (prompt, line) = area.splitLeft(2)
    draw([("›", theme.accent)], in: prompt)
    if isEditing {
      let (text, cursor) = state.sentence.editor.visible(columns: line.columns)
      draw([(text, theme.strong)], in: line)
      screen.cursor = Position(column: line.column + cursor, row: line.row)
      // The terminal's cursor may be invisible; the cell says it too.
      screen.restyle(Rect(column: line.column + cursor, row: line.row, columns: 1, rows: 1)) {
        $0.attributes.insert(.reverse)
      }
    } else {
      let hint = "  i edit"
      let shown = state.sentence.text.truncated(to: line.columns - hint.count)
      draw([(shown, theme.strong)], in: line)
      drawAtEnd([("  i", theme.accent), (" edit", theme.quiet)], in: line)
    }
  }

  mutating func drawHints() {
    screen.fill(layout.hints, style: theme.bar)
    let area = layout.hints.inset(columns: 1)
    let name = KeyName(glyphs: glyphs)
    let hints = KeyTable.hints(state).map { binding in
      (
        keys: binding.hintKeys ?? binding.keys.first.map { name($0) } ?? "", word: binding.hint ?? "",
        isKept: binding.action == .help || binding.action == .quit
      )
    }
    func width(_ hint: (keys: String, word: String, isKept: Bool)) -> Int {
      hint.keys.displayWidth + hint.word.displayWidth + 3
    }
    var room = area.columns + 2 - hints.filter(\.isKept).reduce(0) { $0 + width($1) }
    var pieces: [Piece] = []
    for hint in hints {
      if !hint.isKept {
        guard width(hint) <= room else { continue }
        room -= width(hint)
      }
      pieces.append((hint.keys, theme.onBar(theme.accent)))
      pieces.append((" " + hint.word + "  ", theme.onBar(theme.quiet)))
    }
    let end = draw(pieces, in: area)
    drawAtEnd([(place, theme.onBar(theme.quiet))], in: area.splitLeft(end - area.column).rest)
  }

  /// Where one is, for the end of the hint bar.
  private var place: String {
    switch state.context {
    case .help: "help"
    case .sentence: "sentence"
    case .candidates: "next token"
    case .matrix: "matrix"
    case .heads: "heads"
    case .tokens: "tokens"
    }
  }
}

extension KeyTable {
  /// What the hint bar offers now.
  static func hints(_ state: State) -> [Binding] {
    bindings.filter { $0.hint != nil && $0.contexts.contains(state.context) && isUseful($0.action, state) }
  }
}
