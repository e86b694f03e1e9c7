import TUI
import Traces

/// The steps as a list: each token with its probability and its rivals. The only picture of a model without attention.
extension Painter {
  /// The steps, or what a beam search made of them, and the distribution at the step under the cursor.
  mutating func drawNextToken(_ trace: AttentionTrace) {
    let area = withoutAttentionRemark(layout.main.inset(columns: 1))
    let (list, distribution) = nextTokenAreas(area, trace)
    if let beam = trace.beam { drawBeam(beam, in: list) } else { drawSteps(trace, in: list) }
    drawDistribution(in: distribution)
  }

  /// The list and beside it, or under it in a narrow window, the distribution.
  private func nextTokenAreas(_ area: Rect, _ trace: AttentionTrace) -> (list: Rect, distribution: Rect) {
    guard area.columns < 100 else {
      let (list, rest) = area.splitLeft(area.columns * 11 / 20)
      return (list, rest.inset(columns: 2))
    }
    let wanted = min(13, area.rows / 2)
    let (list, distribution) = area.splitTop(area.rows - wanted)
    return (list, distribution)
  }

  private mutating func withoutAttentionRemark(_ area: Rect) -> Rect {
    guard state.decode.head == nil else { return area }
    let text = "This model has no attention, so there is no matrix: these are the tokens that it produced."
    let lines = text.wrapped(to: area.columns)
    for (line, text) in lines.enumerated() { draw([(text, theme.strong)], in: area.splitTop(line).rest) }
    return area.splitTop(lines.count + 1).rest
  }

  private mutating func drawSteps(_ trace: AttentionTrace, in area: Rect) {
    let (heading, list) = area.splitTop(1)
    let nameWidth = min(max(8, trace.steps.map { AxisToken($0).label.displayWidth }.max() ?? 8), area.columns / 3)
    draw([("   #  " + "token".fitted(nameWidth) + "  prob.  bits  then", theme.quiet)], in: heading)
    if trace.steps.isEmpty {
      let text =
        "      press \(state.keyName(.step)) to decode the first token, \(state.keyName(.run)) to run to the end"
      draw([(text, theme.quiet)], in: list)
    }
    var window = ScrollWindow(first: state.cursor.step - list.rows / 2)
    let visible = window.show(state.cursor.step, of: trace.steps.count, visible: list.rows)
    for (line, index) in visible.enumerated() {
      drawStep(trace.steps[index], index, nameWidth: nameWidth, in: list.splitTop(line).rest.splitTop(1).top)
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
        ("   " + Numbers.short(step.probability).rightAligned(4), theme.text),
        (Numbers.fixed(step.entropy, 1).rightAligned(6) + "  ", theme.quiet),
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
