import Traces

/// The matrices of all heads of a site, small enough to be drawn at every key press.
///
/// A side longer than `longestSide` is cut into equal bins, each of which holds its strongest weight, so that a thin
/// diagonal stays visible. Made once for a trace and a site.
struct Thumbnails: Sendable, Equatable {
  static let longestSide = 64

  let layers: Int
  let heads: Int
  /// Bins of each matrix.
  let rows: Int
  let columns: Int
  /// Cells of the matrix in a bin, along each side.
  let rowStep: Int
  let columnStep: Int
  /// `[layers, heads, rows, columns]`; `Chart.masked` where all of a bin is masked.
  private let values: [Float]

  init?(_ trace: AttentionTrace, _ layout: AttentionLayout) {
    let blocks = trace.blocks(layout.site)
    let side = trace.rowTokens(layout.site).count
    let width = trace.columnTokens(layout.site).count
    guard
      blocks.allSatisfy({ $0.layers == layout.layers && $0.heads == layout.heads && $0.columns <= width }),
      blocks.reduce(0, { $0 + $1.rows }) == side
    else { return nil }
    let steps = (row: Self.step(side), column: Self.step(width))
    let (rows, columns) = ((side + steps.row - 1) / steps.row, (width + steps.column - 1) / steps.column)
    (layers, heads, self.rows, self.columns) = (layout.layers, layout.heads, rows, columns)
    (rowStep, columnStep) = steps
    var values = [Float](repeating: Chart.masked, count: layers * heads * rows * columns)
    var first = 0
    for block in blocks {
      for head in 0..<layers * heads {
        for row in 0..<block.rows {
          let start = (head * rows + (first + row) / steps.row) * columns
          block.strongest(head, row, in: steps.column, into: &values, at: start)
        }
      }
      first += block.rows
    }
    self.values = values
  }

  /// For each column of bins the largest value in some rows, as far as there are such; `Chart.masked` where there is nothing.
  func strongest(layer: Int, head: Int, rows: Range<Int>) -> [Float] {
    let matrix = (layer * heads + head) * self.rows
    var strongest = [Float](repeating: Chart.masked, count: columns)
    for row in rows.clamped(to: 0..<self.rows) {
      let start = (matrix + row) * columns
      for column in 0..<columns { strongest[column] = max(strongest[column], values[start + column]) }
    }
    return strongest
  }

  private static func step(_ count: Int) -> Int { max(1, (count + longestSide - 1) / longestSide) }
}

extension AttentionTrace {
  /// The attention at a site in the order of its rows.
  fileprivate func blocks(_ site: Site) -> [AttentionBlock] {
    switch site {
    case .encoder: encoder.map { [$0] } ?? []
    case .cross: steps.compactMap(\.cross)
    case .decoder: (prompt.map { [$0] } ?? []) + steps.compactMap(\.decoder)
    }
  }
}

extension AttentionBlock {
  /// Raises `values[start + column / step]` to the weights of one row that were not masked.
  fileprivate func strongest(_ index: Int, _ row: Int, in step: Int, into values: inout [Float], at start: Int) {
    let first = (index * rows + row) * columns
    weights.withUnsafeBufferPointer { weights in
      scores.withUnsafeBufferPointer { scores in
        for column in 0..<columns where scores[first + column] != -.infinity {
          let place = start + column / step
          let weight = weights[first + column]
          values[place] = max(values[place], weight)
        }
      }
    }
  }
}
