import Foundation
import TUI
import Traces

/// The lines that are typed for a what-if: a token, a row of weights, a target.
extension State {
  mutating func openTokenPrompt() {
    guard decode.trace != nil, cursor.step >= 0 else {
      notice = Notice(kind: .information, text: "no step here at which a token could be forced")
      return
    }
    focus = .view
    cursor.follows = false
    openPrompt(.token)
  }

  /// Offers the column under the cursor.
  mutating func openRowPrompt() {
    guard headToChange() != nil else { return }
    guard let chart = decode.chart, chart.rows.count > 0 else {
      notice = Notice(kind: .information, text: "no row of weights yet: \(keyName(.step)) decodes a token")
      return
    }
    cursor.follows = false
    openPrompt(.row, text: "\(column)")
  }

  /// Offers what has been produced, to be changed.
  mutating func openTargetPrompt() {
    guard let trace = decode.trace, trace.ending != .readOnly else {
      notice = Notice(kind: .information, text: "there is no target to give: no sentence is being decoded")
      return
    }
    openPrompt(.target, text: trace.targetText)
  }

  // MARK: Tokens

  /// The beginning of a token that is being typed, if one is.
  var typedToken: String? {
    guard let prompt else { return nil }
    let text = prompt.editor.text
    switch prompt.kind {
    case .token: return text
    case .command:
      guard text.hasPrefix("force ") else { return nil }
      return Self.halves(ofForce: String(text.dropFirst(6)), at: 0)?.token
    default: return nil
    }
  }

  /// What completes the token that is being typed, as far as the vocabulary has answered.
  var knownTokens: [Token] {
    guard let typed = typedToken, let answer = whatIf.answer, case .beginning(let asked) = answer.query,
      typed.lowercased().hasPrefix(asked.lowercased())
    else { return [] }
    return answer.tokens.filter { token in
      [token.surface, token.piece].contains { $0.lowercased().hasPrefix(typed.lowercased()) }
    }
  }

  /// Forces the token that was typed: one that the vocabulary has shown, or one that it is asked for.
  mutating func forceTyped(_ text: String, at step: Int) -> [Command] {
    guard !text.isEmpty else { return [] }
    guard step >= 0, step <= decode.steps.count else { return force(Token(id: 0, piece: ""), at: step) }
    if let known = whatIf.answer?.tokens.first(where: { $0.typedName == text }) { return force(known, at: step) }
    return ask(.named(text), forStep: step)
  }

  /// `3=pomme`, or a token alone for the step under the cursor.
  mutating func forceTyped(_ argument: String) throws -> [Command] {
    guard let (step, token) = Self.halves(ofForce: argument, at: max(0, cursor.step)), !token.isEmpty else {
      throw CommandError(text: "force takes STEP=TOKEN, steps counted from 0: 3=pomme or 3=#17")
    }
    guard step <= decode.steps.count else {
      throw CommandError(text: "no step \(step) yet: \(decode.steps.count) are decoded, counted from 0")
    }
    return forceTyped(token, at: step)
  }

  private static func halves(ofForce argument: String, at step: Int) -> (step: Int, token: String)? {
    guard let place = argument.firstIndex(of: "="), place > argument.startIndex else { return (step, argument) }
    guard let step = Int(argument[..<place]), step >= 0 else { return nil }
    return (step, String(argument[argument.index(after: place)...]))
  }

  mutating func give(target text: String) -> [Command] {
    let text = text.trimmingCharacters(in: .whitespaces)
    guard !text.isEmpty else { return [] }
    if text.hasPrefix("#"), case .target(let ids)? = Intervention(.target, argument: text) {
      return give(target: ids.map { Token(id: $0, piece: "#\($0)") })
    }
    return ask(.target(text))
  }

  // MARK: Help while typing

  /// Every line that begins as the one that is being typed.
  func completions(of prompt: Prompt) -> [String] {
    let text = prompt.editor.text
    switch prompt.kind {
    case .command: return completions(of: text)
    case .token: return knownTokens.map(\.typedName)
    case .row:
      let names = ["uniform", "own"] + (decode.trace?.columnLabels(decode.site).map(\.label) ?? [])
      return names.filter { $0.lowercased().hasPrefix(text.lowercased()) }
    case .search, .filter, .target: return []
    }
  }

  /// What the line that is being typed can be.
  func explanation(of prompt: Prompt) -> String {
    let names = completions(of: prompt).prefix(8)
    switch prompt.kind {
    case .token:
      if prompt.editor.isEmpty { return "a token of the target vocabulary, or #id; Tab completes" }
      return names.isEmpty ? "Enter asks the vocabulary" : names.joined(separator: "  ")
    case .row:
      let place = Int(prompt.editor.text).flatMap { number -> String? in
        guard let labels = decode.trace?.columnLabels(decode.site), labels.indices.contains(number) else { return nil }
        return "all on \(labels[number].label) · "
      }
      return (place ?? "") + "a token or its number, uniform, TOKEN:0.8, or own to take it back"
    case .target: return prompt.editor.isEmpty ? "the translation to record instead of the model's own" : ""
    case .command, .search, .filter: return ""
    }
  }
}

extension Token {
  /// What is typed for it: the text of a word, for parts of words and special tokens the vocabulary's spelling.
  var typedName: String { kind == .word && !continuesWord ? surface : piece }
}
