import TUI
import Traces

@testable import Explorer

/// Answers commands as the engine does, at once and without a model: the target is the source's words in order.
struct FakeEngine {
  var text = ""
  var steps = 0
  var interventions: [Intervention] = []
  var limit = 60
  var model = Samples.summary
  /// What stands beside it.
  var besides: [Int: [String]] = [:]
  /// The model that was opened last and may come into use.
  var opened: ModelSummary?

  /// nil for what the engine has no part in.
  mutating func answer(_ command: Command) -> Event? {
    switch command {
    case .decode(let text, let generation):
      self = FakeEngine(text: text, limit: limit, model: model, besides: besides)
      return traced(generation)
    case .step(let generation):
      steps = min(steps + 1, length)
      return traced(generation)
    case .jump(let steps, let generation):
      self.steps = min(max(0, steps), length)
      return traced(generation)
    case .intervene(let interventions, let generation):
      self.interventions = interventions
      return traced(generation)
    case .search(_, _, let generation):
      steps = length
      return traced(generation)
    case .compare(let before, let generation):
      let difference = TraceDifference(
        before: trace(under: before), after: trace(under: interventions),
        logProbabilities: (0..<steps).map { -0.25 * Float($0) })
      return .compared(difference, generation: generation)
    case .workThrough(let head, let row, let generation):
      return Samples.working(trace(under: interventions), head, row: row).map { .working($0, generation: generation) }
    case .tokens(let query, let generation):
      let words = Samples.tokens(Samples.french, isSource: false)
      return .tokens(words.filter { $0.surface.hasPrefix(query.text) }, query, generation: generation)
    case .cancel(let generation): return traced(generation)
    case .reopen(let path, let text, let steps, let generation):
      model.model.path = path
      self = FakeEngine(text: text, limit: limit, model: model, besides: besides)
      self.steps = min(steps ?? length, length)
      return traced(generation)
    case .beside(let slot, let command, let generation): return answer(command, slot, generation)
    case .work(let work): return work.carryOut()
    case .listSnapshots: return nil
    case .wait(_, let generation): return .tick(generation: generation)
    case .file(let request, let job):
      let answer = FakeFiles.answer(to: request)
      if case .opened(let model, _) = answer { opened = model }
      return .file(answer, job: job)
    case .use:
      model = opened ?? model
      return nil
    case .redraw, .suspend, .quit, .stopJob: return nil
    }
  }

  /// A second engine with another model of the same kind, whose text is all that is remembered of it.
  private mutating func answer(_ command: BesideCommand, _ slot: Int, _ generation: Int) -> Event? {
    func traced(_ text: String, _ steps: Int) -> Event? {
      var other = FakeEngine(text: text, limit: limit, model: model)
      other.steps = min(steps, other.length)
      guard case .traced(let trace, _) = other.traced(generation) else { return nil }
      return .beside(slot: slot, .traced(trace), generation: generation)
    }
    switch command {
    case .open(let name):
      var opened = model
      (opened.model.name, opened.model.path) = (name, name)
      return .beside(slot: slot, .opened(opened, nil), generation: generation)
    case .decode(let text):
      besides[slot] = [text]
      return traced(text, 0)
    case .jump(let steps): return traced(besides[slot]?.first ?? "", steps)
    case .close:
      besides[slot] = nil
      return nil
    }
  }

  private var length: Int { min(limit, text.split(separator: " ").count + 1) }

  private func traced(_ generation: Int) -> Event { .traced(trace(under: interventions), generation: generation) }

  private func trace(under interventions: [Intervention]) -> AttentionTrace {
    let forced = interventions.compactMap { if case .force(_, let step) = $0 { step } else { nil } }
    var trace = Samples.trace(
      source: text, target: text + " <end>", steps: steps, alignment: nil, forced: Set(forced), model: model,
      limit: limit)
    trace.interventions = interventions
    return trace
  }

  /// Does what a script says, waiting for all answers after each key; returns every command in order.
  mutating func run(_ state: inout State, script: String) throws -> [Command] {
    try KeyScript(script).steps.flatMap { step, _ -> [Command] in
      if case .event(let event) = step { run(&state, .terminal(event)) } else { [] }
    }
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
