import Layers
import Tensors

/// Everything that decides how a run goes on: with the recipe and the data, each later number follows from it.
public struct TrainingState: Sendable {
  public var progress: TrainingProgress
  public var parameters: ParameterSet
  public var optimizer: Adam
  /// The running average of the parameters, where the recipe asks for one.
  public var average: ParameterSet?

  /// What is validated and shipped.
  public var best: ParameterSet { average ?? parameters }
}

/// How far a run has come, as it stands in a snapshot's `progress.json`.
public struct TrainingProgress: Codable, Sendable, Equatable {
  /// Batches done since the start.
  public var step = 0
  /// Epochs done.
  public var epoch = 0
  /// Batches done of the current epoch.
  public var batch = 0
  /// The best validation score so far; higher is better.
  public var bestScore: Double?
  public var bestEpoch: Int?
  public var epochsSinceBest = 0
  /// How often the learning rate was reduced because validation had not improved.
  public var reductions = 0
  /// So many last epochs' parameters were averaged and shipped, once the run had ended; nil where the best epoch's were.
  public var averagedEpochs: Int?
  /// Time spent in training and validation, over all sessions.
  public var seconds = 0.0
  /// Of what must not change between sessions; see `Recipe.fingerprint`.
  public var fingerprint = ""

  public init(fingerprint: String = "") {
    self.fingerprint = fingerprint
  }

  /// Ends an epoch with its score.
  ///
  /// - Returns: true if the score is the best so far.
  mutating func endEpoch(score: Double, plateauPatience: Int) -> Bool {
    epoch += 1
    batch = 0
    if bestScore.map({ score > $0 }) ?? true {
      (bestScore, bestEpoch, epochsSinceBest) = (score, epoch, 0)
      return true
    }
    epochsSinceBest += 1
    if epochsSinceBest.isMultiple(of: plateauPatience) { reductions += 1 }
    return false
  }
}

extension ParameterSet {
  /// Moves every parameter towards `target`: `self = decay * self + (1 - decay) * target`.
  mutating func average(towards target: ParameterSet, decay: Float) {
    self = mapping { name, mean in
      var next = mean * decay
      if let value = target[name] { next.add(value, scaledBy: 1 - decay) }
      return next
    }
  }
}
