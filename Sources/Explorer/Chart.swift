import Traces

/// The matrix as it is drawn: its axes, and a weight for each place.
struct Chart: Sendable, Equatable {
  enum Cell: Sendable, Equatable {
    case weight(Float)
    /// The model could not look there.
    case masked
    /// Not decoded yet.
    case pending
  }

  let rows: Axis
  let columns: Axis
  /// `[rows, columns]`, row-major; `masked` where the model could not look.
  let values: [Float]

  /// Stands for a masked cell, so that the largest value of a bin is masked only if all of it is.
  static let masked: Float = -1

  /// Each token of the matrix at a place of its own.
  init(_ matrix: AttentionMatrix, site: Site, rows: Axis, columns: Axis) {
    self.rows = rows
    self.columns = columns
    values = Self.values(matrix, site: site)
  }

  /// The weights of a matrix, `masked` where its scores say so; of a mean, which has none, where the future lies.
  static func values(_ matrix: AttentionMatrix, site: Site) -> [Float] {
    guard matrix.scores != nil || site == .decoder else { return matrix.weights }
    return (0..<matrix.rows).flatMap { values(matrix, row: $0, site: site) }
  }

  /// The same of one row.
  static func values(_ matrix: AttentionMatrix, row: Int, site: Site) -> [Float] {
    let weights = matrix[row: row]
    if let scores = matrix.scores {
      return zip(weights, scores[weights.indices]).map { weight, score in score == -.infinity ? masked : weight }
    }
    guard site == .decoder else { return Array(weights) }
    return weights.enumerated().map { column, weight in column > row ? masked : weight }
  }

  /// The cell at a place; beyond the rows nothing is decoded, and beyond the columns lies a row's future.
  subscript(row: Int, column: Int) -> Cell {
    guard row < rows.count else { return .pending }
    guard column < columns.count else { return .masked }
    let value = values[row * columns.count + column]
    return value == Self.masked ? .masked : .weight(value)
  }
}
