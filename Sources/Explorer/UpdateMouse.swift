import TUI

/// What the mouse does.
extension State {
  /// A press goes to the cell, token or head under it, and a press on a head that is under the cursor opens it; on the
  /// hint bar it is the key. The wheel goes up and down.
  mutating func mouse(_ position: Position, _ action: MouseAction) -> [Command] {
    guard let layout = ScreenLayout(self) else { return [] }
    switch action {
    case .release: return []
    case .scrollUp: return scroll(by: .up, .scrollUp)
    case .scrollDown: return scroll(by: .down, .scrollDown)
    case .press:
      notice = nil
      if layout.hints.contains(column: position.column, row: position.row) { return pressHint(at: position, layout) }
      if question != nil || prompt != nil { return [] }
      if let picker { return pressPicker(at: position, PickerLayout(layout, picker)) }
      if focus != .sentence, helpLine == nil { pressPicture(at: position, layout) }
      return []
    }
  }

  private mutating func scroll(by inPicture: Action, _ inHelp: Action) -> [Command] {
    guard prompt == nil, focus != .sentence, question == nil else { return [] }
    if picker != nil {
      picker?.move(by: inPicture == .up ? -1 : 1)
      return []
    }
    return perform(helpLine == nil ? inPicture : inHelp)
  }

  private mutating func pressHint(at position: Position, _ layout: ScreenLayout) -> [Command] {
    let hint = HintBar(self, columns: layout.hints.columns).hints.first { $0.columns.contains(position.column) }
    return (hint?.keys(at: position.column) ?? []).flatMap { press($0) }
  }

  private mutating func pressPicture(at position: Position, _ layout: ScreenLayout) {
    guard layout.main.contains(column: position.column, row: position.row) else { return }
    switch picture.view {
    case .matrix:
      guard let (drawn, place) = cell(at: position, layout) else { return }
      go(toRow: drawn.rows.token(at: place.row), column: drawn.columns.token(at: place.column))
    case .lines:
      guard let chart = decode.chart, let lines = layout.lines(self) else { return }
      if let place = lines.row(at: position) { go(toRow: chart.rows.token(at: place), column: column) }
      if let place = lines.column(at: position) { go(toRow: row, column: chart.columns.token(at: place)) }
    case .heads: pressHead(at: position, layout)
    case .comparison: pressComparison(at: position, layout)
    case .tensors: pressTensors(at: position, layout)
    case .maths, .tokens: break
    }
  }

  /// The cell of the matrix, or of one of several, at a place on the screen.
  private func cell(at position: Position, _ layout: ScreenLayout) -> (chart: Chart, place: (row: Int, column: Int))? {
    let pictures = layout.pictures(self)
    for (shown, area) in pictures where area.contains(column: position.column, row: position.row) {
      var variant = self
      variant.decode = decode.showing(shown)
      let place = layout.matrix(variant, in: pictures.count > 1 ? area.splitTop(1).rest : area)?.cell(at: position)
      if let chart = variant.decode.drawn, let place { return (chart, place) }
    }
    return nil
  }

  /// A press chooses an entry, and on the chosen one it is Enter.
  private mutating func pressPicker(at position: Position, _ layout: PickerLayout) -> [Command] {
    guard layout.list.contains(column: position.column, row: position.row) else { return [] }
    let place = layout.visible.lowerBound + position.row - layout.list.row
    guard layout.visible.contains(place) else { return [] }
    if place == picker?.selected { return acceptPicker() }
    picker?.select(place)
    return []
  }

  mutating func go(toRow row: Int, column: Int) {
    self.row = row
    self.column = column
    cursor.follows = false
    focus = .view
    clampCursor()
  }

  private mutating func pressHead(at position: Position, _ layout: ScreenLayout) {
    guard let grid = layout.heads(self)?.place(at: position), var head = decode.head,
      let place = decode.ranking?.head(at: grid)
    else { return }
    let isCurrent = head.extent == .head && (head.layer, head.head) == (place.layer, place.head)
    if isCurrent { return openHead() }
    (head.layer, head.head, head.extent) = (place.layer, place.head, .head)
    decode.look(at: head)
  }
}
