import Foundation
import TUI
import Traces

/// The distribution over the next token at the step under the cursor: its candidates, what is left for all others, and how
/// uncertain the model was.
extension Painter {
  mutating func drawDistribution(in area: Rect) {
    let hasFocus = state.focus == .candidates
    draw([("Next token", hasFocus ? theme.accent : theme.strong)], in: area)
    guard let step = state.currentStep else {
      draw([("nothing decoded yet", theme.quiet)], in: area.splitTop(2).rest)
      return
    }
    let (heading, rest) = area.splitTop(1)
    draw([(" at step \(state.cursor.step + 1)", theme.quiet)], in: heading.splitLeft(10).rest)
    let uncertainty = [
      "entropy \(Numbers.fixed(step.entropy, 2)) bit", "as among \(Numbers.fixed(exp2(step.entropy), 1)) equal tokens",
    ]
    drawAtEnd([(fitting(uncertainty, in: heading.columns - 24), theme.quiet)], in: heading)
    // A token that was forced need not be among the most probable.
    let chosen = Candidate(token: step.token, probability: step.probability)
    let isListed = step.candidates.contains { $0.token.id == step.token.id }
    let candidates = step.candidates + (isListed ? [] : [chosen])
    let room = max(1, rest.rows - 1)
    let first = max(0, min(hasFocus ? state.candidate - room + 1 : 0, candidates.count - 1))
    let shown = candidates.indices.dropFirst(first).prefix(room)
    let width = min(max(6, candidates.map(\.token.surface.displayWidth).max() ?? 6), max(6, rest.columns / 3))
    for (line, index) in shown.enumerated() {
      let row = rest.splitTop(line).rest.splitTop(1).top
      drawOutcome(candidates[index], isChosen: candidates[index].token.id == step.token.id, nameWidth: width, in: row)
      if hasFocus, index == state.candidate {
        screen.restyle(row.splitLeft(width + 2).left.splitLeft(2).rest) { $0.attributes.insert(.reverse) }
      }
    }
    let others = 1 - candidates.reduce(0) { $0 + $1.probability }
    let text = "  all other tokens together \(Numbers.fixed(max(0, others), 4))"
    draw([(text, theme.quiet)], in: rest.splitTop(shown.count).rest)
  }

  private mutating func drawOutcome(_ candidate: Candidate, isChosen: Bool, nameWidth: Int, in row: Rect) {
    let numbers =
      Numbers.fixed(candidate.probability, 4).rightAligned(8)
      + "log \(Numbers.fixed(log(candidate.probability), 2))".rightAligned(12)
    let hasLogarithm = row.columns >= nameWidth + 32
    let shown = hasLogarithm ? numbers : String(numbers.prefix(8))
    let barWidth = max(0, row.columns - nameWidth - 3 - shown.displayWidth)
    let bar = barText(candidate.probability, columns: barWidth, isUTF8: state.display.isUTF8)
    draw(
      [(isChosen ? "▶ " : "  ", theme.accent)]
        + cell(candidate.token.surface, nameWidth, style(of: candidate.token, isCurrent: isChosen)) + [
          (" " + bar, Style(foreground: heat(0.7))), (shown, theme.text),
        ], in: row)
  }
}
