import Traces

/// Interventions in the words of a reader.
extension State {
  /// `apple hidden`, `L0H3 silenced`, `pomme forced at step 3`; steps count from 1, as the list of steps has them.
  func words(_ intervention: Intervention) -> String {
    switch intervention {
    case .force(let token, let step): "\(name(ofToken: token, at: step)) forced at step \(step + 1)"
    case .target(let tokens): tokens.count == 1 ? "target of 1 token given" : "target of \(tokens.count) tokens given"
    case .silence(let head): "\(name(head)) silenced"
    case .silenceOthers(let head): "all but \(name(head)) silenced"
    case .hide(let position):
      decode.source.indices.contains(position)
        ? "\(decode.source[position].surface) hidden" : "source token \(position + 1) hidden"
    case .setRow(let head, let row, let edit):
      "\(name(ofRow: row, at: head.site)) of \(name(head)) \(words(edit, head.site))"
    case .temperature(let temperature, let site): "temperature \(temperature)" + (site.map { " \($0.rawValue)" } ?? "")
    }
  }

  /// With its site where there are several.
  private func name(_ head: HeadAddress) -> String {
    (model?.sites.count ?? 0) > 1 ? "\(head.site.rawValue) \(head)" : "\(head)"
  }

  /// As the step has it, or one of the candidates; else by its number.
  private func name(ofToken id: Int, at step: Int) -> String {
    guard decode.steps.indices.contains(step) else { return "#\(id)" }
    let known = [decode.steps[step].token] + decode.steps[step].candidates.map(\.token)
    return known.first { $0.id == id }?.surface ?? "#\(id)"
  }

  private func name(ofRow row: Int, at site: Site) -> String {
    guard let trace = decode.trace else { return "row \(row + 1)" }
    let tokens = trace.rowTokens(site)
    return tokens.indices.contains(row) ? "row \(tokens[row].surface)" : "row \(row + 1)"
  }

  private func words(_ edit: RowEdit, _ site: Site) -> String {
    func column(_ index: Int) -> String {
      let labels = decode.trace?.columnLabels(site) ?? []
      return labels.indices.contains(index) ? labels[index].label : "column \(index + 1)"
    }
    return switch edit {
    case .column(let index): "all on \(column(index))"
    case .uniform: "uniform"
    case .cell(let index, let weight): "\(Numbers.short(weight)) on \(column(index))"
    case .weights: "set"
    }
  }

  /// What the last change did to the token under the cursor and to the others, in the order of what matters most.
  var effects: [String] {
    guard let difference = whatIf.difference else {
      if decode.trace?.beam != nil { return ["what a beam search chose is not compared"] }
      let isComing = decode.unanswered > 0 || whatIf.list != whatIf.before
      return isComing ? ["comparing…"] : []
    }
    let against = whatIf.baseline == .nothing ? "against the model left alone" : "against before"
    guard !difference.before.steps.isEmpty else { return [] }
    return [drop(difference), changes(difference)].compactMap { $0 } + [
      "all tokens together \(lost(difference.totalDrop))", against,
    ]
  }

  /// The log-probability of the token that stood at the step under the cursor before, and what it has lost.
  private func drop(_ difference: TraceDifference) -> String? {
    let step = cursor.step
    guard difference.before.steps.indices.contains(step), difference.logProbabilities.indices.contains(step) else {
      return nil
    }
    let old = difference.before.steps[step]
    let (was, now) = (old.logProbability, difference.logProbabilities[step])
    return
      "\(old.token.surface): log p \(Numbers.fixed(was, 2)), now \(Numbers.fixed(now, 2)), "
      + lost(difference.drops[step])
  }

  private func lost(_ drop: Float) -> String { (drop < 0 ? "gained " : "lost ") + Numbers.fixed(abs(drop), 2) + " nat" }

  /// Which tokens are others now: as many as can be named in a line.
  private func changes(_ difference: TraceDifference) -> String? {
    let changed = difference.changedSteps
    guard !changed.isEmpty else { return "no token changed" }
    func name(_ trace: AttentionTrace, _ step: Int) -> String {
      trace.steps.indices.contains(step) ? trace.steps[step].token.surface : "–"
    }
    let pairs = changed.prefix(4).map { "\(name(difference.before, $0))→\(name(difference.after, $0))" }
    let rest = changed.count > 4 ? " …" : ""
    return "\(changed.count) changed: " + pairs.joined(separator: " ") + rest
  }
}
