import Engine
import Explorer
import Foundation
import Models
import TUI
import Traces
import Training
import UserFiles

/// The explorer at work, with or without a terminal: events go in one at a time, commands come out and are carried out.
///
/// Nothing here waits for a model or a file; their answers come through the mailbox.
struct ExplorerProgram: ~Copyable {
  /// What the explorer begins with.
  struct Start {
    /// A folder or file as it was found.
    var path: String
    /// What to decode first; nil takes the model's example.
    var sentence: String?
    /// The session that is to come back, and the file that it lies in.
    var session: (saved: SavedSession, file: String)?
    var longestTarget: Int?
    /// What the command line says of the model, where its files leave it open.
    var options = OpeningOptions()
    var configuration: Configuration
    /// What was wrong in the settings' file.
    var problems: [String] = []
  }

  /// How it has ended.
  enum Outcome {
    case quit
    /// Ended by a signal from outside.
    case signal(Int32)
    /// The model could not be opened: why, in one line.
    case failed(String)
  }

  /// An engine beside the first; once it is closed nobody waits for its answers.
  private struct Beside {
    let number: Int
    let engine: Engine
    var awaited = 0
  }

  private typealias Tick = (deadline: ContinuousClock.Instant, generation: Int)

  /// What only the terminal can do.
  enum Effect { case redraw, suspend }

  private(set) var state: State
  private(set) var outcome: Outcome?
  private(set) var effects: [Effect] = []
  /// Answers that are still to come.
  private var awaited = 0
  /// Decodes beside the first, by their slots.
  private var besides: [Int: Beside] = [:]
  private var besideCount = 0
  private let start: Start
  private let engine: Engine
  private let files: FileWorker
  private let mailbox: Mailbox
  private var ticks: [Tick] = []
  /// The paths of models that are being opened or are ready, by the job that asked.
  private var openings: [Int: String] = [:]
  /// Whether a checkpoint that is no model is being looked into.
  private var failure: String?
  private static let inspection = -1

  init(_ start: Start, display: Display, folders: UserFolders, mailbox: Mailbox) {
    self.start = start
    self.mailbox = mailbox
    let memory = RememberedLines.commandHistory(folders).lines
    state = State(
      display: display, settings: start.configuration.settings, keys: start.configuration.keys, history: memory)
    state.showsWelcome = folders.isFirstStart
    state.opening = start.options.named
    state.knownModels = ModelLocator.ofThisProgram.all().map { URL(filePath: $0).lastPathComponent }
    files = FileWorker(locator: .ofThisProgram, folders: folders, mailbox: mailbox)
    engine = Engine(longestTarget: start.longestTarget, options: start.options) {
      mailbox.post(.answer($0, generation: $1))
    }
    if let (session, file) = start.session { take(.restored(session, file: file)) }
    submit(.open(path: start.path), state.generation)
    if let first = start.problems.first {
      let others = start.problems.count > 1 ? " (and \(start.problems.count - 1) more)" : ""
      take(.failed(first + others, generation: nil))
    }
  }

  /// When the next pause of a run is over.
  var nextDeadline: ContinuousClock.Instant? { ticks.map(\.deadline).min() }

  mutating func take(_ event: TerminalEvent) {
    take(.terminal(event))
    if case .terminate(let signal) = event, signal != SIGINT { outcome = .signal(signal) }
  }

  /// Everything that has come meanwhile, and pauses that are over at this moment; all pauses for nil.
  mutating func takeWhatIsThere(at now: ContinuousClock.Instant?) {
    for message in mailbox.take() { read(message) }
    let isOver = { (tick: Tick) in now.map { tick.deadline <= $0 } ?? true }
    let due = ticks.filter(isOver)
    ticks.removeAll(where: isOver)
    for tick in due { take(.tick(generation: tick.generation)) }
  }

  /// Whether all that was begun has come to its end.
  var isAtRest: Bool { !isWaiting && ticks.isEmpty }

  /// Whether some answer is still to come.
  var isWaiting: Bool { awaited > 0 || besides.values.contains { $0.awaited > 0 } }

  mutating func takeEffects() -> [Effect] {
    defer { effects = [] }
    return effects
  }

  private mutating func take(_ event: Event) {
    for command in update(&state, event) { carryOut(command) }
  }

  // MARK: Messages

  private mutating func read(_ message: Mailbox.Message) {
    switch message {
    case .progress(let fraction, let job): return take(.jobProgress(fraction, job: job))
    case .file(let answer, let job):
      awaited -= 1
      if job == Self.inspection { return takeInspection(answer) }
      take(.file(answer, job: job))
    case .answer(let answer, let generation):
      awaited -= 1
      take(answer, generation)
    case .event(let event):
      awaited -= 1
      take(event)
    case .beside(let event, let number):
      guard let slot = besides.first(where: { $0.value.number == number })?.key else { return }
      besides[slot]?.awaited -= 1
      event.map { take($0) }
    }
  }

  private mutating func take(_ answer: Engine.Answer, _ generation: Int) {
    switch answer {
    case .opened(let opened):
      files.remember(model: start.path)
      list(opened.model.path)
      let sentence = start.session?.saved.sentence ?? start.sentence ?? opened.example
      take(.opened(ModelSummary(opened), sentence: sentence))
    case .ready(let opened): take(.file(.opened(ModelSummary(opened), example: opened.example), job: generation))
    case .refused(let reason): take(.file(.failed(reason), job: generation))
    case .inUse: break
    case .traced(let trace): take(.traced(trace, generation: generation))
    case .compared(let difference): take(.compared(difference, generation: generation))
    case .tokens(let tokens, let query): take(.tokens(tokens, query, generation: generation))
    case .working(let working): take(.working(working, generation: generation))
    case .overtaken: break
    case .failed(let reason):
      if state.model == nil, failure == nil { return inspectInstead(reason) }
      take(.failed(reason, generation: generation))
    }
  }

  /// What cannot be opened as a model may still have tensors to look at.
  private mutating func inspectInstead(_ reason: String) {
    failure = reason
    awaited += 1
    files.begin(.inspect(path: start.path), job: Self.inspection)
  }

  private mutating func takeInspection(_ answer: FileAnswer) {
    let reason = failure ?? ""
    guard case .inspected(let checkpoint) = answer else {
      outcome = .failed(reason)
      return
    }
    files.remember(model: start.path)
    take(.onlyTensors(checkpoint, reason: reason))
  }

  // MARK: Commands

  private mutating func submit(_ request: Engine.Request, _ generation: Int) {
    awaited += 1
    engine.submit(request, generation: generation)
  }

  private mutating func carryOut(_ command: Command) {
    switch command {
    case .decode(let text, let generation): submit(.decode(text), generation)
    case .step(let generation): submit(.step, generation)
    case .jump(let steps, let generation): submit(.jump(to: steps), generation)
    case .search(let width, let lengthPenalty, let generation): search(width, lengthPenalty, generation)
    case .compare(let before, let generation): submit(.compare(with: before), generation)
    case .tokens(let query, let generation): submit(.tokens(query), generation)
    case .workThrough(let head, let row, let generation): submit(.work(head, row: row), generation)
    case .intervene(let interventions, let generation): submit(.intervene(interventions), generation)
    case .cancel(let generation): submit(.cancel, generation)
    case .reopen(let path, let text, let steps, let generation):
      submit(.reopen(path: path, text: text, steps: steps), generation)
    case .beside(let slot, let command, let generation): ask(slot, command, generation)
    case .listSnapshots(let run): list(run)
    case .work(let work):
      awaited += 1
      Task.detached(priority: .userInitiated) { [mailbox] in mailbox.post(.event(work.carryOut())) }
    case .file(.open(let path), let job): open(path, job)
    case .file(let request, let job):
      awaited += 1
      files.begin(request, job: job)
    case .stopJob(let job):
      openings[job] = nil
      files.stop(job)
    case .use(let job):
      openings.removeValue(forKey: job).map { files.remember(model: $0) }
      submit(.use(job), 0)
    case .wait(let milliseconds, let generation):
      ticks.append((ContinuousClock.now + .milliseconds(milliseconds), generation))
    case .redraw: effects.append(.redraw)
    case .suspend: effects.append(.suspend)
    case .quit: outcome = .quit
    }
  }

  /// From the first step on.
  private mutating func search(_ width: Int, _ lengthPenalty: Float, _ generation: Int) {
    do {
      submit(.search(try BeamSearch(width: width, lengthPenalty: lengthPenalty), from: 0), generation)
    } catch {
      take(.failed("\(error)", generation: generation))
    }
  }

  private mutating func open(_ path: String, _ job: Int) {
    do {
      let path = try files.path(of: path)
      openings[job] = path
      submit(.openBeside(path: path), job)
    } catch {
      take(.file(.failed("\(error)"), job: job))
    }
  }
}

/// Decodes beside the first, and the snapshots of a run.
extension ExplorerProgram {
  /// Each decode has an engine of its own, so that they go on at once.
  private mutating func ask(_ slot: Int, _ command: BesideCommand, _ generation: Int) {
    if command == .close {
      besides[slot] = nil
      return
    }
    if besides[slot] == nil { besides[slot] = makeBeside(slot) }
    // What it still works on is not wanted any more; the answer to this has a generation that nobody waits for.
    submit(.cancel, -1, beside: slot)
    switch command {
    case .open(let name):
      do {
        submit(.open(path: try files.path(of: name)), generation, beside: slot)
      } catch {
        take(.beside(slot: slot, .failed("\(error)"), generation: generation))
      }
    case .decode(let text): submit(.decode(text), generation, beside: slot)
    case .jump(let steps): submit(.jump(to: steps), generation, beside: slot)
    case .close: break
    }
  }

  private mutating func makeBeside(_ slot: Int) -> Beside {
    besideCount += 1
    let number = besideCount
    let engine = Engine(longestTarget: start.longestTarget, options: start.options) { [mailbox] answer, generation in
      let event = BesideEvent(answer).map { Event.beside(slot: slot, $0, generation: generation) }
      mailbox.post(.beside(event, number: number))
    }
    return Beside(number: number, engine: engine)
  }

  private mutating func submit(_ request: Engine.Request, _ generation: Int, beside slot: Int) {
    besides[slot]?.awaited += 1
    besides[slot]?.engine.submit(request, generation: generation)
  }

  /// Looks for the snapshots of the run that a path belongs to, away from the thread that draws.
  private mutating func list(_ path: String) {
    awaited += 1
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
    case .opened(let opened): self = .opened(ModelSummary(opened), Snapshots(path: opened.model.path))
    case .traced(let trace): self = .traced(trace)
    case .failed(let reason): self = .failed(reason)
    case .compared, .tokens, .working, .overtaken, .ready, .refused, .inUse: return nil
    }
  }
}

extension ModelSummary {
  init(_ opened: Engine.OpenedModel) { self.init(model: opened.model, attention: opened.attention) }
}

extension Display.Background {
  /// What rxvt, Konsole and others say of themselves: `COLORFGBG=0;15` is black on white. Dark where nothing is said.
  init(_ environment: [String: String]) {
    let number = environment["COLORFGBG"]?.split(separator: ";").last.flatMap { Int($0) }
    self = number == 7 || number == 15 ? .light : .dark
  }
}
