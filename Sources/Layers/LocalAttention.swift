import Autograd
import Tensors

/// Where local attention looks: a centre for each sentence, `[N, 1]`, and the reach around it.
struct AttentionCentres {
  let positions: Variable
  let window: Int
  let isGaussian: Bool

  func covers(_ sentence: Int, _ position: Int) -> Bool {
    abs(Float(position) - positions.value[sentence, 0]) <= Float(window)
  }

  /// `exp(-(s - p)² / 2σ²)` with `σ = window / 2` (Luong et al. 2015, equation 10), `[N, S]`.
  func gaussian(length: Int) -> Variable? {
    guard isGaussian else { return nil }
    let sources = Variable(Tensor([1, length], (0..<length).map(Float.init)))
    let distance = sources - positions
    let sigma = Float(window) / 2
    return (distance * distance * (-1 / (2 * sigma * sigma))).exp()
  }
}

/// Predicts the centre of local attention: `p = S · sigmoid(v · tanh(W q))` (Luong et al. 2015, equation 9).
struct PositionPredictor {
  private let projection: Linear
  private let score: Linear
  private let window: Int

  /// Parameters `position.kernel` `[Q, Q]` and `position_score.kernel` `[Q, 1]`.
  init(_ source: inout some ParameterSource, query: Int, window: Int) throws {
    projection = try source.scoped("position") { try Linear(&$0, query, query, hasBias: false) }
    score = try source.scoped("position_score") { try Linear(&$0, query, 1, hasBias: false) }
    self.window = window
  }

  func callAsFunction(_ query: Variable, _ memory: AttentionMemory) -> AttentionCentres {
    let count = query.shape[0]
    let lengths = Variable(Tensor([count, 1], (0..<count).map { Float(memory.length($0)) }))
    let positions = lengths * score(projection(query).tanh()).sigmoid()
    return AttentionCentres(positions: positions, window: window, isGaussian: true)
  }
}
