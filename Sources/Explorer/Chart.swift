import Traces

/// The matrix as it is drawn: its axes, and a number for each place.
struct Chart: Sendable, Equatable {
  enum Cell: Sendable, Equatable {
    case weight(Float)
    /// The model could not look there.
    case masked
    /// Not decoded yet.
    case pending
  }

  /// What is drawn otherwise than the model has it.
  struct Options: Sendable, Equatable {
    var mergesWords = false
    var hidesSpecial = false
  }

  let rows: Axis
  let columns: Axis
  /// `[rows, columns]`, row-major; `masked` where the model could not look.
  let values: [Float]
  /// The same numbers for queries, 0 where masked; with scores where each place is one cell of the model's.
  let matrix: AttentionMatrix
  /// Whether each place is one cell of the model's matrix and all its cells are there.
  let isPlain: Bool
  /// Whether the values are differences between two charts, see `DifferenceChart.swift`.
  let isDifference: Bool

  /// Stands for a masked cell, so that the largest value of a bin is masked only if all of it is.
  static let masked = -Float.infinity

  init(_ matrix: AttentionMatrix, site: Site, rows: Axis, columns: Axis) {
    let values = Self.values(matrix, site: site)
    guard !(rows.isPlain && columns.isPlain) else {
      self.init(rows: rows, columns: columns, values: values, matrix: matrix)
      return
    }
    self.init(rows: rows, columns: columns, values: Self.merged(values, width: matrix.columns, rows, columns))
  }

  init(rows: Axis, columns: Axis, values: [Float], matrix: AttentionMatrix? = nil, isDifference: Bool = false) {
    (self.rows, self.columns, self.values) = (rows, columns, values)
    (isPlain, self.isDifference) = (matrix != nil && !isDifference, isDifference)
    self.matrix =
      matrix
      ?? AttentionMatrix(
        rows: rows.count, columns: columns.count, weights: values.map { max(0, $0) }, scores: nil)
  }

  /// Bins of `size` places along each axis, each with its strongest weight, or its largest difference.
  func binned(by size: Int) -> Chart {
    let (rows, columns) = (rows.binned(by: size), columns.binned(by: size))
    return isDifference
      ? Chart(differences: strongest(of: size, Self.larger), rows: rows, columns: columns)
      : Chart(rows: rows, columns: columns, values: strongest(of: size, max))
  }

  /// - Parameter choose: which of two values of a bin is drawn.
  @inline(__always) private func strongest(of size: Int, _ choose: (Float, Float) -> Float) -> [Float] {
    let bins = (columns.count + size - 1) / size
    var strongest = [Float](repeating: Self.masked, count: (rows.count + size - 1) / size * bins)
    for row in 0..<rows.count {
      let line = values(row: row)
      for bin in 0..<bins {
        let cells = line.startIndex + bin * size..<min(line.endIndex, line.startIndex + (bin + 1) * size)
        let place = row / size * bins + bin
        for cell in cells { strongest[place] = choose(strongest[place], line[cell]) }
      }
    }
    return strongest
  }

  /// The cell at a place; beyond the rows nothing is decoded, and beyond the columns lies a row's future.
  subscript(row: Int, column: Int) -> Cell {
    guard row < rows.count else { return .pending }
    guard column < columns.count else { return .masked }
    let value = values[row * columns.count + column]
    return value == Self.masked ? .masked : .weight(value)
  }

  /// A row's values.
  func values(row: Int) -> ArraySlice<Float> { values[row * columns.count..<(row + 1) * columns.count] }

  /// The largest weight or magnitude of a row; 0 for a row that is not decoded yet.
  func maximum(row: Int) -> Float { row < rows.count ? matrix[row: row].reduce(0, max) : 0 }

  /// Weight of a row on tokens that stand nowhere.
  func hiddenWeight(row: Int) -> Float {
    guard !columns.hidden.isEmpty, row < rows.count else { return 0 }
    return max(0, 1 - matrix[row: row].reduce(0, +))
  }

  // MARK: Values

  /// The weights of a matrix, `masked` where its scores say so; of a mean, which has none, where the future lies.
  private static func values(_ matrix: AttentionMatrix, site: Site) -> [Float] {
    var values = matrix.weights
    if let scores = matrix.scores {
      for place in values.indices where scores[place] == -.infinity { values[place] = masked }
      return values
    }
    guard site == .decoder else { return values }
    for row in 0..<matrix.rows {
      for column in min(row + 1, matrix.columns)..<matrix.columns { values[row * matrix.columns + column] = masked }
    }
    return values
  }

  /// Attention to a word is the sum over its parts, attention from one the mean over them, as in Clark et al. (2019).
  private static func merged(_ values: [Float], width: Int, _ rows: Axis, _ columns: Axis) -> [Float] {
    rows.entries.flatMap { row in
      columns.entries.map { column in
        var (sum, seen) = (Float(0), 0)
        for line in row.tokens {
          for value in values[line * width + column.tokens.lowerBound..<line * width + column.tokens.upperBound]
          where value != masked {
            sum += value
            seen += 1
          }
        }
        return seen > 0 ? sum / Float(row.tokens.count) : masked
      }
    }
  }
}
