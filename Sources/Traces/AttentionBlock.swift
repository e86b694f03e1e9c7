/// Attention of every layer and head over the same rows and columns.
///
/// `weights` and `scores` are `[layers, heads, rows, columns]`, row-major. A masked cell has weight exactly 0 and
/// score `-infinity`.
public struct AttentionBlock: Sendable, Equatable {
  public let layers: Int
  public let heads: Int
  public let rows: Int
  public let columns: Int
  /// After the softmax: every row sums to 1.
  public let weights: [Float]
  /// Before the softmax.
  public let scores: [Float]

  /// - Precondition: both arrays hold `layers * heads * rows * columns` numbers.
  public init(layers: Int, heads: Int, rows: Int, columns: Int, weights: [Float], scores: [Float]) {
    precondition(weights.count == layers * heads * rows * columns && scores.count == weights.count)
    self.layers = layers
    self.heads = heads
    self.rows = rows
    self.columns = columns
    self.weights = weights
    self.scores = scores
  }

  /// The weights of one row, `columns` of them.
  public func weights(layer: Int, head: Int, row: Int) -> ArraySlice<Float> {
    weights[range(layer: layer, head: head, row: row)]
  }

  /// The scores of one row, `columns` of them.
  public func scores(layer: Int, head: Int, row: Int) -> ArraySlice<Float> {
    scores[range(layer: layer, head: head, row: row)]
  }

  private func range(layer: Int, head: Int, row: Int) -> Range<Int> {
    let start = ((layer * heads + head) * rows + row) * columns
    return start..<(start + columns)
  }
}
