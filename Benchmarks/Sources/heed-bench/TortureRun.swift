import Explorer
import Foundation
import TUI
import Traces

/// Random events in great number: nothing traps, nothing hangs, what must hold holds, and memory stays level.
struct TortureRun {
  /// A model as the explorer knows it, and what stands in for its engine: the target is as long as the source.
  struct Subject {
    var summary: ModelSummary
    var layers: Int
    var heads: Int
  }

  struct Report {
    var events = 0
    var seconds = 0.0
    var slowest = 0.0
    /// Resident memory in MiB after each tenth of the events.
    var memory: [Int] = []
    var broken: [String] = []
  }

  static let subjects: [Subject] = [
    subject("one head", sites: [.cross], 1, 1), subject("heads", sites: [.cross, .encoder], 2, 3),
    subject("no attention", sites: [], 1, 1),
  ]

  private static func subject(_ name: String, sites: [Site], _ layers: Int, _ heads: Int) -> Subject {
    let model = AttentionTrace.Model(name: name, path: "/" + name, architecture: "none", summary: "")
    let attention = sites.map { AttentionLayout(site: $0, layers: layers, heads: heads) }
    return Subject(summary: ModelSummary(model: model, attention: attention), layers: layers, heads: heads)
  }

  static func run(_ subject: Subject, events: Int, seed: UInt64) -> Report {
    var report = Report()
    var random = RandomEvents(seed: seed)
    var state = State(display: Display(size: Size(columns: 80, rows: 24), depth: .trueColor, isUTF8: true))
    var engine = SyntheticEngine(subject: subject)
    // Answers come late, in order.
    var late = update(&state, .opened(subject.summary, sentence: "She does not want to eat .")).compactMap {
      engine.answer($0)
    }
    let start = Clock.wall
    for number in 0..<events {
      let before = Clock.thread
      var commands = update(&state, .terminal(random.next()))
      while !late.isEmpty, !random.oneIn(3) { commands += update(&state, late.removeFirst()) }
      late += commands.compactMap { engine.answer($0) }
      let broken = state.brokenInvariants
      if !broken.isEmpty, report.broken.count < 5 {
        report.broken.append("event \(number): " + broken.joined(separator: ", "))
      }
      if number % 4 == 0, !view(state).fits(state.displaySize), report.broken.count < 5 {
        report.broken.append("event \(number): the picture does not fit the window")
      }
      report.slowest = max(report.slowest, Clock.thread - before)
      if events >= 10, (number + 1) % (events / 10) == 0 { report.memory.append(residentMemory()) }
    }
    (report.events, report.seconds) = (events, Clock.wall - start)
    return report
  }

  /// In MiB; 0 where it is not known.
  private static func residentMemory() -> Int {
    let status = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8)) ?? ""
    let fields = status.split(separator: " ")
    return fields.count > 1 ? (Int(fields[1]) ?? 0) * Int(getpagesize()) / (1 << 20) : 0
  }
}

/// Answers commands as an engine does.
private struct SyntheticEngine {
  let subject: TortureRun.Subject
  private var whole: AttentionTrace
  private var steps = 0
  private var besides: [Int: AttentionTrace] = [:]

  init(subject: TortureRun.Subject) {
    self.subject = subject
    whole = Self.trace(subject, "a b c")
  }

  mutating func answer(_ command: Command) -> Event? {
    switch command {
    case .decode(let text, let generation):
      (whole, steps) = (Self.trace(subject, text), 0)
      return .traced(first(steps, of: whole), generation: generation)
    case .step(let generation): return traced(steps + 1, generation)
    case .jump(let count, let generation): return traced(count, generation)
    case .force(_, let step, let generation): return traced(step + 1, generation)
    case .cancel(let generation): return traced(steps, generation)
    case .wait(_, let generation): return .tick(generation: generation)
    case .work(let work): return work.carryOut()
    case .beside(let slot, let command, let generation): return answer(slot, command, generation)
    default: return nil
    }
  }

  private mutating func answer(_ slot: Int, _ command: BesideCommand, _ generation: Int) -> Event? {
    switch command {
    case .open(let name):
      var summary = subject.summary
      summary.model.name = name
      return .beside(slot: slot, .opened(summary, nil), generation: generation)
    case .decode(let text):
      let trace = Self.trace(subject, text)
      besides[slot] = trace
      return .beside(slot: slot, .traced(first(0, of: trace)), generation: generation)
    case .jump(let count):
      guard let trace = besides[slot] else { return .beside(slot: slot, .failed("nothing"), generation: generation) }
      return .beside(slot: slot, .traced(first(count, of: trace)), generation: generation)
    case .close:
      besides[slot] = nil
      return nil
    }
  }

  private mutating func traced(_ count: Int, _ generation: Int) -> Event {
    steps = min(max(0, count), whole.steps.count)
    return .traced(first(steps, of: whole), generation: generation)
  }

  private func first(_ count: Int, of trace: AttentionTrace) -> AttentionTrace {
    var part = trace
    part.steps = Array(trace.steps.prefix(max(0, count)))
    part.ending = part.steps.count == trace.steps.count ? trace.ending : .open
    return part
  }

  private static func trace(_ subject: TortureRun.Subject, _ text: String) -> AttentionTrace {
    let words = min(40, max(2, text.split(separator: " ").count + 2))
    var trace = Synthetic.trace(tokens: words, layers: subject.layers, heads: subject.heads)
    trace.model = subject.summary.model
    if subject.summary.layoutOf(.encoder) == nil { trace.encoder = nil }
    if subject.summary.layoutOf(.cross) == nil {
      for index in trace.steps.indices { trace.steps[index].cross = nil }
    }
    return trace
  }
}

extension ModelSummary {
  fileprivate func layoutOf(_ site: Site) -> AttentionLayout? { attention.first { $0.site == site } }
}

extension State {
  fileprivate var displaySize: Size { display.size }
}

extension TortureRun.Report {
  func line(_ name: String) -> String {
    "\(name): \(events) events in \(Int(seconds)) s, slowest \(Int(slowest * 1000)) ms of CPU, MiB after each tenth: "
      + memory.map(String.init).joined(separator: " ")
  }
}
