import ArgumentParser
import CursesTerminal
import Engine
import Foundation

/// `heed explore`, and `heed` alone.
struct Explore: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Step through a sentence and walk over its attention (the default command).",
    discussion: """
      Space decodes one more token, ? shows all keys, q quits.

      EXAMPLE
        heed explore en-fr-bahdanau "I have never seen the sea."
      """)

  @Argument(help: "A model folder, or a name that heed models lists; the default sample model if not given.")
  var model: String?

  @Argument(help: "What to begin with; the model's example if not given.")
  var sentence: String?

  @OptionGroup var length: LengthOption
  @OptionGroup(title: "Models of other libraries") var opening: OpeningFlags

  func run() throws {
    let path = try ModelLocator.ofThisProgram.find(model)
    let loop = ExplorerLoop(
      terminal: try CursesTerminal(), model: path, sentence: sentence, longestTarget: length.tokens,
      options: opening.options)
    switch loop.run() {
    case .quit: break
    case .failed(let reason): throw EngineError(reason)
    case .signal(let number):
      // The terminal is restored by now: end as anyone who sent the signal expects.
      signal(number, SIG_DFL)
      raise(number)
    }
  }
}
