import ArgumentParser
import Metrics
import Training

/// `--threshold`, for every command that reads links off attention.
struct LinkOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Link every source word with at least this weight, not the strongest alone.", valueName: "weight"))
  var threshold: Float?

  var rule: LinkRule { threshold.map { .atLeast($0) } ?? .strongest }

  func validate() throws {
    if let threshold, !(threshold > 0 && threshold <= 1) {
      throw ValidationError("--threshold takes a weight above 0 and up to 1")
    }
  }
}

/// `--gold` and what belongs to it.
struct GoldOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Word links that people drew: source TAB target TAB links, or links alone (i-j sure, i?j or ipj possible).",
      valueName: "file"))
  var gold: String?

  @Option(
    name: .customLong("gold-text"),
    help: ArgumentHelp(
      "The pairs that links alone are about: source TAB target, or source ||| target.", valueName: "file"))
  var text: String?

  @Option(
    name: .customLong("gold-from"), help: ArgumentHelp("Gold links count tokens from 0 or 1.", valueName: "0|1"))
  var base = 0

  func validate() throws {
    if gold == nil && text != nil { throw ValidationError("--gold-text needs --gold with the links") }
    if !(0...1).contains(base) { throw ValidationError("--gold-from takes 0 or 1") }
  }

  func read() throws -> GoldStandard? {
    try gold.map { try GoldStandard(path: $0, sentences: text, countingFrom: base) }
  }

  /// The sentences with their links, as a model needs them.
  func readPairs() throws -> [AlignedPair]? {
    guard let standard = try read() else { return nil }
    guard let pairs = standard.pairs else {
      throw TrainingError("\(gold ?? ""): holds links alone; give the sentences with --gold-text")
    }
    return pairs
  }
}
