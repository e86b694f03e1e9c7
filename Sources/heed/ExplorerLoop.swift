import CursesTerminal
import Engine
import Explorer
import Foundation
import Synchronization
import TUI
import Traces

/// Joins the explorer, the engine and the terminal: events go in one at a time, commands come out and are carried out,
/// and the picture is drawn once all that has happened is taken in.
///
/// Nothing here waits for a model; the engine's answers come through a mailbox that wakes the terminal's wait.
struct ExplorerLoop: ~Copyable {
  private var terminal: CursesTerminal
  private var state: State
  private let engine: Engine
  private let mailbox: Mailbox
  private let sentence: String?
  private var ticks: [(deadline: ContinuousClock.Instant, generation: Int)] = []
  private var outcome: Outcome?

  /// How the loop has ended.
  enum Outcome {
    case quit
    /// Ended by a signal from outside.
    case signal(Int32)
    /// The model could not be opened: why, in one line.
    case failed(String)
  }

  /// - Parameter sentence: what to begin with; nil takes the model's example.
  init(terminal: consuming CursesTerminal, model path: String, sentence: String?, longestTarget: Int?) {
    let mailbox = Mailbox(waker: terminal.waker)
    self.mailbox = mailbox
    self.sentence = sentence
    state = State(
      display: Display(
        size: terminal.size, depth: terminal.capabilities.depth, isUTF8: terminal.capabilities.isUTF8,
        background: Display.Background(ProcessInfo.processInfo.environment)))
    engine = Engine(longestTarget: longestTarget) { mailbox.post(.answer($0, generation: $1)) }
    self.terminal = terminal
    engine.submit(.open(path: path), generation: state.generation)
  }

  /// Runs until the user quits; the terminal is given back then.
  consuming func run() -> Outcome {
    while true {
      terminal.present(view(state))
      take(terminal.nextEvent(timeout: ticks.map(\.deadline).min().map { ContinuousClock.now.duration(to: $0) }))
      takeWhatIsThere()
      if let outcome { return outcome }
    }
  }

  /// Everything that has come meanwhile, so that a burst of keys is drawn once.
  private mutating func takeWhatIsThere() {
    for message in mailbox.take() { take(message) }
    let now = ContinuousClock.now
    let due = ticks.filter { $0.deadline <= now }
    ticks.removeAll { $0.deadline <= now }
    for tick in due { take(.tick(generation: tick.generation)) }
    for _ in 0..<1000 {
      guard outcome == nil, let event = terminal.nextEvent(timeout: .zero) else { return }
      take(event)
    }
  }

  private mutating func take(_ event: TerminalEvent?) {
    guard let event else { return }
    take(.terminal(event))
    if case .terminate(let signal) = event, signal != SIGINT { outcome = .signal(signal) }
  }

  private mutating func take(_ message: Mailbox.Message) {
    switch message {
    case .answer(.opened(let opened), _):
      let summary = ModelSummary(model: opened.model, attention: opened.attention)
      take(.opened(summary, sentence: sentence ?? opened.example))
    case .answer(.traced(let trace), let generation): take(.traced(trace, generation: generation))
    // Nothing in the explorer asks for a comparison yet.
    case .answer(.compared, _): break
    case .answer(.failed(let reason), let generation):
      if state.model == nil { outcome = .failed(reason) }
      take(.failed(reason, generation: generation))
    }
  }

  private mutating func take(_ event: Event) {
    for command in update(&state, event) { carryOut(command) }
  }

  private mutating func carryOut(_ command: Command) {
    switch command {
    case .decode(let text, let generation): engine.submit(.decode(text), generation: generation)
    case .step(let generation): engine.submit(.step, generation: generation)
    case .jump(let steps, let generation): engine.submit(.jump(to: steps), generation: generation)
    case .force(let token, let step, let generation):
      engine.submit(.force(token: token, at: step), generation: generation)
    case .cancel(let generation): engine.submit(.cancel, generation: generation)
    case .wait(let milliseconds, let generation):
      ticks.append((ContinuousClock.now + .milliseconds(milliseconds), generation))
    case .redraw: terminal.redraw()
    case .suspend: raise(SIGTSTP)
    case .quit: outcome = .quit
    }
  }
}

extension Display.Background {
  /// What rxvt, Konsole and others say of themselves: `COLORFGBG=0;15` is black on white. Dark where nothing is said.
  fileprivate init(_ environment: [String: String]) {
    let number = environment["COLORFGBG"]?.split(separator: ";").last.flatMap { Int($0) }
    self = number == 7 || number == 15 ? .light : .dark
  }
}

/// The engine's answers on their way to the loop's thread.
private final class Mailbox: Sendable {
  enum Message: Sendable {
    case answer(Engine.Answer, generation: Int)
  }

  private let messages = Mutex<[Message]>([])
  private let waker: Waker

  init(waker: Waker) {
    self.waker = waker
  }

  func post(_ message: Message) {
    messages.withLock { $0.append(message) }
    waker.wake()
  }

  /// Removes what has come, in order.
  func take() -> [Message] {
    messages.withLock { messages in
      defer { messages = [] }
      return messages
    }
  }
}
