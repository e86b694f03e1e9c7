/// Self-attention of several layers taken together: how much of the first layer's tokens reaches the last one's.
///
/// Both measures follow Abnar and Zuidema, "Quantifying Attention Flow in Transformers" (ACL 2020). A layer is the mean over
/// its heads, and as the residual connection hands every token on as well, half of each row stays on the token itself:
/// `½ attention + ½ identity`. What the feed-forward layers, values and norms do is left out.
public struct AttentionStack: Sendable, Equatable {
  /// With the residual, lowest first; all `[size, size]`.
  let layers: [AttentionMatrix]
  let size: Int

  /// - Parameter layers: means over heads, lowest first.
  /// - Returns: nil unless there is a layer and all are square and of one size.
  public init?(_ layers: [AttentionMatrix]) {
    guard let size = layers.first?.rows, layers.allSatisfy({ $0.rows == size && $0.columns == size })
    else { return nil }
    self.size = size
    self.layers = layers.map { layer in
      let weights = layer.weights.enumerated().map { index, weight in
        0.5 * weight + (index / size == index % size ? 0.5 : 0)
      }
      return AttentionMatrix(rows: size, columns: size, weights: weights, scores: nil)
    }
  }

  /// Attention rollout: the product of all layers, the highest to the left. Rows sum to 1.
  public var rollout: AttentionMatrix {
    layers.dropFirst().reduce(layers[0]) { $1.multiplied(by: $0) }
  }

  /// Attention flow to one token of the highest layer: for each token of the input the maximum flow between the two, where
  /// a weight is the capacity of its edge, divided by the sum over the input. `size` weights.
  ///
  /// Takes time that grows with layers × size³ for each of the `size` tokens of a long sentence: ask row by row.
  public func flow(row: Int) -> [Float] {
    guard (0..<size).contains(row) else { return [] }
    let network = FlowNetwork(self)
    let flows = (0..<size).map { network.maximumFlow(from: row, to: $0) }
    let sum = flows.reduce(0, +)
    return flows.map { sum > 0 ? Float($0 / sum) : 0 }
  }

  /// Attention flow to every token of the highest layer. Rows sum to 1.
  public var flow: AttentionMatrix {
    AttentionMatrix(rows: size, columns: size, weights: (0..<size).flatMap { flow(row: $0) }, scores: nil)
  }
}

extension AttentionMatrix {
  /// The matrix product, `[rows, other.columns]`.
  ///
  /// - Precondition: `columns == other.rows`.
  func multiplied(by other: AttentionMatrix) -> AttentionMatrix {
    precondition(columns == other.rows)
    var product = [Float](repeating: 0, count: rows * other.columns)
    product.withUnsafeMutableBufferPointer { product in
      other.weights.withUnsafeBufferPointer { right in
        for row in 0..<rows {
          for inner in 0..<columns {
            let factor = weights[row * columns + inner]
            if factor == 0 { continue }
            for column in 0..<other.columns {
              product[row * other.columns + column] += factor * right[inner * other.columns + column]
            }
          }
        }
      }
    }
    return AttentionMatrix(rows: rows, columns: other.columns, weights: product, scores: nil)
  }
}

extension AttentionTrace {
  /// Attention rollout of a site through `layer`, or through all its layers.
  ///
  /// For self-attention it is `[tokens, tokens]`. For cross-attention it is the mean over the heads of `layer`, or of the
  /// last one, handed on through the encoder's rollout to the words that went in: `[steps, source length]`.
  ///
  /// - Returns: nil where the trace lacks the site or the layer, or for cross-attention the encoder's.
  public func rollout(_ site: Site, through layer: Int? = nil) -> AttentionMatrix? {
    guard site == .cross else { return stack(site, through: layer)?.rollout }
    guard let last = layer ?? block(.cross).map({ $0.layers - 1 }),
      let cross = matrix(.mean(site: .cross, layer: last)), let encoder = stack(.encoder, through: nil)?.rollout,
      cross.columns == encoder.rows
    else { return nil }
    return cross.multiplied(by: encoder)
  }

  /// The self-attention of a site's layers up to `layer`, of which `AttentionStack.flow` takes one row at a time; nil for
  /// cross-attention and where the trace lacks the site or the layer.
  public func stack(_ site: Site, through layer: Int? = nil) -> AttentionStack? {
    guard site != .cross, let layers = block(site)?.layers, layer.map((0..<layers).contains) ?? true else { return nil }
    let means = (0...(layer ?? layers - 1)).map { matrix(.mean(site: site, layer: $0)) }
    let present = means.compactMap { $0 }
    return present.count == means.count ? AttentionStack(present) : nil
  }
}
