import TUI

/// What the hint bar offers now, and where; from the table of keys.
struct HintBar {
  struct Hint {
    let binding: Binding
    /// The keys that are shown, one after the other.
    let shown: [(keys: [Key], text: String)]
    /// On the screen, keys and word together.
    let columns: Range<Int>

    var keys: String { shown.map(\.text).joined() }

    /// The keys that a press stands for: where several are shown, the one that was pressed.
    func keys(at column: Int) -> [Key] {
      var end = columns.lowerBound
      for (keys, text) in shown {
        end += text.displayWidth
        if column < end, !keys.isEmpty { return keys }
      }
      return binding.keys.first ?? []
    }
  }

  let hints: [Hint]

  /// As many as fit into `columns`, in the order of the table, but what holds in this view alone first; help and quit always.
  init(_ state: State, columns: Int) {
    let name = KeyName(glyphs: state.display.glyphs)
    let useful = state.keys.bindings.filter {
      $0.hint != nil && $0.contexts.contains(state.context) && KeyTable.isUseful($0.action, state)
    }
    let all = useful.filter { $0.contexts.count == 1 } + useful.filter { $0.contexts.count > 1 }
    func shown(_ binding: Binding) -> [(keys: [Key], text: String)] {
      guard !binding.hintActions.isEmpty else {
        return binding.keys.first.map { [($0, name($0))] } ?? []
      }
      let keys = binding.hintActions.map { state.keys.keys(of: $0) }
      // Many letters are read as one word: hjkl.
      let separator = keys.count > 2 && keys.allSatisfy { name($0).count == 1 } ? "" : " "
      return Array(keys.map { [($0, name($0))] }.joined(separator: separator.isEmpty ? [] : [([], separator)]))
    }
    func width(_ binding: Binding) -> Int {
      shown(binding).reduce((binding.hint ?? "").displayWidth + 3) { $0 + $1.text.displayWidth }
    }
    func isKept(_ binding: Binding) -> Bool { [.help, .quit, .commandLine].contains(binding.action) }
    var room = columns - all.filter(isKept).reduce(0) { $0 + width($1) }
    var hints: [Hint] = []
    var column = 1
    for binding in all {
      if !isKept(binding) {
        guard width(binding) <= room else { continue }
        room -= width(binding)
      }
      hints.append(Hint(binding: binding, shown: shown(binding), columns: column..<column + width(binding) - 2))
      column += width(binding)
    }
    self.hints = hints
  }
}

extension Painter {
  mutating func drawHints() {
    screen.fill(layout.hints, style: theme.bar)
    let bar = HintBar(state, columns: layout.hints.columns)
    for hint in bar.hints {
      let start = layout.hints.column + hint.columns.lowerBound
      let area = layout.hints.splitLeft(start - layout.hints.column).rest
      draw(
        [(hint.keys, theme.onBar(theme.accent)), (" " + (hint.binding.hint ?? ""), theme.onBar(theme.quiet))], in: area)
    }
    let end = bar.hints.last?.columns.upperBound ?? 0
    let rest = layout.hints.splitLeft(end + 2).rest
    drawAtEnd([(state.place + " ", theme.onBar(theme.quiet))], in: rest)
  }
}

extension State {
  /// Where one is, for the end of the hint bar.
  fileprivate var place: String {
    switch context {
    case .help: "help"
    case .sentence: "sentence"
    case .candidates: "next token"
    case .row: "this row"
    case .prompt: ""
    case .matrix: "matrix"
    case .heads: "heads"
    case .lines: "lines"
    case .maths: "maths"
    case .tokens: "tokens"
    case .comparison: "compare"
    case .tensors: "tensors"
    case .tensor: "tensor"
    case .picker: "open"
    case .question: ""
    }
  }
}
