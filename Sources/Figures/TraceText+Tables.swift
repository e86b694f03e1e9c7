import TUI
import Traces

extension TraceText {
  /// What was changed, and what it did to each token that was produced before; nothing without interventions.
  var interventionTable: [String] {
    // A target that was given is no news: it stands above.
    let interventions = trace.interventions.filter { $0.verb != .target }
    guard !interventions.isEmpty else { return [] }
    let changes = interventions.map { "changed  \(shown($0.description))" }
    guard let effect, !effect.before.steps.isEmpty else { return changes }
    let changed = effect.changedSteps.count
    let header = [
      "before   \(shown(effect.before.targetText))",
      changed == 0 ? "no token has changed" : "\(changed) of \(trace.steps.count) tokens differ from before",
      "", "log-probability of the tokens before, teacher-forced, and what they lost (nats)",
    ]
    let rows = zip(effect.before.steps, zip(effect.logProbabilities, effect.drops)).map { step, numbers in
      [shown(step.token.surface), decimal(step.logProbability), decimal(numbers.0), decimal(numbers.1)]
    }
    let sum = ["all", "", "", decimal(effect.totalDrop)]
    return changes + header + aligned([["token", "before", "after", "lost"]] + rows + [sum])
  }

  /// The hypotheses of a beam search, best first; nothing without one.
  var beamTable: [String] {
    guard let beam = trace.beam else { return [] }
    let pruned = beam.nodes.count { $0.fate == .pruned }
    let header =
      "beam of \(beam.width), length penalty \(beam.lengthPenalty): \(beam.nodes.count) branches considered, \(pruned) pruned"
    let rows = beam.hypotheses.enumerated().map { rank, hypothesis in
      [
        "\(rank + 1)", decimal(hypothesis.score), decimal(beam.nodes[hypothesis.node].cumulative),
        "  " + shown(hypothesis.text) + (hypothesis.ending == .endToken ? "" : isUTF8 ? " …" : " ..."),
      ]
    }
    return [header] + aligned([["rank", "score", "log p", "  target"]] + rows, flushLeft: 3)
  }

  /// Cells under each other, numbers flush right; the column `flushLeft` comes last and is left as it is.
  private func aligned(_ rows: [[String]], flushLeft: Int? = nil) -> [String] {
    let widths = (0..<(rows.first?.count ?? 0)).map { column in rows.map { $0[column].displayWidth }.max() ?? 0 }
    return rows.map { row in
      zip(row, widths).enumerated().map { column, cell in
        let padding = column == flushLeft ? "" : String(repeating: " ", count: cell.1 - cell.0.displayWidth)
        return column == flushLeft ? cell.0 : padding + cell.0
      }.joined(separator: " ")
    }
  }

  /// Three decimals.
  private func decimal(_ value: Float) -> String {
    guard value.isFinite else { return value == -.infinity ? "-inf" : value == .infinity ? "inf" : "?" }
    let thousandths = (Double(value) * 1000).rounded()
    let digits = String(Int64(min(max(abs(thousandths), 0), 1e15)))
    let padded = String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    return (thousandths < 0 ? "-" : "") + padded.dropLast(3) + "." + padded.suffix(3)
  }
}
