import TUI

/// The list of what can be opened, in the place of the picture.
struct PickerLayout: Equatable {
  let field: Rect
  let list: Rect
  let visible: Range<Int>

  init(_ layout: ScreenLayout, _ picker: Picker) {
    let area = Help.area(layout)
    field = area.splitTop(1).top
    list = area.splitTop(area.rows >= 8 ? 2 : 1).rest
    var window = ScrollWindow(first: picker.selected - list.rows / 2)
    visible = window.show(picker.selected, of: picker.matches.count, visible: list.rows)
  }
}

extension Painter {
  mutating func drawPicker(_ picker: Picker) {
    let places = PickerLayout(layout, picker)
    let words = picker.purpose.words
    let title = (picker.listing?.folder.map { "\(words.verb) from \($0)" } ?? words.title) + "  "
    let shown = title.truncated(to: max(14, places.field.columns - 24))
    draw([(shown, theme.strong)], in: places.field)
    drawEditor(picker.editor, in: places.field.splitLeft(shown.displayWidth + 1).rest)
    guard let listing = picker.listing else {
      if picker.failure == nil { draw([("looking…", theme.quiet)], in: places.list) }
      return
    }
    let name = min(places.list.columns / 2, picker.matches.map { $0.entry.name.displayWidth }.max() ?? 0)
    for (offset, index) in places.visible.enumerated() {
      drawEntry(
        picker.matches[index], isCurrent: index == picker.selected, nameWidth: name,
        in: places.list.splitTop(offset).rest.splitTop(1).top)
    }
    if picker.matches.isEmpty {
      let text =
        if picker.sentence != nil {
          "Enter puts this sentence beside the first"
        } else {
          listing.entries.isEmpty ? "nothing here" : "nothing with “\(picker.editor.text)” in it"
        }
      draw([(text, theme.quiet)], in: places.list)
    }
    if listing.leftOut > 0 {
      drawAtEnd([("\(listing.leftOut) entries are not listed", theme.quiet)], in: places.field)
    }
  }

  /// The path of the chosen one, or why a folder cannot be gone into.
  mutating func drawPickerStatus(_ picker: Picker, in area: Rect) {
    if let failure = picker.failure {
      draw([(Notice(kind: .failure, text: failure).text(in: area.columns), theme.failure)], in: area)
    } else {
      let text = picker.chosen?.path ?? "type to narrow the list, or a path: with / at its end a folder's"
      draw([(text.truncated(to: area.columns), theme.quiet)], in: area)
    }
  }

  private mutating func drawEntry(_ match: Picker.Match, isCurrent: Bool, nameWidth: Int, in line: Rect) {
    let entry = match.entry
    let base = isCurrent ? theme.accent : entry.kind.isFolder ? theme.text : theme.strong
    var pieces: [Piece] = [(isCurrent ? "▶ " : "  ", theme.accent)]
    let places = Set(match.places)
    let suffix = entry.kind.isFolder && entry.kind != .parent && !entry.name.hasSuffix("/") ? "/" : ""
    for (index, character) in (entry.name + suffix).truncated(to: nameWidth + 1).enumerated() {
      var style = base
      if places.contains(index) { style.attributes.formUnion([.bold, .underline]) }
      pieces.append((String(character), style))
    }
    let used = (entry.name + suffix).truncated(to: nameWidth + 1).displayWidth
    pieces.append((String(repeating: " ", count: max(1, nameWidth + 3 - used)), theme.text))
    pieces.append((entry.kind.word.fitted(8) + entry.detail, theme.quiet))
    draw(pieces, in: line)
  }
}

extension Picker.Purpose {
  fileprivate var words: (title: String, verb: String) {
    switch self {
    case .open: ("Open a model", "Open")
    case .compare: ("Compare with a model or a sentence", "Compare with one")
    }
  }
}

extension FileListing.Kind {
  var isFolder: Bool { self == .folder || self == .parent }

  fileprivate var word: String {
    switch self {
    case .sample: "sample"
    case .recent: "recent"
    case .snapshot: "of run"
    case .model: "model"
    case .file: "file"
    case .folder: "folder"
    case .parent: "back"
    }
  }
}
