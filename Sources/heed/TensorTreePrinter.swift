import Checkpoints
import Foundation
import Inspection
import TUI

/// Prints a checkpoint as indented text, a line a tensor.
struct TensorTreePrinter {
  let checkpoint: Checkpoint
  let withNumbers: Bool
  /// Longer metadata, such as a whole configuration, is cut.
  private static let longestValue = 100

  mutating func print(_ write: (String) throws -> Void) throws {
    let summary = checkpoint.summary
    try write(
      "\(printable(summary.path, limit: 1000)): \(summary.format), \(Amounts.count(summary.tensors.count, "tensor")), "
        + "\(summary.numberCount) numbers, \(Amounts.bytes(summary.byteCount))\n")
    for entry in summary.metadata {
      try write("  \(printable(entry.key)) = \(printable(entry.value, limit: Self.longestValue))\n")
    }
    let lines = TensorTree(summary.tensors).lines().map { line in
      let shown = line.label.isEmpty ? "(no name)" : printable(line.label, limit: 200)
      return (
        text: String(repeating: "  ", count: line.depth) + shown, tensor: line.tensor.map { summary.tensors[$0] }
      )
    }
    let facts = lines.map { line in line.tensor.map(Self.facts) ?? [] }
    let widths =
      [lines.filter { $0.tensor != nil }.map(\.text.displayWidth).max() ?? 0]
      + (0..<3).map { column in
        facts.map { $0.isEmpty ? 0 : $0[column].displayWidth }.max() ?? 0
      }
    for (line, facts) in zip(lines, facts) {
      guard let tensor = line.tensor else {
        try write(line.text + "\n")
        continue
      }
      let cells = zip([line.text] + facts, widths).map {
        $0 + String(repeating: " ", count: max(0, $1 - $0.displayWidth))
      }
      try write(try (cells + tail(tensor)).joined(separator: "  ").trimmingSuffix(" ") + "\n")
    }
  }

  private static func facts(_ tensor: TensorSummary) -> [String] {
    [tensor.type, tensor.shapeText, Amounts.bytes(tensor.byteCount)]
  }

  /// What the numbers are like, and the framework's name.
  private func tail(_ tensor: TensorSummary) throws -> [String] {
    var cells: [String] = []
    if withNumbers, let statistics = try checkpoint.statistics(of: tensor.name, parts: 12), statistics.count > 0 {
      let short = Amounts.short
      if let range = statistics.range {
        cells.append("\(short(range.lowerBound)) to \(short(range.upperBound))")
        cells.append("mean \(short(statistics.mean ?? .nan)), deviation \(short(statistics.deviation ?? .nan))")
      }
      cells.append(Amounts.bars(statistics.histogram))
      for (count, what) in [
        (statistics.zeros, "zero"), (statistics.nans, "not a number"), (statistics.infinities, "infinite"),
      ] where count > 0 { cells.append("\(count) \(what)") }
    }
    if let label = tensor.label { cells.append("= \(printable(label, limit: 200))") }
    return cells
  }
}

extension String {
  fileprivate func trimmingSuffix(_ character: Character) -> String {
    var text = self[...]
    while text.last == character { text = text.dropLast() }
    return String(text)
  }
}
