import TUI
import Traces

/// The run of a decode: asking for steps, taking the answers in, running, stopping, forcing.
extension State {
  /// Starts over with another sentence, under interventions as a saved session has them, with nothing else to undo.
  mutating func begin(_ text: String, under interventions: [Intervention] = [], steps: Int = 0) -> [Command] {
    whatIf = WhatIf(interventions, of: text)
    return decodeAnew(steps: steps)
  }

  /// Starts over with what there is to undo left as it is: the sentence of `whatIf` under its interventions, and so many steps.
  mutating func decodeAnew(steps: Int = 0) -> [Command] {
    generation += 1
    var commands: [Command] = [.decode(text: whatIf.sentence, generation: generation)]
    if !whatIf.list.isEmpty { commands.append(.intervene(whatIf.list, generation: generation)) }
    if steps > 0 { commands.append(.jump(steps: steps, generation: generation)) }
    decode.isRunning = false
    decode.unanswered = commands.count
    decode.clear()
    cursor = Cursor()
    candidate = 0
    search.last = nil
    if picture.bin > 1 { picture.zoom = nil }
    return commands
  }

  mutating func step() -> [Command] {
    if decode.isRunning { return stop() }
    guard canStep() else { return [] }
    showsWelcome = false
    cursor.follows = true
    decode.unanswered += 1
    return [.step(generation: generation)]
  }

  mutating func run() -> [Command] {
    if decode.isRunning { return stop() }
    guard canStep() else { return [] }
    showsWelcome = false
    cursor.follows = true
    decode.isRunning = true
    decode.unanswered += 1
    return [.step(generation: generation)]
  }

  /// Ends a run; if none is on, gives up what the engine is still working on.
  mutating func stop() -> [Command] {
    if decode.isRunning {
      decode.isRunning = false
      return []
    }
    if let commands = stopJob() { return commands }
    if decode.isWorking {
      changeHead { head, _ in head.extent = .head }
      notice = Notice(kind: .information, text: "stopped: one head again")
    }
    guard decode.unanswered > 0 else { return [] }
    return [.cancel(generation: renew())]
  }

  /// Goes back to an earlier moment.
  mutating func jump(steps: Int) -> [Command] {
    guard decode.trace != nil, steps >= 0, steps < decode.steps.count else {
      notice = Notice(kind: .information, text: "this is the start of the decode")
      return []
    }
    decode.isRunning = false
    cursor.follows = true
    return [.jump(steps: steps, generation: renew())]
  }

  mutating func forceCandidate() -> [Command] {
    guard let step = currentStep, step.candidates.indices.contains(candidate) else { return [] }
    focus = .view
    return force(step.candidates[candidate].token, at: cursor.step)
  }

  mutating func changePace(by offset: Int) {
    let paces = Decode.Pace.allCases
    let index = paces.firstIndex(of: decode.pace) ?? 0
    decode.pace = paces[min(paces.count - 1, max(0, index + offset))]
    notice = Notice(kind: .information, text: "a run goes \(decode.pace.name)")
  }

  mutating func take(_ trace: AttentionTrace, generation: Int) -> [Command] {
    guard generation == self.generation else { return [] }
    decode.unanswered = max(0, decode.unanswered - 1)
    decode.progress = nil
    decode.show(trace)
    takeModel(of: trace)
    if decode.unanswered == 0 { whatIf.settle(trace.interventions) }
    keep(nil)
    follow()
    guard decode.isRunning, decode.unanswered == 0 else { return [] }
    if decode.hasEnded {
      decode.isRunning = false
      return []
    }
    return [.wait(milliseconds: decode.pace.rawValue, generation: generation)]
  }

  mutating func tick(generation: Int) -> [Command] {
    guard generation == self.generation, decode.isRunning, decode.unanswered == 0, !decode.hasEnded else { return [] }
    decode.unanswered += 1
    return [.step(generation: generation)]
  }

  mutating func fail(_ message: String, generation: Int?) {
    if let generation, generation != self.generation { return }
    decode.unanswered = 0
    decode.isRunning = false
    decode.progress = nil
    whatIf.request = nil
    if picture.view == .maths { asked.failure = message }
    // What the engine refused is not in force.
    if let trace = decode.trace { whatIf.settle(trace.interventions) }
    notice = Notice(kind: .failure, text: message)
  }

  /// A new generation, in which the next answer is awaited and older ones are void.
  mutating func renew() -> Int {
    generation += 1
    decode.unanswered = 1
    return generation
  }

  /// Whether a further step may be asked for; says why not.
  private mutating func canStep() -> Bool {
    if decode.trace == nil && decode.unanswered == 0 {
      notice = Notice(
        kind: .information, text: "no sentence yet: press \(keyName(.editSentence)), type one and press Enter")
      return false
    }
    if decode.hasEnded {
      let (back, restart, edit) = (keyName(.stepBack), keyName(.restart), keyName(.editSentence))
      let text = "the decode has ended: \(back) takes tokens back, \(restart) starts over, \(edit) edits"
      notice = Notice(kind: .information, text: text)
      return false
    }
    return true
  }

  /// Puts the cursor on the newest row and its strongest column, unless it was moved by hand.
  private mutating func follow() {
    if cursor.follows {
      cursor.step = decode.steps.count - 1
      clampCursor()
      if let strongest = strongestColumn(row: row) { column = strongest }
      candidate = 0
    }
    clampCursor()
    if focus == .candidates, currentStep?.candidates.isEmpty ?? true { focus = .view }
    if focus == .row, decode.chart?.rows.count ?? 0 == 0 { focus = .view }
  }
}
