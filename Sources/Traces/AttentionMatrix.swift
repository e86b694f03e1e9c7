/// The attention of one head, or the mean of several, as one matrix that grows by a row a step.
///
/// `weights` and `scores` are `[rows, columns]`, row-major. A cell that the model could not look at has weight 0 and
/// score `-infinity`.
public struct AttentionMatrix: Sendable, Equatable {
  public let rows: Int
  public let columns: Int
  /// After the softmax: every row sums to 1.
  public let weights: [Float]
  /// Before the softmax; nil for a mean over heads, where an average of scores would mean nothing.
  public let scores: [Float]?

  /// - Precondition: the arrays hold `rows * columns` numbers.
  public init(rows: Int, columns: Int, weights: [Float], scores: [Float]?) {
    precondition(weights.count == rows * columns && (scores.map { $0.count == weights.count } ?? true))
    self.rows = rows
    self.columns = columns
    self.weights = weights
    self.scores = scores
  }

  /// The weights of one row, `columns` of them.
  public subscript(row row: Int) -> ArraySlice<Float> {
    weights[(row * columns)..<((row + 1) * columns)]
  }

  public subscript(row: Int, column: Int) -> Float {
    weights[row * columns + column]
  }

  /// The score of one cell, if the matrix has scores.
  public func score(row: Int, column: Int) -> Float? {
    scores?[row * columns + column]
  }
}
