import Foundation
import Layers
import Testing

@testable import Training

@Suite struct TrainerTests {
  let folder: TemporaryFolder
  let pairs = LengthModel.pairs(100)

  init() throws { folder = try TemporaryFolder() }

  var recipe: TrainingRecipe {
    var recipe = TrainingRecipe()
    recipe.epochs = 4
    recipe.batching = Batching(sentences: 8, tokens: 40)
    recipe.schedule.kind = .cosine
    recipe.schedule.warmupSteps = 5
    recipe.schedule.peak = 0.05
    recipe.averageDecay = 0.9
    return recipe
  }

  func trainer(
    _ run: String, recipe: TrainingRecipe? = nil, validation: ValidationRecipe = ValidationRecipe(),
    snapshotSteps: Int? = nil, averaging epochs: Int? = nil,
    fingerprint: String = "a", hooks: Trainer<LengthModel>.Hooks? = nil, stopAfter steps: Int = .max
  ) -> Trainer<LengthModel> {
    var done = 0
    var hooks =
      hooks ?? .init(validate: { ValidationResult(loss: LengthModel.loss(LengthModel.pairs(30, seed: 8), $0)) })
    let report = hooks.report
    hooks.report = { event in
      if case .step = event { done += 1 }
      report(event)
    }
    hooks.shouldStop = { done >= steps }
    return Trainer(
      model: LengthModel(), recipe: recipe ?? self.recipe, validation: validation,
      snapshots: SnapshotStore(run: folder.path(run), kept: 2), snapshotSteps: snapshotSteps,
      epochs: epochs.map { EpochStore(run: folder.path(run), count: $0) }, metrics: MetricsLog(run: folder.path(run)),
      pairs: pairs, fingerprint: fingerprint, hooks: hooks)
  }

  @Test func lossFallsAndTheModelLearnsItsWeights() throws {
    var longer = recipe
    longer.epochs = 60
    let (state, ending) = try trainer("a", recipe: longer).run(resuming: false)
    #expect(ending == .allEpochs)
    #expect(LengthModel.loss(pairs, state.parameters) < 0.01)
    for token in 0..<LengthModel.vocabulary {
      #expect(abs((state.parameters["weights"]?[token] ?? 0) - Float(token)) < 0.1)
    }
  }

  /// Interrupted inside the first epoch, at its very end, and later; the last twice in a row.
  @Test(arguments: [[1], [5], [13], [20], [3, 30], [7, 1, 1]])
  func resumingEndsWithTheSameBits(stops: [Int]) throws {
    let whole = try trainer("whole").run(resuming: false).state
    for (session, steps) in stops.enumerated() {
      let (_, ending) = try trainer("parts", stopAfter: steps).run(resuming: session > 0)
      guard case .interrupted(let snapshot) = ending else {
        Issue.record("not interrupted but \(ending)")
        return
      }
      #expect(FileManager.default.fileExists(atPath: snapshot))
    }
    let resumed = try trainer("parts").run(resuming: true).state
    #expect(resumed.parameters == whole.parameters)
    #expect(resumed.average == whole.average)
    #expect(resumed.optimizer.first == whole.optimizer.first && resumed.optimizer.second == whole.optimizer.second)
    var progress = resumed.progress
    progress.seconds = whole.progress.seconds
    #expect(progress == whole.progress)
    #expect(try metricLines("parts") == metricLines("whole"))
  }

  private var plain: TrainingRecipe {
    var plain = recipe
    plain.averageDecay = nil
    return plain
  }

  /// The parameters of every validation of a run that averages its last three epochs: four ends and their mean.
  private func validated(_ run: String) throws -> [ParameterSet] {
    var validated: [ParameterSet] = []
    let hooks = Trainer<LengthModel>.Hooks(validate: {
      validated.append($0)
      return ValidationResult(loss: 1)
    })
    _ = try trainer(run, recipe: plain, averaging: 3, hooks: hooks).run(resuming: false)
    return validated
  }

  @Test func theLastValidationIsOfTheMeanOfTheLastEpochs() throws {
    let sets = try validated("a")
    #expect(sets.count == 5)
    for name in sets[0].names {
      for place in 0..<(sets[0][name]?.count ?? 0) {
        let last = sets[1...3].compactMap { $0[name]?[place] }
        #expect(abs((sets[4][name]?[place] ?? .nan) - last.reduce(0, +) / 3) < 1e-6)
      }
    }
    let files = try FileManager.default.contentsOfDirectory(atPath: folder.path("a/epochs")).sorted()
    #expect(files == (2...4).map { "epoch-00000000\($0).safetensors" })
  }

  /// Stopped inside an epoch, at the end of the last one, and twice.
  @Test(arguments: [[13], [52], [20, 3]])
  func aMeanThatIsBetterShipsAlsoAfterResuming(stops: [Int]) throws {
    let mean = try validated("first")[4]
    var shipped: ParameterSet?
    let hooks = Trainer<LengthModel>.Hooks(
      validate: { ValidationResult(loss: $0 == mean ? 0 : 1) }, improved: { parameters, _ in shipped = parameters })
    let whole = try trainer("whole", recipe: plain, averaging: 3, hooks: hooks).run(resuming: false).state
    #expect(whole.progress.averagedEpochs == 3 && shipped == mean)
    for (session, steps) in stops.enumerated() {
      _ = try trainer("parts", recipe: plain, averaging: 3, hooks: hooks, stopAfter: steps).run(resuming: session > 0)
    }
    shipped = nil
    let resumed = try trainer("parts", recipe: plain, averaging: 3, hooks: hooks).run(resuming: true).state
    #expect(shipped == mean && resumed.progress.averagedEpochs == 3)
    #expect(try metricLines("parts") == metricLines("whole"))
  }

  @Test func aMeanThatIsWorseStaysBehind() throws {
    var losses = [5.0, 4, 3, 2, 2.5]
    var improvements = 0
    let hooks = Trainer<LengthModel>.Hooks(
      validate: { _ in ValidationResult(loss: losses.removeFirst()) }, improved: { _, _ in improvements += 1 })
    let state = try trainer("a", recipe: plain, averaging: 2, hooks: hooks).run(resuming: false).state
    #expect(state.progress.averagedEpochs == nil && improvements == 4)
  }

  /// A run that is killed leaves metrics of steps that no snapshot holds; resuming does those again and logs them once.
  @Test func aKilledRunResumesFromItsLastSnapshot() throws {
    let whole = try trainer("whole").run(resuming: false).state
    struct Killed: Error {}
    var hooks = Trainer<LengthModel>.Hooks(
      validate: { ValidationResult(loss: LengthModel.loss(LengthModel.pairs(30, seed: 8), $0)) })
    hooks.improved = { _, progress in if progress.epoch == 2 { throw Killed() } }
    #expect(throws: Killed.self) { try trainer("killed", snapshotSteps: 5, hooks: hooks).run(resuming: false) }
    let partial = folder.url.appendingPathComponent("killed/snapshots/.partial")
    try FileManager.default.createDirectory(at: partial, withIntermediateDirectories: true)
    let resumed = try trainer("killed", snapshotSteps: 5).run(resuming: true).state
    #expect(resumed.parameters == whole.parameters)
    #expect(try metricLines("killed") == metricLines("whole"))
  }

  @Test func aValidationThatIsInterruptedIsDoneAgain() throws {
    let whole = try trainer("whole").run(resuming: false).state
    let hooks = Trainer<LengthModel>.Hooks(validate: { _ in throw ValidationInterrupted() })
    let (state, ending) = try trainer("parts", hooks: hooks).run(resuming: false)
    #expect(state.progress.epoch == 0 && state.progress.batch == state.progress.step)
    #expect(
      ending
        == .interrupted(snapshot: folder.path("parts/snapshots/step-\(padded(state.progress.step))-epoch-000000000")))
    let resumed = try trainer("parts").run(resuming: true).state
    #expect(resumed.parameters == whole.parameters)
    #expect(try metricLines("parts") == metricLines("whole"))
  }

  @Test func trainingStopsWhenValidationDoesNotImprove() throws {
    var validation = ValidationRecipe()
    validation.patience = 2
    var losses = [3.0, 2, 2.5, 2.4, 1]
    var improvements: [Int] = []
    let hooks = Trainer<LengthModel>.Hooks(
      validate: { _ in ValidationResult(loss: losses.removeFirst()) }, improved: { improvements.append($1.epoch) })
    let (state, ending) = try trainer("a", validation: validation, hooks: hooks).run(resuming: false)
    #expect(ending == .earlyStop || state.progress.epoch == 4)
    #expect(improvements == [1, 2])
    #expect(losses == [1])
  }

  @Test func theRecipeSaysWhatImprovementIs() throws {
    var validation = ValidationRecipe()
    validation.measure = .bleu
    var results = [(3.0, 10.0), (2.0, 9.0), (4.0, 11.0), (1.0, 5.0)]
    var improvements: [Int] = []
    let hooks = Trainer<LengthModel>.Hooks(
      validate: { _ in
        let (loss, bleu) = results.removeFirst()
        return ValidationResult(loss: loss, bleu: bleu)
      }, improved: { improvements.append($1.epoch) })
    _ = try trainer("a", validation: validation, hooks: hooks).run(resuming: false)
    #expect(improvements == [1, 3])
  }

  @Test func aStartOverwritesNothingAndAResumeNeedsSomething() throws {
    #expect(message { _ = try trainer("a").run(resuming: true) }?.hasSuffix("run without --resume") == true)
    _ = try trainer("a").run(resuming: false)
    #expect(
      message { _ = try trainer("a").run(resuming: false) }?.hasSuffix(
        "go on with --resume or begin anew with --restart") == true)
    #expect(message { _ = try trainer("a", fingerprint: "b").run(resuming: true) }?.contains("other data") == true)
  }

  @Test func aLossThatIsNoNumberEndsTheRun() throws {
    var wild = recipe
    wild.schedule = LearningRateSchedule()
    wild.schedule.peak = 1e30
    wild.clipNorm = nil
    #expect(
      message { _ = try trainer("a", recipe: wild).run(resuming: false) }?.contains("lower training.learning_rate")
        == true)
  }

  @Test func eventsCountDownToTheEnd() throws {
    var estimates: [Estimate] = []
    var hooks = Trainer<LengthModel>.Hooks(validate: { _ in ValidationResult(loss: 1) })
    hooks.report = { if case .step(_, let estimate) = $0 { estimates.append(estimate) } }
    let (state, _) = try trainer("a", hooks: hooks).run(resuming: false)
    #expect(estimates.count == state.progress.step)
    #expect(estimates.last?.secondsLeft == 0)
    #expect(estimates.last.map { $0.batch == $0.batches } == true)
    #expect(estimates.allSatisfy { $0.epochs == 4 && $0.meanLoss > 0 && $0.tokensPerSecond > 0 })
  }

  private func padded(_ number: Int) -> String { String(repeating: "0", count: 9 - "\(number)".count) + "\(number)" }

  /// The log without what the clock says, and without the training loss, which is a session's own.
  private func metricLines(_ run: String) throws -> [[String: String]] {
    let text = try String(contentsOfFile: folder.path("\(run)/metrics.jsonl"), encoding: .utf8)
    return try text.split(separator: "\n").map { line in
      let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any] ?? [:]
      return object.filter { !["seconds", "tokens_per_second", "training_loss"].contains($0.key) }.mapValues { "\($0)" }
    }
  }
}
