import TUI
import Traces

/// The steps as a list: each token with its probability and its rivals. The only picture of a model without attention.
extension Painter {
  mutating func drawSteps(_ trace: AttentionTrace) {
    var area = layout.main.inset(columns: 1)
    if state.decode.head == nil {
      let text = "This model has no attention, so there is no matrix: these are the tokens that it produced."
      let lines = text.wrapped(to: area.columns)
      for (line, text) in lines.enumerated() { draw([(text, theme.strong)], in: area.splitTop(line).rest) }
      area = area.splitTop(lines.count + 1).rest
    }
    let (heading, list) = area.splitTop(1)
    let nameWidth = min(max(8, trace.steps.map { AxisToken($0).label.displayWidth }.max() ?? 8), area.columns / 3)
    draw([("   #  " + "token".fitted(nameWidth) + "  prob.  then", theme.quiet)], in: heading)
    if trace.steps.isEmpty {
      let (step, run) = (state.keyName(.step), state.keyName(.run))
      draw([("      press \(step) to decode the first token, \(run) to run to the end", theme.quiet)], in: list)
    }
    var window = ScrollWindow(first: state.cursor.step - list.rows / 2)
    let visible = window.show(state.cursor.step, of: trace.steps.count, visible: list.rows)
    for (line, index) in visible.enumerated() {
      drawStep(trace.steps[index], index, nameWidth: nameWidth, in: list.splitTop(line).rest)
    }
    if visible.count == trace.steps.count, trace.ending == .lengthLimit {
      let text = "      cut off at the length limit of \(trace.lengthLimit) tokens, before the end token"
      draw([(text, theme.failure)], in: list.splitTop(visible.count).rest)
    }
  }

  private mutating func drawStep(_ step: Step, _ index: Int, nameWidth: Int, in line: Rect) {
    let isCurrent = index == state.cursor.step
    let column = draw(
      [
        (isCurrent ? "▶" : " ", theme.accent), (String(index + 1).rightAligned(3) + "  ", theme.quiet),
      ] + cell(AxisToken(step).label, nameWidth, style(of: step.token, isCurrent: isCurrent)) + [
        ("   " + Numbers.short(step.probability).rightAligned(4) + "  ", theme.text)
      ], in: line)
    let rivals = step.candidates.filter { $0.token.id != step.token.id }
    var rest = Rect(column: column, row: line.row, columns: line.endColumn - column, rows: 1)
    for rival in rivals {
      let name = rival.token.surface
      let number = " " + Numbers.short(rival.probability) + "  "
      let width = name.displayWidth + number.displayWidth
      guard width <= rest.columns else { break }
      draw([(name, theme.text), (number, theme.quiet)], in: rest)
      rest = rest.splitLeft(width).rest
    }
  }
}

extension String {
  /// Lines of whole words, none wider than `columns` unless a single word is.
  func wrapped(to columns: Int) -> [String] {
    var lines: [String] = []
    for word in split(separator: " ") {
      if let last = lines.last, last.displayWidth + 1 + word.displayWidth <= columns {
        lines[lines.count - 1] = last + " " + word
      } else {
        lines.append(String(word))
      }
    }
    return lines
  }
}
