import Traces

/// The small print of a figure: what it leaves out, and what a reader could take it for.
struct Notes {
  private var facts: [String]

  init(_ panels: Panels) {
    facts = panels.remarks
    if (panels.rows + (panels.site == .decoder ? panels.columns : [])).contains(where: \.isForced) {
      facts.append("Tokens in italics were given, not chosen by the model.")
    }
    let matrices = panels.matrices.joined()
    let hidesCells = matrices.contains { matrix in
      (0..<matrix.rows).contains { row in
        (0..<matrix.columns).contains { panels.isMasked(matrix, row: row, column: $0) }
      }
    }
    if hidesCells { facts.append("Grey cells are hidden from the model.") }
    if matrices.contains(where: { $0.weights.contains { !$0.isFinite } }) {
      facts.append("Magenta cells are not numbers.")
    }
  }

  /// One text; nil where there is nothing to say.
  ///
  /// - Parameters:
  ///   - labelStride: one token in so many is named.
  ///   - pointStride: side of the square of cells that one point stands for.
  func text(labelStride: Int, pointStride: Int) -> String? {
    var lines = facts
    if labelStride > 1 { lines.append("One token in \(labelStride) is named.") }
    if pointStride > 1 {
      lines.append("Each point is the largest weight of \(pointStride) × \(pointStride) cells.")
    }
    return lines.isEmpty ? nil : lines.joined(separator: " ")
  }
}
