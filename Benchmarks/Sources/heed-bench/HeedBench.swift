import ArgumentParser

/// The project's side of `shared/bench`: each command reads a dump, does the work that the dump describes, and speaks
/// the protocol of its `--external` option.
@main
struct HeedBench: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "heed-bench",
    abstract: "Measures heed on the same work as its peers.",
    subcommands: [SeedDecode.self, SeedTrain.self, MarianDecode.self, Frames.self, MarianFolder.self, Opening.self])
}

/// What every benchmark is told.
struct BenchOptions: ParsableArguments {
  @Option(help: "The dump to work on: weights, input and expected output.")
  var weights: String

  @Option(help: "Threads that share the work.")
  var threads = 1

  @Option(help: "Timed repetitions.")
  var reps = 10

  @Option(help: "Repetitions before the timed ones.")
  var warmup = 2

  @Option(help: "Where to write what was computed, as safetensors.")
  var out: String?
}
