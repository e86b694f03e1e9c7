import TUI

/// Where each part of the screen lies; a function of the window and of what is to be shown.
struct ScreenLayout: Equatable {
  /// The smallest window that everything can be used in.
  static let smallest = Size(columns: 40, rows: 12)

  let title: Rect
  let sentence: Rect
  /// The matrix or the list of steps.
  var main: Rect
  /// Candidates and the row under the cursor; nil where there is no room.
  let side: Rect?
  let sideIsBelow: Bool
  let legend: Rect?
  /// A line over the status; nil in a low window.
  let rule: Rect?
  let status: Rect
  let hints: Rect

  /// nil for a window smaller than `smallest`.
  init?(_ state: State) {
    self.init(
      state.display.size,
      panels: [.heads, .comparison, .tensors].contains(state.picture.view) ? .hidden : state.settings.panels)
  }

  init?(_ size: Size, panels: Settings.PanelSize = .normal) {
    guard size.columns >= Self.smallest.columns, size.rows >= Self.smallest.rows else { return nil }
    let isRoomy = size.rows >= 30
    func line(_ row: Int) -> Rect { Rect(column: 0, row: row, columns: size.columns, rows: 1) }
    title = line(0)
    sentence = line(isRoomy ? 2 : 1)
    hints = line(size.rows - 1)
    status = line(size.rows - (isRoomy ? 3 : 2))
    rule = size.rows >= 20 ? line(status.row - 1) : nil
    let top = sentence.row + (size.rows >= 18 ? 2 : 1)
    let bottom = (rule ?? status).row - (isRoomy ? 1 : 0)
    let middle = Rect(column: 0, row: top, columns: size.columns, rows: bottom - top)
    let (content, legendRow) = Self.withLegend(middle, isRoomy: isRoomy)
    legend = legendRow

    let isWide = panels == .wide
    if panels == .hidden {
      (main, side, sideIsBelow) = (content, nil, false)
    } else if size.columns >= 72 {
      let width = isWide ? size.columns / 2 : min(54, max(24, size.columns * 3 / 10))
      (main, side) = Self.beside(content, width: width)
      sideIsBelow = false
    } else if size.rows >= 30 {
      let height = isWide ? content.rows / 2 : min(15, content.rows / 3)
      let (upper, lower) = content.splitTop(content.rows - height)
      (main, side, sideIsBelow) = (upper, lower, true)
    } else {
      (main, side, sideIsBelow) = (content, nil, false)
    }
  }

  private static func withLegend(_ middle: Rect, isRoomy: Bool) -> (content: Rect, legend: Rect?) {
    guard middle.rows >= 12 else { return (middle, nil) }
    let (content, legend) = middle.splitTop(middle.rows - 1)
    return (isRoomy ? content.splitTop(content.rows - 1).top : content, legend)
  }

  private static func beside(_ content: Rect, width: Int) -> (main: Rect, side: Rect?) {
    let (main, side) = content.splitLeft(content.columns - width)
    return (main, side)
  }
}
