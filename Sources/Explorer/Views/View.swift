import TUI
import Traces

/// Draws the state: the same state gives the same screen.
public func view(_ state: State) -> Screen {
  guard let layout = ScreenLayout(state) else { return tooSmall(state.display) }
  var painter = Painter(state, layout)
  painter.drawTitle()
  painter.drawSentence()
  if let picker = state.picker {
    painter.drawPicker(picker)
  } else if state.helpLine != nil {
    painter.drawHelp()
  } else {
    painter.drawMain()
    painter.drawSide()
    painter.drawLegend()
  }
  painter.drawChanges()
  painter.drawStatus()
  painter.drawHints()
  return painter.screen
}

private func tooSmall(_ display: Display) -> Screen {
  var screen = Screen(display.size)
  let needed = ScreenLayout.smallest
  let lines = [
    "heed needs a window of", "\(needed.columns)×\(needed.rows);",
    "this one is \(display.size.columns)×\(display.size.rows).",
  ]
  let top = max(0, (screen.size.rows - lines.count) / 2)
  for (index, line) in lines.enumerated() {
    screen.draw(line, column: max(0, (screen.size.columns - line.displayWidth) / 2), row: top + index)
  }
  return screen
}

/// A screen being drawn, with what every view needs at hand.
struct Painter {
  var state: State
  let layout: ScreenLayout
  let theme: Theme
  let glyphs: Glyphs
  let colors: HeatColors
  var screen: Screen
  /// Rows of the matrix whose token is not the one beside it.
  var differingRows: Set<Int> = []

  typealias Piece = (text: String, style: Style)

  /// - Parameter screen: what has been drawn so far; an empty one if nil.
  init(_ state: State, _ layout: ScreenLayout, on screen: Screen? = nil) {
    self.state = state
    self.layout = layout
    theme = Theme(display: state.display)
    glyphs = state.display.glyphs
    colors = HeatColors(theme, state.settings)
    self.screen = screen ?? Screen(state.display.size)
  }

  /// Draws pieces one after the other inside `area`'s first line and returns the column after them.
  @discardableResult
  mutating func draw(_ pieces: [Piece], in area: Rect) -> Int {
    var column = area.column
    for piece in pieces {
      column = screen.draw(piece.text, column: column, row: area.row, style: piece.style, clip: area)
    }
    return column
  }

  /// Draws pieces so that they end at the end of `area`; nothing if they are wider than it.
  mutating func drawAtEnd(_ pieces: [Piece], in area: Rect) {
    let width = pieces.reduce(0) { $0 + $1.text.displayWidth }
    guard width <= area.columns else { return }
    draw(pieces, in: area.splitLeft(area.columns - width).rest)
  }

  /// A word in its style, filled with plain spaces to so many columns.
  func cell(_ word: String, _ columns: Int, _ style: Style) -> [Piece] {
    let shown = word.truncated(to: columns)
    return [(shown, style), (String(repeating: " ", count: max(0, columns - shown.displayWidth)), theme.text)]
  }

  /// As many of the parts as fit, in order, whole.
  func fitting(_ parts: [String], in columns: Int) -> String {
    var text = ""
    for part in parts {
      let longer = text.isEmpty ? part : text + " · " + part
      guard longer.displayWidth <= columns else { break }
      text = longer
    }
    return text
  }

  mutating func drawCentred(_ lines: [[Piece]], in area: Rect) {
    let width = lines.map { $0.reduce(0) { $0 + $1.text.displayWidth } }.max() ?? 0
    let column = area.column + max(0, (area.columns - width) / 2)
    let row = area.row + max(0, (area.rows - lines.count) / 2)
    for (index, line) in lines.enumerated() where row + index < area.endRow {
      draw(line, in: Rect(column: column, row: row + index, columns: area.endColumn - column, rows: 1))
    }
  }

  /// A colour of the heatmap, for a place from 0 to 1.
  func heat(_ tone: Float) -> Color { colors.color(at: tone) }

  mutating func drawMain() {
    if state.picture.view == .tensors { return drawTensors() }
    guard let trace = state.decode.trace else { return drawWaiting() }
    // Without a panel beside it, the one in focus takes the picture's place, but where it is a part of the picture.
    if layout.side == nil, state.focus == .candidates, state.picture.view != .tokens {
      drawCandidates(layout.main.inset(columns: 1))
      return
    }
    if layout.side == nil, state.focus == .row { return drawRow(layout.main.inset(columns: 1)) }
    if let text = workRemark { return drawCentred([[(text, theme.quiet)]], in: layout.main) }
    switch state.picture.view {
    case .matrix where state.decode.matrix != nil: drawPictures()
    case .heads where state.decode.matrix != nil: drawHeads()
    case .lines where state.decode.matrix != nil: drawLines()
    case .maths where state.decode.matrix != nil: drawMaths()
    case .comparison where state.comparison != nil: drawComparison()
    default:
      drawNextToken(trace)
    }
  }

  /// What is being made before the picture can be drawn.
  private var workRemark: String? {
    switch state.picture.view {
    case .matrix where state.decode.isWorking, .lines where state.decode.isWorking:
      return "working out \(state.headName)…"
    case .heads where state.decode.thumbnails == nil:
      let count = state.headLayout.map { $0.layers * $0.heads } ?? 0
      return state.decode.head == nil ? nil : "looking at \(count) heads…"
    default: return nil
    }
  }

  /// What the main area says while there is nothing to draw.
  private mutating func drawWaiting() {
    let text =
      if let progress = state.decode.progress {
        progress.label
      } else if state.model == nil {
        "opening the model…"
      } else if state.decode.unanswered > 0 {
        "reading the sentence…"
      } else {
        "press \(state.keyName(.editSentence)) and type a sentence"
      }
    var lines: [[Piece]] = [[(text, theme.quiet)]]
    if let fraction = state.decode.progress?.fraction {
      lines.append([(barText(Float(fraction), columns: 30, isUTF8: state.display.isUTF8), theme.accent)])
    }
    drawCentred(lines, in: layout.main)
  }
}
