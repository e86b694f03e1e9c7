import ArgumentParser
import CursesTerminal
import Engine
import Explorer
import Foundation
import TUI
import Tensors
import UserFiles

/// `heed explore`, and `heed` alone.
struct Explore: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Step through a sentence and walk over its attention (the default command).",
    discussion: """
      Space decodes one more token, ? shows all keys, q quits. Of a checkpoint that is no model the tensors are shown.

      EXAMPLES
        heed explore en-fr-bahdanau "I have never seen the sea."
        heed explore session.yaml
      """)

  @Argument(
    help: """
      A model folder, a checkpoint, a name that heed models lists, or a session that :save has written; the default sample \
      model if not given.
      """)
  var model: String?

  @Argument(help: "What to begin with; the model's example if not given.")
  var sentence: String?

  @OptionGroup var length: LengthOption
  @OptionGroup(title: "Models of other libraries") var opening: OpeningFlags

  func run() throws {
    Memory.keepPagesOfFrames()
    let environment = ProcessInfo.processInfo.environment
    let folders = UserFolders(environment: environment)
    var configuration = Configuration(settings: Settings(background: Display.Background(environment)))
    let problems = configuration.read(folders.configurationFile)
    var start = try ExplorerProgram.Start(
      model, sentence: sentence, longestTarget: length.tokens, options: opening.options, configuration: configuration)
    start.problems = problems
    let outcome = ExplorerLoop(start, terminal: try CursesTerminal(), folders: folders).run()
    // On the restored screen they stay in sight; before an error they would be one line too many.
    for problem in problems { StandardError.note("heed: \(problem)") }
    switch outcome {
    case .quit: break
    case .failed(let reason): throw EngineError(reason)
    case .signal(let number):
      StandardError.writeNotes()
      // The terminal is restored by now: end as anyone who sent the signal expects.
      signal(number, SIG_DFL)
      raise(number)
    }
  }
}
