import TUI
import Traces

extension ScreenLayout {
  /// Lines for what is changed on purpose and what that did.
  static func changeLines(_ state: State) -> Int {
    guard !state.whatIf.list.isEmpty || state.whatIf.difference != nil else { return 0 }
    return state.display.size.rows >= 24 ? 2 : 1
  }
}

extension Painter {
  /// The interventions, always in sight while there are any, and under them what the last one did.
  mutating func drawChanges() {
    guard let area = layout.changes?.inset(columns: 1) else { return }
    let (first, rest) = area.splitTop(1)
    let words = state.whatIf.list.map { state.words($0) }
    let mark: Piece = ("what if  ", theme.accent)
    let line = first.splitLeft(mark.text.displayWidth).rest
    let list = words.isEmpty ? "nothing: the model left alone" : listed(words, in: line.columns)
    let end = draw([mark, (list, theme.strong)], in: first)
    guard rest.rows > 0 else {
      let room = first.endColumn - end - 2
      let effects = fitting(state.effects, in: room)
      if !effects.isEmpty { draw([("  " + effects, theme.quiet)], in: first.splitLeft(end - first.column).rest) }
      return
    }
    draw([(fitting(state.effects, in: rest.columns), theme.text)], in: rest)
  }

  /// As many as fit, the newest ones whatever happens, and how many more there are.
  private func listed(_ words: [String], in columns: Int) -> String {
    for hidden in words.indices {
      let text = words[hidden...].joined(separator: " · ")
      let whole = hidden == 0 ? text : "\(hidden) more · " + text
      if whole.displayWidth <= columns { return whole }
    }
    let more = words.count > 1 ? "\(words.count - 1) more · " : ""
    return (more + (words.last ?? "")).truncated(to: columns)
  }
}
