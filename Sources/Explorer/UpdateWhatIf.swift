import Foundation
import TUI
import Traces

/// Changing the run on purpose, and undoing it.
extension State {
  /// Takes another list of interventions and has the decode made anew under it.
  ///
  /// - Parameter steps: how many steps there must be afterwards; nil for as many as before.
  mutating func intervene(_ list: [Intervention], reaching steps: Int? = nil) -> [Command] {
    guard decode.trace != nil else {
      notice = Notice(
        kind: .information, text: "no sentence yet: press \(keyName(.editSentence)), type one and press Enter")
      return []
    }
    guard list != whatIf.list else {
      notice = Notice(kind: .information, text: "this is so already")
      return []
    }
    whatIf.change(to: list)
    return carryOut(reaching: steps)
  }

  private mutating func carryOut(reaching steps: Int?) -> [Command] {
    decode.isRunning = false
    cursor.follows = false
    showsWelcome = false
    whatIf.request = nil
    var commands: [Command] = [.intervene(whatIf.list, generation: renew())]
    // A decode that has ended is made anew to its end.
    if let steps, steps > decode.steps.count, !decode.hasEnded {
      decode.unanswered += 1
      cursor.follows = true
      commands.append(.jump(steps: steps, generation: generation))
    }
    return commands
  }

  mutating func undo() -> [Command] {
    guard whatIf.canUndo else {
      notice = Notice(kind: .information, text: "nothing to undo: no change was made")
      return []
    }
    whatIf.leave(at: decode.steps.count)
    whatIf.undo()
    guard whatIf.sentence == sentence.text else { return returnToSentence("undone: the sentence before") }
    notice = Notice(kind: .information, text: whatIf.list.isEmpty ? "undone: the model left alone" : "undone")
    return carryOut(reaching: nil)
  }

  mutating func redo() -> [Command] {
    guard whatIf.canRedo else {
      notice = Notice(kind: .information, text: "nothing to do again")
      return []
    }
    whatIf.leave(at: decode.steps.count)
    whatIf.redo()
    guard whatIf.sentence == sentence.text else { return returnToSentence("the later sentence again") }
    return carryOut(reaching: nil)
  }

  /// To the sentence of a change that was undone or made again: under its interventions, and as far as it was decoded.
  private mutating func returnToSentence(_ remark: String) -> [Command] {
    sentence.accept(whatIf.sentence)
    notice = Notice(kind: .information, text: remark)
    return decodeAnew(steps: whatIf.steps)
  }

  mutating func dropInterventions() -> [Command] {
    guard !whatIf.list.isEmpty else {
      notice = Notice(kind: .information, text: "nothing is changed: the model is left alone")
      return []
    }
    return intervene([])
  }

  // MARK: Heads

  /// The head under the cursor; nil, and said so, for a mean.
  mutating func headToChange() -> HeadAddress? {
    guard let head = decode.head else {
      notice = Notice(kind: .information, text: "this model has no attention")
      return nil
    }
    guard head.extent == .head else {
      notice = Notice(
        kind: .information,
        text: "\(headName) is no head of its own: \(keyName(.previousHead)) and \(keyName(.nextHead)) choose one")
      return nil
    }
    return head.address
  }

  mutating func silenceHead() -> [Command] {
    guard let head = headToChange() else { return [] }
    return toggle([.silence(head)])
  }

  mutating func silenceOtherHeads() -> [Command] {
    guard let head = headToChange() else { return [] }
    guard hasSeveralHeads else {
      notice = Notice(kind: .information, text: "there is no other head: \(keyName(.silence)) silences this one")
      return []
    }
    return toggle([.silenceOthers(head)])
  }

  /// Makes these changes, or takes them back if all of them are made.
  private mutating func toggle(_ changes: [Intervention]) -> [Command] {
    let list = whatIf.list
    if changes.allSatisfy(list.contains) { return intervene(list.replacing { changes.contains($0) }) }
    return intervene(list + changes.filter { !list.contains($0) })
  }

  // MARK: Tokens

  /// The source tokens under the cursor: those of a word where its parts are merged.
  mutating func hideToken() -> [Command] {
    guard let chart = decode.chart, chart.columns.count > 0 else { return [] }
    let tokens = chart.columns.entries[chart.columns.place(of: column)].tokens
    guard decode.site != .decoder || (decode.trace?.prompt != nil && tokens.upperBound <= decode.source.count) else {
      notice = Notice(
        kind: .information, text: "only source tokens can be hidden: \(keyName(.nextSite)) goes to another site")
      return []
    }
    return toggle(tokens.map { .hide($0) })
  }

  /// Forces a token at a step; what was forced after it belonged to another target.
  mutating func force(_ token: Token, at step: Int) -> [Command] {
    guard step <= decode.steps.count else {
      notice = Notice(kind: .failure, text: "no step \(step) yet: \(decode.steps.count) are decoded, counted from 0")
      return []
    }
    let list = whatIf.list.replacing {
      if case .force(_, step...) = $0 { true } else { false }
    }
    return intervene(list + [.force(token: token.id, step: step)], reaching: step + 1)
  }

  mutating func give(target tokens: [Token]) -> [Command] {
    guard !tokens.isEmpty else { return [] }
    let list = whatIf.list.replacing { [.force, .target].contains($0.verb) }
    return intervene(list + [.target(tokens.map(\.id))], reaching: tokens.count)
  }

  /// Asks the vocabulary which tokens are meant, and then does what they are for.
  mutating func ask(_ query: TokenQuery, forStep step: Int? = nil) -> [Command] {
    whatIf.request = TokenRequest(query: query, step: step)
    return [.tokens(query, generation: generation)]
  }

  mutating func take(_ tokens: [Token], for query: TokenQuery, generation: Int) -> [Command] {
    guard generation == self.generation else { return [] }
    guard let request = whatIf.request, request.query == query else {
      whatIf.answer = TokenAnswer(query: query, tokens: tokens)
      return []
    }
    whatIf.request = nil
    guard let step = request.step else { return give(target: tokens) }
    return tokens.first.map { force($0, at: step) } ?? []
  }

  // MARK: Temperature

  static let temperatures: [Float] = [0.1, 0.2, 0.3, 0.5, 0.7, 0.85, 1, 1.2, 1.5, 2, 3, 5, 10]

  /// The next lower or higher temperature of the site under the cursor.
  mutating func changeTemperature(by offset: Int) -> [Command] {
    guard let site = decode.head?.site else {
      notice = Notice(kind: .information, text: "this model has no attention, so it has no temperature")
      return []
    }
    let now = whatIf.list.temperature(at: site)
    let next =
      offset < 0 ? Self.temperatures.last { $0 < now } : Self.temperatures.first { $0 > now }
    guard let next else {
      notice = Notice(kind: .information, text: "temperature \(now) is as far as the keys go: :temperature takes any")
      return []
    }
    let commands = set(temperature: next, at: site)
    if !commands.isEmpty {
      let remark = next == 1 ? ", the model's own" : next < 1 ? ": sharper" : ": flatter"
      notice = Notice(kind: .information, text: "attention temperature \(next) at \(site.name)\(remark)")
    }
    return commands
  }

  /// Sets it for one site, or for all if nil; 1 is no change at all.
  mutating func set(temperature: Float, at site: Site?) -> [Command] {
    let list = whatIf.list.replacing {
      if case .temperature(_, let place) = $0 { site == nil || place == site } else { false }
    }
    let isNeeded = temperature != (site.map { list.temperature(at: $0) } ?? 1)
    return intervene(isNeeded ? list + [.temperature(temperature, site: site)] : list)
  }

  // MARK: Rows

  /// The row of weights under the cursor becomes `edit`, or what the model makes of it if nil.
  mutating func set(_ edit: RowEdit?, row: Int, of head: HeadAddress) -> [Command] {
    let list = whatIf.list.replacing {
      if case .setRow(head, row, _) = $0 { true } else { false }
    }
    return intervene(list + (edit.map { [.setRow(head: head, row: row, $0)] } ?? []))
  }

  /// Does what was typed for the row under the cursor.
  mutating func editRow(_ text: String) -> [Command] {
    guard let head = headToChange() else { return [] }
    let text = text.trimmingCharacters(in: .whitespaces)
    guard !text.isEmpty else { return [] }
    if text == "own" { return set(nil, row: row, of: head) }
    guard let edit = RowEdit(text) ?? namedColumn(text) else {
      notice = Notice(
        kind: .failure,
        text: "“\(text)” is no column of this row: give a token or its number, uniform, TOKEN:0.8, [0.5,0.5,…] or own")
      return []
    }
    return set(edit, row: row, of: head)
  }

  /// A column by its token, alone or with a weight; of several equal tokens that nearest to the cursor.
  private func namedColumn(_ text: String) -> RowEdit? {
    guard let trace = decode.trace else { return nil }
    let labels = trace.columnLabels(decode.site).map { $0.label.lowercased() }
    func find(_ name: some StringProtocol) -> Int? {
      labels.indices.filter { labels[$0] == name.lowercased() }.min { abs($0 - column) < abs($1 - column) }
    }
    if let found = find(text) { return .column(found) }
    guard let colon = text.lastIndex(of: ":"), let weight = Float(text[text.index(after: colon)...]),
      (0...1).contains(weight)
    else { return nil }
    return find(text[..<colon]).map { .cell(column: $0, weight: weight) }
  }
}
