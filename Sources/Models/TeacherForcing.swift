import Autograd
import Layers
import Tensors

/// What the sum of all tokens' losses is divided by.
public enum LossAverage: String, Sendable, CaseIterable, Codable {
  /// Real target tokens.
  case tokens
  /// All positions of the batch padded to its longest target, as the tutorial does.
  case positions
  /// Sentences: the tutorial's sum over steps of the mean over the batch.
  case sentences
}

extension Seq2Seq {
  /// The loss of a batch under teacher forcing.
  ///
  /// Sentences are put in order of their targets' lengths and leave the batch as they end, so that padding is neither
  /// computed nor counted.
  ///
  /// - Parameters:
  ///   - sources: ids as the encoder reads them, none empty.
  ///   - targets: ids with the end token and without the start token, none empty.
  /// - Returns: a scalar, and the number of target tokens in it.
  public func loss(
    sources: [[Int]], targets: [[Int]], average: LossAverage, smoothing: Float = 0, _ context: inout ForwardContext
  ) -> (loss: Variable, tokens: Int) {
    let order = targets.indices.sorted { targets[$0].count > targets[$1].count }
    let targets = order.map { targets[$0] }
    let pass = teacherForced(sources: order.map { sources[$0] }, targets: targets, &context)
    let tokens = pass.labels.count
    let count =
      switch average {
      case .tokens: tokens
      case .positions: targets.count * (targets.first?.count ?? 0)
      case .sentences: targets.count
      }
    let weights = [Float](repeating: 1 / Float(count), count: tokens)
    return (pass.logits.crossEntropy(targets: pass.labels, weights: weights, smoothing: smoothing), tokens)
  }

  /// - Precondition: targets by length, longest first.
  private func teacherForced(
    sources: [[Int]], targets: [[Int]], _ context: inout ForwardContext
  ) -> (logits: Variable, labels: [Int]) {
    let steps = targets.first?.count ?? 0
    let active = (0..<steps).map { t in targets.prefix { $0.count > t }.count }
    let given = (0..<steps).flatMap { t in
      targets.prefix(active[t]).map { t == 0 ? configuration.startID : $0[t - 1] }
    }
    let labels = (0..<steps).flatMap { t in targets.prefix(active[t]).map { $0[t] } }
    let (_, memory, start) = encode(sources, &context)
    let input = decoder.prepare(given, &context)
    var carry = start
    var results: [Variable] = []
    var contexts: [Variable] = []
    var first = 0
    for t in 0..<steps {
      let rows = first..<(first + active[t])
      let output = decoder.step(input.rows(rows), carry.rows(active[t]), memory, step: t, &context)
      carry = output.carry
      results.append(output.result)
      if let seen = output.context { contexts.append(seen) }
      first = rows.upperBound
    }
    let seen = contexts.isEmpty ? nil : Variable.concatenatingRows(contexts)
    let logits = decoder.logits(
      result: .concatenatingRows(results), context: seen, embedded: input.embedded, &context)
    return (logits, labels)
  }
}
