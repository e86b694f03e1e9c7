import CursesTerminal
import Explorer
import Foundation
import TUI
import UserFiles

/// Joins the explorer and the terminal: what is typed goes in, and the picture is drawn once all that has happened is
/// taken in.
struct ExplorerLoop: ~Copyable {
  private var terminal: CursesTerminal
  private var program: ExplorerProgram
  private let folders: UserFolders

  init(_ start: ExplorerProgram.Start, terminal: consuming CursesTerminal, folders: UserFolders) {
    let waker = terminal.waker
    let display = Display(
      size: terminal.size, depth: terminal.capabilities.depth, isUTF8: terminal.capabilities.isUTF8,
      background: start.configuration.settings.background)
    program = ExplorerProgram(start, display: display, folders: folders, mailbox: Mailbox { waker.wake() })
    self.folders = folders
    self.terminal = terminal
  }

  /// Runs until the user quits; the terminal is given back then.
  consuming func run() -> ExplorerProgram.Outcome {
    while true {
      terminal.present(view(program.state))
      let timeout = program.nextDeadline.map { ContinuousClock.now.duration(to: $0) }
      if let event = terminal.nextEvent(timeout: timeout) { program.take(event) }
      takeWhatIsThere()
      obeyEffects()
      if let outcome = program.outcome {
        // What was typed may be lost with a full disk, but nobody is kept here for it.
        try? RememberedLines.commandHistory(folders).write(program.state.commandHistory)
        return outcome
      }
    }
  }

  /// Everything that has come meanwhile, so that a burst of keys is drawn once. The terminal first: looking there uses up the
  /// wakes of messages, and one that is posted after they are taken wakes the next wait.
  private mutating func takeWhatIsThere() {
    for _ in 0..<1000 {
      guard program.outcome == nil, let event = terminal.nextEvent(timeout: .zero) else { break }
      program.take(event)
    }
    program.takeWhatIsThere(at: .now)
  }

  private mutating func obeyEffects() {
    for effect in program.takeEffects() {
      switch effect {
      case .redraw: terminal.redraw()
      case .suspend: raise(SIGTSTP)
      }
    }
  }
}
