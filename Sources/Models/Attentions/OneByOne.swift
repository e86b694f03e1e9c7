import Autograd
import Layers
import Tensors
import Traces

/// A family that is opened as others have trained it: it decodes one sentence after the other.
protocol OpenedFamily: ModelFamily {}

extension OpenedFamily {
  public func loss(
    sources: [[Int]], targets: [[Int]], average: LossAverage, smoothing: Float, _ context: inout ForwardContext
  ) throws -> (loss: Variable, tokens: Int) {
    throw ModelError("models of the kind '\(Configuration.modelType)' are opened, not trained; name another family")
  }

  public func translate(_ sources: [[Int]], maximumLength: Int) throws -> [[Int]] {
    try sources.map { source in
      try check(sourceLength: source.count, targetLength: maximumLength)
      let start = begin(source)
      guard var state = start.state else { return [] }
      var (token, ids) = (start.first, [Int]())
      while ids.count < maximumLength {
        let step = state.step(token)
        token = NextTokens(step.logits).best(1, choice(at: ids.count)).first ?? endID
        if token == endID { break }
        ids.append(token)
        state = step.next
      }
      return ids
    }
  }
}

extension ForwardContext {
  /// Softmax of scores `[1, S]` and the weighted sum of `values` `[S, D]`, all of it through the taps.
  mutating func attend(scores: Variable, values: Variable) -> Variable {
    let site = AttentionSite(.cross)
    let scores = tap(.scores, at: site, scores)
    let weights = tap(.weights, at: site, scores.softmax())
    let sum = weights.weightedSum(of: values.reshaped([1, values.shape[0], values.shape[1]]))
    return tap(.output, at: site, sum)
  }
}
