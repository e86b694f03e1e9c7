import Traces

/// What is changed on purpose, how it came to be so, and what it did.
struct WhatIf: Sendable, Equatable {
  /// What a run under interventions is compared with.
  enum Baseline: String, Sendable, CaseIterable {
    /// The run before the last change.
    case lastChange = "last-change"
    /// The model left alone.
    case nothing = "model-alone"
  }

  /// What was decoded, and how.
  private struct Run: Sendable, Equatable {
    var sentence: String
    var list: [Intervention] = []
    /// How far it had been decoded when another sentence took its place.
    var steps = 0
  }

  /// Runs that can be gone back to; older ones are forgotten.
  static let longestHistory = 200

  /// Every run there was and has been undone, in order; never empty.
  private var history: [Run]
  private var index = 0
  var baseline = Baseline.lastChange
  /// What the last change did; nil until the engine has answered.
  private(set) var difference: TraceDifference?
  /// What the vocabulary said last.
  var answer: TokenAnswer?
  /// What it is asked for the sake of.
  var request: TokenRequest?

  /// The interventions in force, or asked for, in order.
  var list: [Intervention] { history[index].list }
  var sentence: String { history[index].sentence }
  /// How far the run had been decoded when it was left for another sentence.
  var steps: Int { history[index].steps }
  var canUndo: Bool { index > 0 }
  var canRedo: Bool { index + 1 < history.count }

  /// The interventions of the run that this one is compared with.
  var before: [Intervention] {
    guard baseline == .lastChange, index > 0, history[index - 1].sentence == sentence else { return [] }
    return history[index - 1].list
  }

  /// As if the interventions had been made one after the other, so that each can be undone.
  init(_ list: [Intervention] = [], of sentence: String = "") {
    history = [Run(sentence: sentence)]
    for count in list.indices { change(to: Array(list[...count])) }
  }

  /// Takes another list; what had been undone is forgotten.
  mutating func change(to list: [Intervention]) { go(to: Run(sentence: sentence, list: list)) }

  /// Takes another sentence, under no interventions; the old one can be gone back to as far as it was decoded.
  mutating func change(toSentence text: String, from steps: Int) {
    guard text != sentence || !list.isEmpty else { return }
    leave(at: steps)
    go(to: Run(sentence: text))
  }

  /// Remembers how far the run is decoded that is about to be left.
  mutating func leave(at steps: Int) { history[index].steps = steps }

  private mutating func go(to run: Run) {
    history.removeSubrange((index + 1)...)
    history.append(run)
    if history.count > Self.longestHistory { history.removeFirst() }
    index = history.count - 1
    difference = nil
  }

  mutating func undo() {
    guard canUndo else { return }
    index -= 1
    difference = nil
  }

  mutating func redo() {
    guard canRedo else { return }
    index += 1
    difference = nil
  }

  /// Takes in what the engine has really done: a list that it refused, or that was stopped, is as if it had never been
  /// asked for.
  mutating func settle(_ actual: [Intervention]) {
    guard actual != list else { return }
    let earlier = history[..<index].lastIndex { $0.list == actual && $0.sentence == sentence }
    if let earlier {
      history.removeSubrange((earlier + 1)...)
      index = earlier
    } else {
      history[index].list = actual
    }
    difference = nil
  }

  mutating func take(_ difference: TraceDifference?) { self.difference = difference }
}

/// The engine's answer about the vocabulary.
struct TokenAnswer: Sendable, Equatable {
  var query: TokenQuery
  var tokens: [Token]
}

/// What is to be done once the vocabulary has said which token or tokens are meant.
struct TokenRequest: Sendable, Equatable {
  var query: TokenQuery
  /// Where the one token is forced; nil for a whole target.
  var step: Int?
}

extension State {
  /// What is changed on purpose, in order: part of what a saved session holds.
  public var interventions: [Intervention] { whatIf.list }
}

extension [Intervention] {
  /// The list with `changes` in place of those that `isReplaced` names.
  func replacing(where isReplaced: (Intervention) -> Bool, with changes: [Intervention] = []) -> [Intervention] {
    filter { !isReplaced($0) } + changes
  }

  /// What the scores of a site are divided by.
  func temperature(at site: Site) -> Float {
    let temperatures = compactMap { intervention -> Float? in
      guard case .temperature(let value, let place) = intervention, place == nil || place == site else { return nil }
      return value
    }
    return temperatures.last ?? 1
  }

  /// Whether a head is silenced, by itself or as one of the others.
  func silences(_ head: HeadAddress) -> Bool {
    contains { intervention in
      switch intervention {
      case .silence(head): true
      case .silenceOthers(let kept): kept.site == head.site && kept != head
      default: false
      }
    }
  }
}
