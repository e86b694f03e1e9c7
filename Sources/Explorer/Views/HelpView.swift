import TUI

/// The help, written from the table of keys.
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

  static func lines(columns: Int, glyphs: Glyphs) -> [Line] {
    var lines: [Line] = introduction.flatMap { $0.wrapped(to: columns).map(Line.text) + [.blank] }
    lines.removeLast()
    let name = KeyName(glyphs: glyphs)
    for group in Binding.Group.allCases {
      let bindings = KeyTable.bindings.filter { $0.group == group }
      guard !bindings.isEmpty else { continue }
      lines += [.blank, .heading(group.rawValue)]
      lines += bindings.map { .keys($0.keys.map { name($0) }.joined(separator: " "), $0.help) }
    }
    return lines
  }

  /// The rows that the help has, and its width.
  static func area(_ layout: ScreenLayout) -> Rect {
    let bottom = (layout.rule ?? layout.status).row
    let top = layout.sentence.endRow + 1
    return Rect(column: 0, row: top, columns: layout.title.columns, rows: bottom - top).inset(columns: 2)
  }

  /// The help in as many columns as there is room for, each `columns` wide.
  static func sheets(_ layout: ScreenLayout, _ display: Display) -> (lines: [Line], count: Int, columns: Int) {
    let area = area(layout)
    let count = max(1, area.columns / 58)
    let columns = area.columns / count - (count > 1 ? 2 : 0)
    return (lines(columns: columns, glyphs: display.glyphs), count, columns)
  }

  /// Lines in sight at once.
  static func page(_ display: Display) -> Int {
    guard let layout = ScreenLayout(display.size) else { return 1 }
    return max(1, area(layout).rows * sheets(layout, display).count)
  }

  /// The last line at which scrolling still shows something new.
  static func lastTop(_ display: Display) -> Int {
    guard let layout = ScreenLayout(display.size) else { return 0 }
    return max(0, sheets(layout, display).lines.count - page(display))
  }
}

extension Painter {
  private static let keyWidth = 15

  mutating func drawHelp() {
    let area = Help.area(layout)
    let (lines, count, columns) = Help.sheets(layout, state.display)
    let top = min(state.helpLine ?? 0, Help.lastTop(state.display))
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
