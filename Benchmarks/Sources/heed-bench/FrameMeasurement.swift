import CursesTerminal
import Explorer
import Foundation
import TUI
import Traces

/// Plays scripts on a trace in a pseudo-terminal; the lines of a table.
func measureFrames(_ trace: AttentionTrace, _ scripts: [Script], size: Size, presses: Int) throws -> [String] {
  let layouts = trace.layouts
  let summary = ModelSummary(model: trace.model, attention: layouts)
  let window = try PseudoTerminal(size)
  var terminal = try CursesTerminal(mouse: false, environment: ["TERM": "xterm-256color", "COLORTERM": "truecolor"])
  var explorer = Driver(size: size, summary: summary, trace: trace)
  let lines = scripts.map { explorer.play($0, presses: presses, on: &terminal).line($0.name) }
  terminal.close()
  window.close()
  let cells = "\(trace.rowTokens(.cross).count) x \(trace.source.count)"
  let all = layouts.map { "\($0.site.rawValue) \($0.layers) x \($0.heads) heads" }.joined(separator: ", ")
  return [
    "\(trace.model.name), \(cells), \(all), \(size.columns)x\(size.rows), \(presses) keys a view; milliseconds",
    "view          CPU median    p99    max   wall median    p99    max",
  ] + lines
}

/// Keys that are pressed over and over in one view.
struct Script {
  let name: String
  /// Shows the view.
  let entering: String
  let keys: String

  static let moving = "jjjjlllllkkhhh*;;,G$gg0lljj"

  static let all = [
    Script(name: "matrix", entering: "1ZZZZZZ", keys: moving + "]]}S]{[SSv]v"),
    Script(name: "matrix, far", entering: "1zzzzzz", keys: moving + "]]}S]{[SSzZ"),
    Script(name: "heads", entering: "2", keys: "jjjlllkkhhOOOOOOzZZz"),
    Script(name: "lines", entering: "3", keys: moving + "]]aa}{["),
    Script(name: "maths", entering: "4", keys: moving + "]]}{["),
    Script(name: "tokens", entering: "5", keys: "jjjjjkkkGggjj"),
    Script(name: "panels", entering: "1", keys: "++__\t\tjjj\t" + moving),
    Script(name: "compare", entering: "1:compare other\nZZZZZZ", keys: moving + "]]}S]{[SSdddvv"),
    Script(name: "compare, far", entering: "1:compare other\nzzzzzz", keys: moving + "]]}S]{[SSddd"),
    Script(name: "tensors", entering: "6", keys: "jjjjlljjlhkkGgjjll"),
    Script(name: "tensor", entering: "6gj\n", keys: "llljjjhhkkzzzZZZjlG$gg0"),
    Script(name: "help", entering: "1", keys: "??"),
  ]
}

/// The explorer as the program's loop drives it, with what an engine would answer at hand.
struct Driver {
  private var state: State
  private let summary: ModelSummary
  private let trace: AttentionTrace

  init(size: Size, summary: ModelSummary, trace: AttentionTrace) {
    state = State(display: Display(size: size, depth: .trueColor, isUTF8: true))
    (self.summary, self.trace) = (summary, trace)
    answer(update(&state, .opened(summary, sentence: "synthetic")))
  }

  mutating func play(_ script: Script, presses: Int, on terminal: inout CursesTerminal) -> Times {
    for key in Self.keys("\u{1B}" + script.entering) { answer(update(&state, key)) }
    terminal.present(view(state))
    var times = Times()
    let keys = Self.keys(script.keys)
    for number in 0..<presses {
      let (wall, cpu) = (Clock.wall, Clock.thread)
      let commands = update(&state, keys[number % keys.count])
      terminal.present(view(state))
      times.add(cpu: Clock.thread - cpu, wall: Clock.wall - wall)
      // Work beside the interface and the engine's answers, whose frames are counted like those of keys.
      for event in commands.compactMap(answerOf) {
        let (wall, cpu) = (Clock.wall, Clock.thread)
        let further = update(&state, event)
        terminal.present(view(state))
        times.add(cpu: Clock.thread - cpu, wall: Clock.wall - wall)
        answer(further)
      }
    }
    // Leaves a comparison.
    if script.entering.contains("compare") { answer(update(&state, .terminal(.key(.character("q"))))) }
    return times
  }

  private static func keys(_ text: String) -> [Event] {
    text.map { character in
      switch character {
      case "\n": .terminal(.key(Key(.enter)))
      case "\t": .terminal(.key(Key(.tab)))
      case "\u{1B}": .terminal(.key(Key(.escape)))
      default: .terminal(.key(.character(character)))
      }
    }
  }

  private mutating func answer(_ commands: [Command]) {
    var waiting = commands
    while !waiting.isEmpty {
      if let event = answerOf(waiting.removeFirst()) { waiting += update(&state, event) }
    }
  }

  private func answerOf(_ command: Command) -> Event? {
    switch command {
    case .decode(_, let generation), .step(let generation), .cancel(let generation):
      .traced(trace, generation: generation)
    case .beside(let slot, .open, let generation):
      .beside(slot: slot, .opened(summary, nil), generation: generation)
    case .beside(let slot, .decode, let generation), .beside(let slot, .jump, let generation):
      .beside(slot: slot, .traced(trace), generation: generation)
    case .workThrough(let head, let row, let generation):
      Synthetic.working(trace, head, row: row).map { .working($0, generation: generation) }
    case .file(let request, let job):
      Synthetic.answer(request, layers: 12).map { .file($0, job: job) }
    case .work(let work): work.carryOut()
    default: nil
    }
  }
}

/// Seconds of each frame.
struct Times {
  private var cpu: [Double] = []
  private var wall: [Double] = []

  mutating func add(cpu: Double, wall: Double) {
    self.cpu.append(cpu)
    self.wall.append(wall)
  }

  func line(_ name: String) -> String {
    func milliseconds(_ times: [Double]) -> String {
      let sorted = times.sorted()
      func at(_ part: Double) -> Double {
        sorted.isEmpty ? 0 : sorted[min(sorted.count - 1, Int(Double(sorted.count) * part))] * 1000
      }
      return [0.5, 0.99, 1].map { String(format: "%7.2f", at($0)) }.joined()
    }
    return name.padding(toLength: 14, withPad: " ", startingAt: 0) + "   " + milliseconds(cpu) + "      "
      + milliseconds(wall)
  }
}

enum Clock {
  static var wall: Double { seconds(CLOCK_MONOTONIC) }
  static var thread: Double { seconds(CLOCK_THREAD_CPUTIME_ID) }

  private static func seconds(_ clock: clockid_t) -> Double {
    var time = timespec()
    clock_gettime(clock, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }
}
