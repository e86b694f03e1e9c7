import Explorer
import Foundation
import TUI
import UserFiles

/// The explorer without a terminal: a script's keys go in one after the other, each once all that the one before has asked
/// for is done. Nothing depends on how fast the machine is: pauses of a run take no time.
struct ReplayLoop: ~Copyable {
  private var program: ExplorerProgram
  private let arrival = DispatchSemaphore(value: 0)

  init(_ start: ExplorerProgram.Start, display: Display, folders: UserFolders) {
    let arrival = arrival
    program = ExplorerProgram(start, display: display, folders: folders, mailbox: Mailbox { arrival.signal() })
  }

  /// Runs the script to its end, or until it quits, and shows the screen where the script says so.
  ///
  /// - Returns: the screen at the end.
  /// - Throws: what `show` throws, `StreamError` if the model cannot be opened, and where something does not hold that always
  ///   should, since whoever replays wants to know.
  consuming func run(_ script: KeyScript, show: (Screen) throws -> Void) throws -> Screen {
    try rest()
    for (step, line) in script.steps where program.outcome == nil {
      switch step {
      case .event(let event): program.take(event)
      case .screen: try show(view(program.state))
      }
      _ = program.takeEffects()
      try rest()
      let broken = program.state.brokenInvariants
      guard broken.isEmpty else {
        let what = broken.joined(separator: ", ")
        throw StreamError(description: "heed is at fault in line \(line) of the script: \(what)")
      }
    }
    return view(program.state)
  }

  /// Waits until all that was begun is done.
  private mutating func rest() throws {
    program.takeWhatIsThere(at: nil)
    while !program.isAtRest {
      if program.isWaiting { arrival.wait() }
      program.takeWhatIsThere(at: nil)
    }
    if case .failed(let reason)? = program.outcome { throw StreamError(description: reason) }
  }
}
