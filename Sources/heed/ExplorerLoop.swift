import CursesTerminal
import Engine
import Explorer
import Foundation
import Models
import Synchronization
import TUI
import Traces
import Training

/// Joins the explorer, the engine and the terminal: events go in one at a time, commands come out and are carried out,
/// and the picture is drawn once all that has happened is taken in.
///
/// Nothing here waits for a model; the engine's answers come through a mailbox that wakes the terminal's wait.
struct ExplorerLoop: ~Copyable {
  private var terminal: CursesTerminal
  private var state: State
  private let engine: Engine
  private let longestTarget: Int?
  private let mailbox: Mailbox
  private let sentence: String?
  /// Decodes beside the first, by their slots.
  private var besides: [Int: Engine] = [:]
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
  init(
    terminal: consuming CursesTerminal, model path: String, sentence: String?, longestTarget: Int?,
    options: OpeningOptions = OpeningOptions()
  ) {
    let mailbox = Mailbox(waker: terminal.waker)
    self.mailbox = mailbox
    self.sentence = sentence
    state = State(
      display: Display(
        size: terminal.size, depth: terminal.capabilities.depth, isUTF8: terminal.capabilities.isUTF8,
        background: Display.Background(ProcessInfo.processInfo.environment)))
    state.knownModels = ModelLocator.ofThisProgram.all().map { URL(filePath: $0).lastPathComponent }
    self.longestTarget = longestTarget
    engine = Engine(longestTarget: longestTarget, options: options) { mailbox.post(.answer($0, generation: $1)) }
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

  /// Everything that has come meanwhile, so that a burst of keys is drawn once. The terminal first: looking there uses up the
  /// wakes of messages, and one that is posted after they are taken wakes the next wait.
  private mutating func takeWhatIsThere() {
    for _ in 0..<1000 {
      guard outcome == nil, let event = terminal.nextEvent(timeout: .zero) else { break }
      take(event)
    }
    for message in mailbox.take() { take(message) }
    let now = ContinuousClock.now
    let due = ticks.filter { $0.deadline <= now }
    ticks.removeAll { $0.deadline <= now }
    for tick in due { take(.tick(generation: tick.generation)) }
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
      list(opened.model.path)
    case .answer(.traced(let trace), let generation): take(.traced(trace, generation: generation))
    case .answer(.compared(let difference), let generation): take(.compared(difference, generation: generation))
    case .answer(.tokens(let tokens, let query), let generation):
      take(.tokens(tokens, query, generation: generation))
    case .answer(.working(let working), let generation): take(.working(working, generation: generation))
    case .answer(.overtaken, _): break
    case .answer(.failed(let reason), let generation):
      if state.model == nil { outcome = .failed(reason) }
      take(.failed(reason, generation: generation))
    case .event(let event): take(event)
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
    case .reopen(let path, let text, let steps, let generation):
      engine.submit(.reopen(path: path, text: text, steps: steps), generation: generation)
    case .beside(let slot, let command, let generation): ask(slot, command, generation)
    case .listSnapshots(let run): list(run)
    case .work(let work): Task.detached(priority: .userInitiated) { [mailbox] in mailbox.post(.event(work.carryOut())) }
    case .intervene(let interventions, let generation):
      engine.submit(.intervene(interventions), generation: generation)
    case .search(let width, let lengthPenalty, let generation): search(width, lengthPenalty, generation)
    case .compare(let before, let generation): engine.submit(.compare(with: before), generation: generation)
    case .tokens(let query, let generation): engine.submit(.tokens(query), generation: generation)
    case .workThrough(let head, let row, let generation): engine.submit(.work(head, row: row), generation: generation)
    case .cancel(let generation): engine.submit(.cancel, generation: generation)
    case .wait(let milliseconds, let generation):
      ticks.append((ContinuousClock.now + .milliseconds(milliseconds), generation))
    case .redraw: terminal.redraw()
    case .suspend: raise(SIGTSTP)
    case .quit: outcome = .quit
    }
  }

  /// From the first step on.
  private mutating func search(_ width: Int, _ lengthPenalty: Float, _ generation: Int) {
    do {
      let search = try BeamSearch(width: width, lengthPenalty: lengthPenalty)
      engine.submit(.search(search, from: 0), generation: generation)
    } catch {
      take(.failed("\(error)", generation: generation))
    }
  }
}

/// Decodes beside the first, and the snapshots of a run.
extension ExplorerLoop {
  /// Each decode has an engine of its own, so that they go on at once.
  private mutating func ask(_ slot: Int, _ command: BesideCommand, _ generation: Int) {
    let mailbox = mailbox
    let engine =
      besides[slot]
      ?? Engine(longestTarget: longestTarget) { answer, generation in
        BesideEvent(answer).map { mailbox.post(.event(.beside(slot: slot, $0, generation: generation))) }
      }
    besides[slot] = engine
    // What it still works on is not wanted any more; the answer to this has a generation that nobody waits for.
    engine.submit(.cancel, generation: -1)
    switch command {
    case .open(let name):
      do {
        engine.submit(.open(path: try ModelLocator.ofThisProgram.find(name)), generation: generation)
      } catch {
        mailbox.post(.event(.beside(slot: slot, .failed("\(error)"), generation: generation)))
      }
    case .decode(let text): engine.submit(.decode(text), generation: generation)
    case .jump(let steps): engine.submit(.jump(to: steps), generation: generation)
    case .close: besides[slot] = nil
    }
  }

  /// Looks for the snapshots of the run that a path belongs to, away from the thread that draws.
  private func list(_ path: String) {
    Task.detached { [mailbox] in mailbox.post(.event(.snapshots(Snapshots(path: path)))) }
  }
}

extension Snapshots {
  /// The run that a path belongs to; nil for a model that is no snapshot.
  fileprivate init?(path: String) {
    guard let run = RunFolder(path: path) else { return nil }
    self.init(
      run: run.path, entries: run.entries.map { Entry(label: $0.label, path: $0.path) }, index: run.index(of: path))
  }
}

extension BesideEvent {
  /// Nil for answers that no command of a decode beside asks for.
  fileprivate init?(_ answer: Engine.Answer) {
    switch answer {
    case .opened(let opened):
      self = .opened(
        ModelSummary(model: opened.model, attention: opened.attention), Snapshots(path: opened.model.path))
    case .traced(let trace): self = .traced(trace)
    case .failed(let reason): self = .failed(reason)
    case .compared, .tokens, .working, .overtaken: return nil
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
    case event(Event)
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
