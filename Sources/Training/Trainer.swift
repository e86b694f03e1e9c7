import Foundation
import Layers

/// How a run came to its end.
public enum TrainingEnding: Sendable, Equatable {
  case allEpochs
  /// Validation stopped improving.
  case earlyStop
  /// Asked to stop; the snapshot from which to go on.
  case interrupted(snapshot: String)
}

/// The training loop: batches, gradients, Adam, validation, snapshots.
///
/// Every number follows from the recipe, the data and the thread count, so that a run that was interrupted and resumed ends
/// with the parameters of one that was not.
public struct Trainer<Model: Trainable> {
  public let model: Model
  public let recipe: TrainingRecipe
  public let validation: ValidationRecipe
  public let snapshots: SnapshotStore
  /// Steps between snapshots inside an epoch; nil for none there.
  public let snapshotSteps: Int?
  /// Where the parameters of the last epochs wait to be averaged; nil where the recipe asks for no such mean.
  public let epochs: EpochStore?
  public let metrics: MetricsLog
  public let pairs: [EncodedPair]
  /// Of everything that must not change when a run is resumed.
  public let fingerprint: String
  public var hooks: Hooks

  public init(
    model: Model, recipe: TrainingRecipe, validation: ValidationRecipe, snapshots: SnapshotStore,
    snapshotSteps: Int? = nil, epochs: EpochStore? = nil, metrics: MetricsLog, pairs: [EncodedPair],
    fingerprint: String, hooks: Hooks
  ) {
    self.model = model
    self.recipe = recipe
    self.validation = validation
    self.snapshots = snapshots
    self.snapshotSteps = snapshotSteps
    self.epochs = epochs
    self.metrics = metrics
    self.pairs = pairs
    self.fingerprint = fingerprint
    self.hooks = hooks
  }

  /// What the loop asks of its surroundings.
  public struct Hooks {
    /// Measures parameters on held-out data; may throw `ValidationInterrupted`.
    public var validate: (ParameterSet) throws -> ValidationResult
    /// Called with parameters that validate better than any before.
    public var improved: (ParameterSet, TrainingProgress) throws -> Void
    public var report: (TrainingEvent) -> Void
    /// Asked after each batch.
    public var shouldStop: () -> Bool

    public init(
      validate: @escaping (ParameterSet) throws -> ValidationResult,
      improved: @escaping (ParameterSet, TrainingProgress) throws -> Void = { _, _ in },
      report: @escaping (TrainingEvent) -> Void = { _ in }, shouldStop: @escaping () -> Bool = { false }
    ) {
      self.validate = validate
      self.improved = improved
      self.report = report
      self.shouldStop = shouldStop
    }
  }

  /// A state before the first step.
  public func initialState() throws -> TrainingState {
    let parameters = try model.initialParameters(seed: recipe.seed)
    return TrainingState(
      progress: TrainingProgress(fingerprint: fingerprint), parameters: parameters,
      optimizer: Adam(parameters, options: recipe.optimizer),
      average: recipe.averageDecay == nil ? nil : parameters)
  }

  /// Trains from the start, or from the last snapshot.
  ///
  /// - Throws: `TrainingError` where there is nothing to resume, or something that a start would overwrite, or where the loss
  ///   is no longer a number.
  public func run(resuming: Bool) throws -> (state: TrainingState, ending: TrainingEnding) {
    var state = try initialState()
    if resuming {
      state = try resumed(like: state)
    } else if !snapshots.list().isEmpty {
      throw TrainingError("\(snapshots.folder.path): holds snapshots; go on with --resume or begin anew with --restart")
    }
    try makeFolder(snapshots.folder)
    try metrics.open(at: state.progress)
    let ending = try loop(&state)
    if case .interrupted = ending { return (state, ending) }
    do {
      try validateMean(&state)
    } catch is ValidationInterrupted {
      return (state, try interrupted(state))
    }
    return (state, ending)
  }

  private func resumed(like initial: TrainingState) throws -> TrainingState {
    guard let state = try snapshots.latest(like: initial) else {
      throw TrainingError("\(snapshots.folder.path): holds no snapshot to resume from; run without --resume")
    }
    return state
  }

  private func loop(_ state: inout TrainingState) throws -> TrainingEnding {
    var epoch = EpochClock(batches: batches(epoch: state.progress.epoch), epochs: recipe.epochs)
    // Of the first epoch, whichever one this session begins with: another may hold a batch more or less.
    let lastStep = recipe.epochs * batches(epoch: 0).count
    while state.progress.epoch < recipe.epochs {
      if let patience = validation.patience, state.progress.epochsSinceBest >= patience { return .earlyStop }
      while state.progress.batch < epoch.batches.count {
        if hooks.shouldStop() { return try interrupted(state) }
        try step(&state, &epoch, lastStep: lastStep)
        if let every = snapshotSteps, state.progress.step.isMultiple(of: every) { try snapshots.save(state) }
      }
      do {
        try endEpoch(&state, epoch)
      } catch is ValidationInterrupted {
        return try interrupted(state)
      }
      epoch = EpochClock(batches: batches(epoch: state.progress.epoch), epochs: recipe.epochs)
    }
    return .allEpochs
  }

  private func interrupted(_ state: TrainingState) throws -> TrainingEnding {
    .interrupted(snapshot: try snapshots.save(state).path)
  }

  private func batches(epoch: Int) -> [[Int]] {
    recipe.batching.batches(of: pairs, seed: recipe.seed, epoch: epoch)
  }

  private func step(_ state: inout TrainingState, _ epoch: inout EpochClock, lastStep: Int) throws {
    let start = ContinuousClock.now
    let batch = Batch(epoch.batches[state.progress.batch].map { pairs[$0] })
    let number = state.progress.step + 1
    let (loss, gradients) = try model.lossAndGradients(
      of: batch, parameters: state.parameters, seed: recipe.seed, step: number)
    let norm = gradients.globalNorm
    guard loss.isFinite, norm.isFinite else {
      throw TrainingError(
        "step \(number): the loss is \(loss) and the gradient's norm \(norm); lower training.learning_rate or clip_norm, "
          + "then --restart")
    }
    let rate = recipe.schedule.rate(step: number, lastStep: lastStep, reductions: state.progress.reductions)
    state.optimizer.update(
      &state.parameters, gradients, rate: Float(rate),
      scale: ParameterSet.clippingScale(norm: norm, limit: recipe.clipNorm))
    if let decay = recipe.averageDecay {
      // The first steps are far from where training ends; a short memory forgets them.
      let warm = min(decay, Double(1 + number) / Double(10 + number))
      state.average?.average(towards: state.parameters, decay: Float(warm))
    }
    state.progress.step = number
    state.progress.batch += 1
    let seconds = (ContinuousClock.now - start) / .seconds(1)
    state.progress.seconds += seconds
    epoch.count(loss: loss, tokens: batch.targetTokens, seconds: seconds)
    let metrics = StepMetrics(
      step: number, epoch: state.progress.epoch + 1, loss: loss, learningRate: rate, gradientNorm: Double(norm),
      targetTokens: batch.targetTokens, tokensPerSecond: Double(batch.targetTokens) / max(seconds, 1e-9))
    try self.metrics.append(metrics)
    hooks.report(.step(metrics, epoch.estimate(state.progress)))
  }

  private func endEpoch(_ state: inout TrainingState, _ epoch: EpochClock) throws {
    let start = ContinuousClock.now
    let result = try hooks.validate(state.best)
    let improved = state.progress.endEpoch(
      score: validation.score(result), plateauPatience: recipe.schedule.plateauPatience)
    state.progress.seconds += (ContinuousClock.now - start) / .seconds(1)
    if improved { try hooks.improved(state.best, state.progress) }
    let metrics = EpochMetrics(state.progress, result, trainingLoss: epoch.meanLoss, improved: improved)
    try self.metrics.append(metrics)
    try epochs?.save(state.parameters, epoch: state.progress.epoch)
    try snapshots.save(state)
    hooks.report(.epoch(metrics))
  }

  /// Ships the mean of the last epochs' parameters if it validates better than the best of them.
  ///
  /// The snapshot stays as it was: a run that is resumed, for more epochs too, comes here again at its end.
  private func validateMean(_ state: inout TrainingState) throws {
    guard let epochs else { return }
    let mean = try epochs.mean(upTo: state.progress.epoch, like: state.parameters)
    let result = try hooks.validate(mean)
    let improved = state.progress.bestScore.map { validation.score(result) > $0 } ?? true
    let count = min(epochs.count, state.progress.epoch)
    if improved {
      state.progress.averagedEpochs = count
      try hooks.improved(mean, state.progress)
    }
    let metrics = EpochMetrics(state.progress, result, averagedEpochs: count, improved: improved)
    try self.metrics.append(metrics)
    hooks.report(.epoch(metrics))
  }
}
