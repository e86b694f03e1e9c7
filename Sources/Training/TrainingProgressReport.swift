/// What a run tells its user while it goes on.
public enum TrainingEvent: Sendable {
  case step(StepMetrics, Estimate)
  case epoch(EpochMetrics)
}

/// How far the run is and how long it will take.
public struct Estimate: Sendable, Equatable {
  public var epochs: Int
  /// Batches done of this epoch, and all of them.
  public var batch: Int
  public var batches: Int
  /// Mean over this epoch so far, weighted by target tokens.
  public var meanLoss: Double
  public var tokensPerSecond: Double
  /// Until the last epoch's end, without validation.
  public var secondsLeft: Double
}

/// The batches of one epoch, and what this session has measured on them.
struct EpochClock {
  let batches: [[Int]]
  let epochs: Int
  private var lossSum = 0.0
  private var tokens = 0
  private var seconds = 0.0
  private var steps = 0

  init(batches: [[Int]], epochs: Int) {
    self.batches = batches
    self.epochs = epochs
  }

  var meanLoss: Double? { tokens > 0 ? lossSum / Double(tokens) : nil }

  mutating func count(loss: Double, tokens: Int, seconds: Double) {
    lossSum += loss * Double(tokens)
    self.tokens += tokens
    self.seconds += seconds
    steps += 1
  }

  func estimate(_ progress: TrainingProgress) -> Estimate {
    let left = (epochs - progress.epoch) * batches.count - progress.batch
    return Estimate(
      epochs: epochs, batch: progress.batch, batches: batches.count, meanLoss: meanLoss ?? 0,
      tokensPerSecond: Double(tokens) / max(seconds, 1e-9),
      secondsLeft: seconds / Double(max(1, steps)) * Double(max(0, left)))
  }
}
