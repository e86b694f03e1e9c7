/// A decode before and after interventions, and what these did to the tokens that it produced before.
public struct TraceDifference: Sendable, Equatable {
  public var before: AttentionTrace
  public var after: AttentionTrace
  /// The natural log-probability of each of the tokens before, under the interventions after, given the tokens before
  /// up to it (teacher-forced); as many as `before` has steps.
  public var logProbabilities: [Float]

  public init(before: AttentionTrace, after: AttentionTrace, logProbabilities: [Float]) {
    self.before = before
    self.after = after
    self.logProbabilities = logProbabilities
  }

  /// How much log-probability each token before has lost, in nats; below 0 where it has gained.
  ///
  /// The picture's own test: silencing what a token hung on costs it much.
  public var drops: [Float] {
    zip(before.steps, logProbabilities).map { step, after in
      step.logProbability == after ? 0 : step.logProbability - after
    }
  }

  /// What all tokens together have lost, in nats.
  public var totalDrop: Float { drops.reduce(0, +) }

  /// The steps at which the two produced different tokens, or only one produced any.
  public var changedSteps: [Int] {
    (0..<max(before.steps.count, after.steps.count)).filter { step in
      step >= before.steps.count || step >= after.steps.count
        || before.steps[step].token.id != after.steps[step].token.id
    }
  }

  /// Weights after less weights before, from -1 to 1, over the rows and columns that both have; nil where either has
  /// no such attention.
  public func matrix(_ selection: HeadSelection) -> AttentionMatrix? {
    guard let old = before.matrix(selection), let new = after.matrix(selection) else { return nil }
    let (rows, columns) = (min(old.rows, new.rows), min(old.columns, new.columns))
    let differences = (0..<rows).flatMap { row in (0..<columns).map { new[row, $0] - old[row, $0] } }
    return AttentionMatrix(rows: rows, columns: columns, weights: differences, scores: nil)
  }
}
