import Autograd
import Tensors
import Traces

/// How a query is compared with each source position.
public enum ScoreKind: String, Sendable, Hashable, CaseIterable, Codable {
  /// Bahdanau et al. 2015: `V · tanh(W1 q + W2 k)`.
  case additive
  /// Luong et al. 2015: `q · k`.
  case dot
  /// Luong et al. 2015: `q · W k`.
  case general
  /// Luong et al. 2015: `v · tanh(W [q; k])`.
  case concat
}

/// Which source positions a step may look at (Luong et al. 2015, section 3.2).
public enum AttentionSpan: Sendable, Hashable {
  case global
  /// Positions within `window` of the step's own number.
  case localMonotonic(window: Int)
  /// Positions within `window` of a predicted centre, weighted by a Gaussian around it; rows then sum to less than 1.
  case localPredictive(window: Int)
}

/// One head of attention from a decoder's state to the encoder's.
public struct Attention {
  public let score: ScoreKind
  public let span: AttentionSpan
  private let queryProjection: Linear?
  private let keyProjection: Linear?
  /// V, `[U]`, and its bias.
  private let v: Variable?
  private let scoreBias: Variable?
  private let position: PositionPredictor?

  /// Parameters: additive `query` (W1), `key` (W2), each with a bias, and `score` (V, `[U, 1]` and `[1]`); general
  /// `general.kernel` `[D, Q]`; concat `concat.kernel` `[Q + D, U]` and `score.kernel` `[U, 1]`, without biases;
  /// local-p `position.kernel` and `position_score.kernel`.
  ///
  /// - Parameters:
  ///   - query: width Q of a query.
  ///   - value: width D of an encoder state; equal to Q for `dot`.
  ///   - units: U.
  public init(
    _ source: inout some ParameterSource, _ score: ScoreKind, _ span: AttentionSpan, query: Int, value: Int, units: Int
  ) throws {
    self.score = score
    self.span = span
    switch score {
    case .additive:
      queryProjection = try source.scoped("query") { try Linear(&$0, query, units) }
      keyProjection = try source.scoped("key") { try Linear(&$0, value, units) }
      v = try source.tensor("score.kernel", [units, 1], .glorotUniform).reshaped([units])
      scoreBias = try source.tensor("score.bias", [1], .zeros)
    case .dot:
      (queryProjection, keyProjection, v, scoreBias) = (nil, nil, nil, nil)
    case .general:
      keyProjection = try source.scoped("general") { try Linear(&$0, value, query, hasBias: false) }
      (queryProjection, v, scoreBias) = (nil, nil, nil)
    case .concat:
      // One matrix over [query; key] is two, and the key's half is computed once for a sentence.
      let whole = try source.weight("concat.kernel", query + value, units, .glorotUniform)
      queryProjection = Linear(kernel: whole.rows(0..<query))
      keyProjection = Linear(kernel: whole.rows(query..<(query + value)))
      v = try source.tensor("score.kernel", [units, 1], .glorotUniform).reshaped([units])
      scoreBias = nil
    }
    if case .localPredictive(let window) = span {
      position = try PositionPredictor(&source, query: query, window: window)
    } else {
      position = nil
    }
  }

  /// Projects the encoder states `[B, S, D]` once for all steps.
  public func memory(_ values: Variable, lengths: [Int]? = nil) -> AttentionMemory {
    AttentionMemory(values: values, keys: keyProjection.map { $0(values) } ?? values, lengths: lengths)
  }

  /// Looks back from one step.
  ///
  /// - Parameters:
  ///   - query: `[N, Q]`, for the first N sentences of the memory.
  ///   - step: the step's number, for local attention.
  /// - Returns: the context `[N, D]` and the weights `[N, S]`.
  public func callAsFunction(
    _ query: Variable, _ memory: AttentionMemory, step: Int, at site: AttentionSite, _ context: inout ForwardContext
  ) -> (context: Variable, weights: Variable) {
    let count = query.shape[0]
    let centres = centres(query, memory, step: step)
    let mask = memory.mask(count, where: centres.map { centres in { centres.covers($0, $1) } })
    let asking = queryProjection.map { $0(query) } ?? query
    context.record(.query, at: site) { asking.value }
    context.record(.keys, at: site) { memory.keys.value }
    context.record(.values, at: site) { memory.values.value }
    let masked = context.tap(.scores, at: site, scores(asking, memory).masked(mask))
    var weights = masked.softmax(mask: mask)
    if let gaussian = centres?.gaussian(length: memory.sourceLength) { weights = weights * gaussian }
    weights = context.tap(.weights, at: site, weights)
    let output = context.tap(.output, at: site, weights.weightedSum(of: memory.values))
    return (output, weights)
  }

  /// - Parameter query: projected.
  private func scores(_ query: Variable, _ memory: AttentionMemory) -> Variable {
    guard let v else { return query.dotScores(keys: memory.keys) }
    let scores = query.additiveScores(keys: memory.keys, v: v)
    return scoreBias.map { scores + $0 } ?? scores
  }

  /// How a query is compared with a key, with the numbers that belong to it.
  public var mechanism: AttentionWorking.Mechanism {
    let weights = v?.value.elements ?? []
    return switch score {
    case .additive: .additive(v: weights, bias: scoreBias?.value.elements.first ?? 0)
    case .dot: .dot
    case .general: .general
    case .concat: .concat(v: weights)
    }
  }

  private func centres(_ query: Variable, _ memory: AttentionMemory, step: Int) -> AttentionCentres? {
    switch span {
    case .global: return nil
    case .localMonotonic(let window):
      // Past the end of the source the window stays on its last position.
      let positions = (0..<query.shape[0]).map { Float(min(step, memory.length($0) - 1)) }
      return AttentionCentres(
        positions: Variable(Tensor([positions.count, 1], positions)), window: window, isGaussian: false)
    case .localPredictive:
      return position?(query, memory)
    }
  }
}

extension Linear {
  /// A map without bias whose matrix is part of another.
  init(kernel: Weight) {
    self.kernel = kernel
    bias = nil
  }
}

extension Variable {
  /// `-infinity` where the mask is 0; what a tap records as scores.
  func masked(_ mask: [UInt8]?) -> Variable {
    guard let mask, mask.contains(0) else { return self }
    return self + Variable(Tensor(shape, mask.map { $0 == 0 ? -Float.infinity : 0 }))
  }
}
