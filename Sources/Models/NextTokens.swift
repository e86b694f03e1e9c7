import Foundation
import Tensors

/// The distribution over the next token.
struct NextTokens {
  let probabilities: [Float]
  /// Not-a-number counts as least.
  private let logits: [Float]
  /// The logarithm of the softmax's denominator.
  private let normalizer: Double

  init(_ logits: Tensor) {
    let values = logits.elements.map { $0.isNaN ? -.infinity : $0 }
    let probabilities = logits.softmax().elements
    let top = values.indices.max { values[$0] < values[$1] }
    normalizer = top.map { Double(values[$0]) - log(Double(probabilities[$0])) } ?? 0
    self.probabilities = probabilities
    self.logits = values
  }

  /// The natural logarithm of a token's probability; `-infinity` where that is no number.
  func logProbability(of id: Int) -> Double {
    let value = Double(logits[id]) - normalizer
    return value.isNaN ? -.infinity : value
  }

  /// Before the softmax.
  func logit(of id: Int) -> Float { logits[id] }

  /// In bits.
  var entropy: Float {
    Float(probabilities.reduce(0.0) { $1 > 0 ? $0 - Double($1) * log2(Double($1)) : $0 })
  }

  /// The `count` most probable ids, best first, equals in order of id.
  func best(_ count: Int) -> [Int] {
    var best: [Int] = []
    for (id, logit) in logits.enumerated() {
      if best.count == count, let last = best.last, !(logit > logits[last]) { continue }
      let place = best.firstIndex { logit > logits[$0] } ?? best.count
      best.insert(id, at: place)
      if best.count > count { best.removeLast() }
    }
    return best
  }

  /// The same without some ids.
  func best(_ count: Int, without suppressed: [Int]) -> [Int] {
    Array(best(count + suppressed.count).filter { !suppressed.contains($0) }.prefix(count))
  }
}
