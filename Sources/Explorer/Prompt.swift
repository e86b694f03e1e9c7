import Foundation
import TUI

/// A line that is being typed at the bottom: a command, something to find, a filter for the help, or what a what-if needs.
struct Prompt: Sendable, Equatable {
  enum Kind: String, Sendable, Hashable {
    case command = ":"
    case search = "/"
    case filter = "filter "
    /// A token to force at the step under the cursor.
    case token = "force "
    /// What the row of weights under the cursor is to be.
    case row = "this row "
    /// A whole target.
    case target = "target "

    /// Whether Tab completes it.
    var isCompleted: Bool { [.command, .token, .row].contains(self) }
  }

  let kind: Kind
  var editor: LineEditor
  /// What Tab has gone through, and how far it has come; nil after any other key.
  var completion: Completion?

  struct Completion: Sendable, Equatable {
    var candidates: [String]
    var index: Int
  }
}

extension State {
  mutating func openPrompt(_ kind: Prompt.Kind, text: String = "") {
    decode.isRunning = false
    prompt = Prompt(kind: kind, editor: LineEditor(text, history: promptHistory[kind] ?? []))
  }

  mutating func editPrompt(_ key: Key) {
    guard var prompt else { return }
    // Deleting in an empty line leaves it.
    if prompt.editor.isEmpty, key.code == .backspace { return leavePrompt() }
    _ = prompt.editor.handle(key)
    prompt.completion = nil
    self.prompt = prompt
    obeyFilter()
  }

  mutating func leavePrompt() {
    if prompt?.kind == .filter { helpFilter = "" }
    prompt = nil
  }

  mutating func acceptPrompt() -> [Command] {
    guard var prompt else { return [] }
    self.prompt = nil
    prompt.editor.remember()
    promptHistory[prompt.kind] = prompt.editor.history
    switch prompt.kind {
    case .command: return obey(prompt.editor.text)
    case .search:
      if !prompt.editor.isEmpty { search = Search(text: prompt.editor.text) }
      find(by: 1)
    case .filter: break
    case .token: return forceTyped(prompt.editor.text, at: cursor.step)
    case .row: return editRow(prompt.editor.text)
    case .target: return give(target: prompt.editor.text)
    }
    return []
  }

  /// The first press takes what all completions share, further ones go through them.
  mutating func completePrompt() -> [Command] {
    guard var prompt, prompt.kind.isCompleted else { return [] }
    if var completion = prompt.completion {
      completion.index = (completion.index + 1) % completion.candidates.count
      prompt.editor.replace(with: completion.candidates[completion.index])
      prompt.completion = completion
      self.prompt = prompt
      return []
    }
    if prompt.kind == .command, let commands = completePath(of: prompt.editor.text) { return commands }
    complete(from: completions(of: prompt))
    return []
  }

  /// What all share, or where they share no more than is there, the first of them.
  mutating func complete(from candidates: [String]) {
    guard var prompt, let first = candidates.first else { return }
    let text = prompt.editor.text
    let shared = candidates.reduce(first) { $0.commonPrefix(with: $1) }
    if shared.count > text.count {
      prompt.editor.replace(with: candidates.count == 1 ? first : shared)
    } else {
      prompt.editor.replace(with: first)
      prompt.completion = Prompt.Completion(candidates: candidates, index: 0)
    }
    self.prompt = prompt
  }

  private mutating func obeyFilter() {
    guard let prompt, prompt.kind == .filter else { return }
    helpFilter = prompt.editor.text
    helpLine = 0
  }
}

/// Something to find among the tokens, and where it was found last.
struct Search: Sendable, Equatable {
  var text = ""
  var last: Hit?

  /// A token of one of the axes.
  enum Hit: Sendable, Equatable {
    case column(Int)
    case row(Int)
  }
}

extension State {
  /// Goes to the next token with the text in it, or the one before, round and round: first through the columns, then
  /// through the rows.
  mutating func find(by offset: Int) {
    guard !search.text.isEmpty else {
      notice = Notice(kind: .information, text: "nothing to find: \(keyName(.find)) asks for a token")
      return
    }
    if picture.view == .tensors { return findTensor(by: offset) }
    let hits = self.hits
    guard !hits.isEmpty else {
      notice = Notice(kind: .failure, text: "no token with “\(search.text)” in it")
      return
    }
    let index: Int
    if let last = search.last.flatMap({ hits.firstIndex(of: $0) }) {
      index = ((last + offset) % hits.count + hits.count) % hits.count
    } else {
      index = firstHit(of: hits, forward: offset > 0)
    }
    search.last = hits[index]
    cursor.follows = false
    switch hits[index] {
    case .column(let token): column = token
    case .row(let token): row = token
    }
    clampCursor()
    notice = Notice(kind: .information, text: "\(index + 1) of \(hits.count) with “\(search.text)” in it")
  }

  private var hits: [Search.Hit] {
    guard let chart = decode.chart else {
      return decode.steps.indices.filter { matches(decode.steps[$0].token.surface) }.map { .row($0) }
    }
    return chart.columns.entries.filter { matches($0.label) }.map { .column($0.tokens.lowerBound) }
      + chart.rows.entries.filter { matches($0.label) }.map { .row($0.tokens.lowerBound) }
  }

  /// The hit next to the cursor: the first column behind it, or going back the last one before it.
  private func firstHit(of hits: [Search.Hit], forward: Bool) -> Int {
    func isBehind(_ hit: Search.Hit) -> Bool { if case .column(let token) = hit { token > column } else { true } }
    if forward { return hits.firstIndex(where: isBehind) ?? 0 }
    let before = (hits.firstIndex(where: isBehind) ?? hits.count) - 1
    return before < 0 ? hits.count - 1 : before
  }

  private func matches(_ label: String) -> Bool { label.lowercased().contains(search.text.lowercased()) }
}
