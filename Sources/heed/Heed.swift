import ArgumentParser
import Foundation

/// The program: its commands, and how any error leaves it.
@main
struct Heed: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "heed",
    abstract: "Watch an attention model translate, one token at a time.",
    discussion: """
      Without a command heed opens the explorer: type a sentence, press Space for each token, and see where the model \
      looks.

      EXAMPLES
        heed                          the explorer on the default sample model
        heed sample-models/en-fr-luong
        heed trace en-fr-bahdanau "The green apple is good."
      """,
    version: heedVersion,
    subcommands: [
      Explore.self, Replay.self, Trace.self, Render.self, Train.self, Evaluate.self, Align.self, Heads.self,
      Inspect.self, Convert.self, ListModels.self,
    ],
    defaultSubcommand: Explore.self)

  /// Results go to standard output, everything else to standard error; exit status 0 done, 1 failed, 64 wrong usage.
  static func main() {
    // A file that may not grow any further is an error of the one who writes it, not the end of the program.
    signal(SIGXFSZ, SIG_IGN)
    do {
      var command = try parseAsRoot()
      try command.run()
      StandardError.writeNotes()
    } catch {
      let isOurs = exitCode(for: error) == .failure && !(error is ExitCode)
      guard isOurs else { exit(withError: error) }
      let line = "\(error)".split(whereSeparator: \.isNewline).joined(separator: " ")
      StandardError.write("heed: \(line)")
      exit(withError: ExitCode.failure)
    }
  }
}

/// Changes with every release; `CHANGELOG.md` says how.
let heedVersion = "0.1.0"
