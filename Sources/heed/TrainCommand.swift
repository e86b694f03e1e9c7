import ArgumentParser
import Foundation
import Training

/// `heed train`: makes a model from a recipe.
struct Train: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Train a model by a recipe in YAML.",
    discussion: """
      Snapshots and metrics.jsonl go to the recipe's output.run, the model to output.model whenever validation improves. \
      Ctrl-C saves a snapshot and stops; --resume goes on from it to the same numbers.

      EXAMPLES
        heed train sample-models/en-fr-bahdanau/recipe.yaml
        heed train sample-models/en-fr-bahdanau/recipe.yaml --resume
      """)

  @Argument(help: "The recipe.")
  var recipe: String

  @Flag(help: "Go on from the last snapshot.")
  var resume = false

  @Flag(help: "Remove the snapshots of an earlier run and begin anew.")
  var restart = false

  @Option(help: ArgumentHelp("Use this many threads in place of the recipe's.", valueName: "count"))
  var threads: Int?

  func validate() throws {
    if resume && restart { throw ValidationError("give either --resume or --restart") }
    if let threads, !(1...256).contains(threads) { throw ValidationError("--threads takes a number from 1 to 256") }
  }

  func run() throws {
    var recipe = try Recipe(file: recipe)
    if let threads { recipe.training.threads = threads }
    let session = try TrainingSession(recipe)
    let reporter = TrainingReporter()
    for note in session.notes { StandardError.note(note) }
    Interruption.watch()
    defer { Interruption.restore() }
    let (state, ending) = try session.run(
      resuming: resume, restarting: restart, report: reporter.report, shouldStop: { Interruption.isRequested })
    switch ending {
    case .interrupted(let snapshot):
      reporter.say("stopped after step \(state.progress.step); saved in \(snapshot)")
      reporter.say("go on with: heed train \(self.recipe) --resume")
    case .earlyStop, .allEpochs:
      try session.writeCard(state.progress)
      let words = ending == .earlyStop ? "validation stopped improving" : "all epochs are done"
      let best =
        state.progress.averagedEpochs.map { "the mean of the last \($0) epochs" }
        ?? "of epoch \(state.progress.bestEpoch ?? 0)"
      reporter.say("\(words); the best model, \(best), is in \(recipe.output.model)")
    }
  }
}

/// Shows training's progress: a bar where standard error is a terminal, else a line now and then.
private final class TrainingReporter {
  private static let secondsBetweenLines = 30.0

  private let bar = ProgressBar()
  private var lastLine = ContinuousClock.now
  private var isFirst = true

  func report(_ event: TrainingEvent) {
    StandardError.writeNotes()
    switch event {
    case .step(let metrics, let estimate):
      bar.draw { ProgressLine.bar(metrics, estimate, width: ProgressBar.terminalWidth) }
      if bar.isTerminal { return }
      let isDue = (ContinuousClock.now - lastLine) / .seconds(1) >= Self.secondsBetweenLines
      guard isDue || isFirst || estimate.batch == estimate.batches else { return }
      (lastLine, isFirst) = (.now, false)
      bar.say(ProgressLine.plain(metrics, estimate))
    case .epoch(let metrics):
      bar.say(ProgressLine.epoch(metrics))
    }
  }

  func say(_ line: String) { bar.say(line) }
}
