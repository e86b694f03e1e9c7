import TUI
import Traces

extension ScreenLayout {
  /// Whether before, difference and after stand side by side; else one is shown at a time.
  var holdsThreePictures: Bool { main.columns >= 120 && main.rows >= 12 }

  /// What of a comparison is drawn, and where: of three pictures the first line is kept for their names.
  func pictures(_ state: State) -> [(shown: Decode.Shown, area: Rect)] {
    let shown = state.decode.shown
    guard state.decode.comparison != nil, shown != .after, holdsThreePictures else { return [(shown, main)] }
    let width = main.columns / 3
    return [Decode.Shown.before, .difference, .after].enumerated().map { index, shown in
      (shown, Rect(column: main.column + index * width, row: main.row, columns: width, rows: main.rows))
    }
  }
}

extension State {
  /// Whether the cells that are drawn are differences.
  var drawsDifference: Bool { picture.view == .matrix && decode.drawn?.isDifference == true }
}

extension Painter {
  /// The matrix, or before, difference and after side by side.
  mutating func drawPictures() {
    let pictures = layout.pictures(state)
    guard pictures.count > 1 else { return drawMatrix() }
    let shown = state
    for (picture, area) in pictures {
      let (heading, rest) = area.splitTop(1)
      let name =
        switch picture {
        case .before: "before"
        case .difference: "difference"
        case .after: "now"
        }
      draw([("   " + name, theme.strong)], in: heading)
      state.decode = shown.decode.showing(picture)
      drawMatrix(in: rest)
    }
    state = shown
  }
}
