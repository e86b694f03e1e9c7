import TUI

/// The help of a view, written from the table of keys.
enum Help {
  enum Line: Equatable {
    case blank
    case text(String)
    case heading(String)
    case keys(String, String)
  }

  private static let introduction = [
    "The matrix shows what the model read (above) and what it produced (at the left). A row is one step: the weights with "
      + "which the model looked back at the source while it produced that token. A row sums to 1.",
    "Attention is not an explanation: a weight says where the model looked, not why it chose the token. "
      + "Force another token and see what changes.",
  ]

  /// The keys that hold in a view, then those of panels and lines that are typed; only those with `filter` in them.
  static func lines(
    _ context: Context, filter: String, columns: Int, glyphs: Glyphs, keys: KeyMap = KeyMap()
  ) -> [Line] {
    var lines: [Line] = []
    if filter.isEmpty {
      lines = introduction.flatMap { $0.wrapped(to: columns).map(Line.text) + [.blank] }
      lines.removeLast()
    }
    let name = KeyName(glyphs: glyphs)
    func text(_ binding: Binding) -> String { binding.keys.map { name($0) }.joined(separator: " ") }
    let wanted = filter.lowercased()
    for group in Binding.Group.allCases {
      let bindings = keys.bindings.filter { binding in
        guard binding.group == group, holds(binding, in: context) else { return false }
        let texts = [binding.help, binding.action.rawValue, text(binding), group.rawValue]
        return filter.isEmpty || texts.contains { $0.lowercased().contains(wanted) }
      }
      guard !bindings.isEmpty else { continue }
      lines += (lines.isEmpty ? [] : [.blank]) + [.heading(group.rawValue)]
      lines += bindings.map { .keys(text($0), $0.help) }
    }
    return lines.isEmpty ? [.text("nothing with “\(filter)” in it")] : lines
  }

  /// Keys of other views are left out.
  private static func holds(_ binding: Binding, in context: Context) -> Bool {
    binding.contexts.contains(context) || Set(binding.contexts).isDisjoint(with: Context.anyView)
  }

  /// The rows that the help has, and its width.
  static func area(_ layout: ScreenLayout) -> Rect {
    let bottom = (layout.rule ?? layout.status).row
    let top = layout.sentence.endRow + 1
    return Rect(column: 0, row: top, columns: layout.title.columns, rows: bottom - top).inset(columns: 2)
  }

  /// The help in as many columns as there is room for, each `columns` wide.
  static func sheets(_ layout: ScreenLayout, _ state: State) -> (lines: [Line], count: Int, columns: Int) {
    let area = area(layout)
    let count = max(1, area.columns / 58)
    let columns = area.columns / count - (count > 1 ? 2 : 0)
    let lines = lines(
      state.viewContext, filter: state.helpFilter, columns: columns, glyphs: state.display.glyphs,
      keys: state.keys)
    return (lines, count, columns)
  }

  /// Lines in sight at once.
  static func page(_ state: State) -> Int {
    guard let layout = ScreenLayout(state) else { return 1 }
    return max(1, area(layout).rows * sheets(layout, state).count)
  }

  /// The last line at which scrolling still shows something new.
  static func lastTop(_ state: State) -> Int {
    guard let layout = ScreenLayout(state) else { return 0 }
    return max(0, sheets(layout, state).lines.count - page(state))
  }
}

extension Painter {
  private static let keyWidth = 15

  mutating func drawHelp() {
    let area = Help.area(layout)
    let (lines, count, columns) = Help.sheets(layout, state)
    let top = min(state.helpLine ?? 0, Help.lastTop(state))
    for (index, line) in lines.dropFirst(top).prefix(area.rows * count).enumerated() {
      let sheet = index / max(1, area.rows)
      let place = Rect(
        column: area.column + sheet * (columns + 2), row: area.row + index % max(1, area.rows), columns: columns,
        rows: 1)
      switch line {
      case .blank: break
      case .text(let text): draw([(text, theme.text)], in: place)
      case .heading(let text): draw([(text, theme.strong)], in: place)
      case .keys(let keys, let help):
        draw([("  " + keys.fitted(Self.keyWidth), theme.accent), (" " + help, theme.text)], in: place)
      }
    }
  }
}
