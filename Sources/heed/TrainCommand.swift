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
    for note in session.notes { reporter.say(note) }
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
      reporter.say(
        "\(words); the best model, of epoch \(state.progress.bestEpoch ?? 0), is in \(recipe.output.model)")
    }
  }
}

/// Draws training's progress on standard error: a bar where that is a terminal, else a line now and then.
final class TrainingReporter {
  private static let secondsBetweenBars = 0.1
  private static let secondsBetweenLines = 30.0

  private let isTerminal = isatty(STDERR_FILENO) == 1
  private var last = ContinuousClock.now
  private var isFirst = true

  func report(_ event: TrainingEvent) {
    switch event {
    case .step(let metrics, let estimate):
      let seconds = (ContinuousClock.now - last) / .seconds(1)
      let isDue = seconds >= (isTerminal ? Self.secondsBetweenBars : Self.secondsBetweenLines)
      guard isDue || isFirst || estimate.batch == estimate.batches else { return }
      (last, isFirst) = (.now, false)
      if isTerminal {
        write("\r\u{1b}[K" + ProgressLine.bar(metrics, estimate, width: Self.terminalWidth))
      } else {
        say(ProgressLine.plain(metrics, estimate))
      }
    case .epoch(let metrics):
      say(ProgressLine.epoch(metrics))
    }
  }

  /// Prints a line in the bar's place.
  func say(_ line: String) { write((isTerminal ? "\r\u{1b}[K" : "") + line + "\n") }

  private func write(_ text: String) { FileHandle.standardError.write(Data(text.utf8)) }

  private static var terminalWidth: Int {
    var size = winsize()
    guard ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
    return Int(size.ws_col)
  }
}
