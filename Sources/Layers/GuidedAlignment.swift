import Autograd
import Tensors
import Traces

/// Trains one head of cross-attention to be the one that aligns words: it is pulled to where all other heads look
/// together (Garg et al., "Jointly Learning to Align and Translate with Transformer Models", EMNLP 2019, section 4.2).
///
/// No alignments are needed: the mean over heads and layers, which aligns better than any head alone, is the label that
/// one head learns in the same pass: also to look at the end token, where the others look when there is nothing to
/// link.
public struct GuidedAlignment: Sendable, Equatable {
  /// The head that learns.
  public var layer: Int
  public var head: Int
  /// How much its loss counts beside the translation's.
  public var weight: Float

  public init(layer: Int, head: Int, weight: Float) {
    self.layer = layer
    self.head = head
    self.weight = weight
  }

  /// The loss of one batch: `weight` times the mean of `-log` of what the head gives to each row's labelled column.
  ///
  /// - Parameter weights: cross-attention of each layer, as `layout` says.
  /// - Returns: nil where the head is not among `weights`.
  public func loss(_ weights: [Int: Variable], _ layout: HeadLayout) -> Variable? {
    guard let guided = weights[layer], head < layout.heads else { return nil }
    return guided.meanNegativeLog(of: labels(weights, layout)) * weight
  }

  /// The entries of the guided layer's weights that its head is pulled to: one in each row.
  func labels(_ weights: [Int: Variable], _ layout: HeadLayout) -> [Int] {
    var labels: [Int] = []
    for sentence in 0..<layout.queries.count {
      let (rows, columns) = (layout.queries.lengths[sentence], layout.memory.lengths[sentence])
      let sums = sumOfOthers(weights, layout, sentence)
      let start = layout.starts[sentence] + head * rows * columns
      for row in 0..<rows {
        let range = (row * columns)..<((row + 1) * columns)
        if let strongest = range.max(by: { sums[$0] < sums[$1] }) { labels.append(start + strongest) }
      }
    }
    return labels
  }

  /// What all heads but the guided one give together, `[T, S]`, flat.
  private func sumOfOthers(_ weights: [Int: Variable], _ layout: HeadLayout, _ sentence: Int) -> [Float] {
    let count = layout.queries.lengths[sentence] * layout.memory.lengths[sentence]
    var sums = [Float](repeating: 0, count: count)
    for (layer, weights) in weights.sorted(by: { $0.key < $1.key }) {
      weights.value.withUnsafeElements { weights in
        for head in 0..<layout.heads where (layer, head) != (self.layer, self.head) {
          let first = weights + layout.starts[sentence] + head * count
          for place in 0..<count { sums[place] += first[place] }
        }
      }
    }
    return sums
  }
}
