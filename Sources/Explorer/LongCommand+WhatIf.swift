import Traces

extension LongCommand {
  /// What-ifs, as `heed trace` writes them: steps, rows, columns, layers and heads count from 0.
  static let whatIf: [LongCommand] = [
    LongCommand(name: "force", argument: "STEP=TOKEN", help: "Produce this token at this step") { state in
      let step = state.prompt?.editor.text.dropFirst(6).split(separator: "=", omittingEmptySubsequences: false)
      let start = step.map { $0.count > 1 ? "\($0[0])=" : "" } ?? ""
      return state.knownTokens.map { start + $0.typedName }
    } run: { state, argument in
      try state.forceTyped(argument)
    },
    LongCommand(name: "target", argument: "TEXT", help: "Record this target in place of the model's own") { state in
      state.decode.trace.map { [$0.targetText] } ?? []
    } run: { state, text in
      state.give(target: text)
    },
    LongCommand(name: "silence", argument: "L0H0@SITE", help: "Take away what a head contributes") { state in
      state.headNames
    } run: { state, argument in
      let head = try state.head(argument)
      return state.intervene(state.whatIf.list.filter { $0 != .silence(head) } + [.silence(head)])
    },
    LongCommand(name: "silence-others", argument: "L0H0@SITE", help: "Take away all other heads of its site") { state in
      state.headNames
    } run: { state, argument in
      let head = try state.head(argument)
      return state.intervene(state.whatIf.list.filter { $0 != .silenceOthers(head) } + [.silenceOthers(head)])
    },
    LongCommand(name: "hide", argument: "POSITION", help: "Let no head look at this source token") { state in
      state.decode.source.map(\.surface)
    } run: { state, argument in
      let position = try state.sourcePosition(argument)
      return state.intervene(state.whatIf.list.filter { $0 != .hide(position) } + [.hide(position)])
    },
    LongCommand(name: "set-row", argument: "L0H0@SITE:ROW=VALUE", help: "Set a row: a column, uniform, column:weight") {
      state in
      state.headNames.map { $0 + ":\(state.row)=\(state.column)" }
    } run: { state, argument in
      guard case .setRow(let head, let row, let edit)? = Intervention(.setRow, argument: argument) else {
        throw CommandError(text: "“\(argument)” cannot be read: L0H3@cross:2=5, L0H3@cross:2=uniform or L0H3:2=5:0.8")
      }
      return state.set(edit, row: row, of: head)
    },
    LongCommand(name: "temperature", argument: "NUMBER@SITE", help: "Divide scores by this before the softmax") {
      state in
      let site = state.decode.head.map { "@\($0.site.rawValue)" } ?? ""
      return State.temperatures.map { "\($0)\(site)" }
    } run: { state, argument in
      guard case .temperature(let temperature, let site)? = Intervention(.temperature, argument: argument) else {
        throw CommandError(text: "“\(argument)” is no temperature: a number above 0, such as 0.5 or 0.5@cross")
      }
      return state.set(temperature: temperature, at: site)
    },
    LongCommand(name: "beam", argument: "WIDTH PENALTY", help: "Decode with a beam search; the penalty may be left out")
    {
      _ in
      ["1", "3", "5", "5 0.6", "10"]
    } run: { state, argument in
      try state.search(argument)
    },
  ]
}

extension State {
  /// Every head of the site under the cursor, as a command names it.
  fileprivate var headNames: [String] {
    headLayout?.addresses.map(\.textWithSite) ?? []
  }

  fileprivate func head(_ text: String) throws -> HeadAddress {
    guard let head = HeadAddress(textWithSite: text) else {
      throw CommandError(text: "\(text) is no head: write L0H3, or L0H3@encoder for another site")
    }
    return head
  }

  /// A position by its number or by the token that stands there, of several equal ones that nearest to the cursor.
  fileprivate func sourcePosition(_ text: String) throws -> Int {
    if let number = Int(text), decode.source.indices.contains(number) { return number }
    let found = decode.source.indices.filter { decode.source[$0].surface.lowercased() == text.lowercased() }
    guard let nearest = found.min(by: { abs($0 - cursor.source) < abs($1 - cursor.source) }) else {
      throw CommandError(text: "no source token “\(text)”: there are \(decode.source.count), counted from 0")
    }
    return nearest
  }

  /// Searches from the first step, under the interventions.
  fileprivate mutating func search(_ argument: String) throws -> [Command] {
    let parts = argument.split(separator: " ").map(String.init)
    guard let width = Int(parts[0]), parts.count <= 2, let penalty = parts.count > 1 ? Float(parts[1]) : 0 else {
      throw CommandError(text: "beam takes a width and, if wanted, a length penalty: 5 or 5 0.6")
    }
    guard decode.trace != nil else {
      throw CommandError(text: "no sentence yet: press \(keyName(.editSentence)), type one and press Enter")
    }
    decode.isRunning = false
    focus = .view
    cursor.follows = false
    picture.view = .tokens
    picture.back = nil
    decode.progress = Decode.Progress(label: "beam search of width \(width): Esc stops it", fraction: nil)
    return [.search(width: width, lengthPenalty: penalty, generation: renew())]
  }
}
