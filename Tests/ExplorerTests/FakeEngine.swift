import TUI
import Traces

@testable import Explorer

/// Answers commands as the engine does, at once and without a model: the target is the source's words in order.
struct FakeEngine {
  var text = ""
  var steps = 0
  var forced: Set<Int> = []
  var limit = 60
  var model = Samples.summary

  /// nil for what the engine has no part in.
  mutating func answer(_ command: Command) -> Event? {
    switch command {
    case .decode(let text, let generation):
      self = FakeEngine(text: text, limit: limit, model: model)
      return traced(generation)
    case .step(let generation):
      steps = min(steps + 1, length)
      return traced(generation)
    case .jump(let steps, let generation):
      self.steps = min(max(0, steps), length)
      forced = forced.filter { $0 < steps }
      return traced(generation)
    case .force(_, let step, let generation):
      steps = min(step + 1, length)
      forced = forced.filter { $0 < step }.union([step])
      return traced(generation)
    case .cancel(let generation): return traced(generation)
    case .wait(_, let generation): return .tick(generation: generation)
    case .redraw, .suspend, .quit: return nil
    }
  }

  private var length: Int { min(limit, text.split(separator: " ").count + 1) }

  private func traced(_ generation: Int) -> Event {
    let trace = Samples.trace(
      source: text, target: text + " <end>", steps: steps, alignment: nil, forced: forced, model: model, limit: limit)
    return .traced(trace, generation: generation)
  }

  /// Sends an event and then all answers to what it asks for; returns every command in order.
  mutating func run(_ state: inout State, _ event: Event) -> [Command] {
    var commands: [Command] = []
    var events = [event]
    while !events.isEmpty {
      let asked = update(&state, events.removeFirst())
      commands += asked
      events += asked.compactMap { answer($0) }
    }
    return commands
  }
}
