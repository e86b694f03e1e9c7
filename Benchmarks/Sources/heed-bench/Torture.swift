import ArgumentParser

/// The explorer under random events.
struct Torture: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Sends the explorer random keys, pastes, mouse events and window sizes; fails if anything breaks.",
    discussion: "Answers come from attention that is made up, late and in order; the same seed gives the same events.")

  @Option(help: "Events for all models together.")
  var events = 100_000

  @Option(help: "Where the random numbers begin.")
  var seed: UInt64 = 20_261_122

  mutating func run() throws {
    var hasFailed = false
    for subject in TortureRun.subjects {
      let report = TortureRun.run(subject, events: events / TortureRun.subjects.count, seed: seed)
      print(report.line(subject.summary.model.name))
      for line in report.broken { print("  " + line) }
      hasFailed = hasFailed || !report.broken.isEmpty
    }
    if hasFailed { throw ExitCode.failure }
  }
}
