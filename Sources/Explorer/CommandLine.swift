import Foundation
import TUI
import Traces

/// A command that takes an argument; those that take none are the actions of the table of keys, by their long names.
struct LongCommand: Sendable {
  let name: String
  /// What the argument is, in a word.
  let argument: String
  let help: String
  /// Whether it has one.
  var takes = Takes.needed
  /// What the argument can be, as far as that can be listed.
  let values: @Sendable (State) -> [String]
  /// - Throws: `CommandError`.
  let run: @Sendable (inout State, String) throws -> [Command]
}

/// Why a command cannot be carried out, in one line.
struct CommandError: Error, Equatable {
  let text: String
}

extension LongCommand {
  enum Takes: Sendable { case nothing, optional, needed }

  static let all: [LongCommand] = settings + places + texts + whatIf + comparisons + files

  private static let settings: [LongCommand] = Settings.entries.map { entry in
    LongCommand(name: entry.name, argument: entry.values.joined(separator: "|"), help: entry.help) { _ in
      entry.values
    } run: { state, value in
      do {
        try state.settings.set(entry.name, to: value)
      } catch {
        throw CommandError(text: "\(error)")
      }
      return []
    }
  }

  private static let places: [LongCommand] = [
    LongCommand(name: "site", argument: "NAME", help: "Whose attention to look at") { state in
      state.model?.sites.map(\.rawValue) ?? []
    } run: { state, name in
      guard let site = Site(rawValue: name), state.model?.sites.contains(site) == true else {
        let names = state.model?.sites.map(\.rawValue).joined(separator: ", ") ?? ""
        throw CommandError(text: "no site \(name) in this model" + (names.isEmpty ? "" : ": it has \(names)"))
      }
      state.show(site)
      return []
    },
    LongCommand(name: "head", argument: "L0H0", help: "The head to look at") { state in
      state.headLayout?.addresses.map(\.description) ?? []
    } run: { state, name in
      guard let layout = state.headLayout, let (layer, head) = headNumbers(name) else {
        throw CommandError(text: "\(name) is no head: write L0H3")
      }
      guard layer < layout.layers, head < layout.heads else {
        throw CommandError(text: "no head \(name): this site has \(layout.layers) layers of \(layout.heads) heads")
      }
      state.changeHead { cursor, _ in (cursor.layer, cursor.head, cursor.extent) = (layer, head, .head) }
      return []
    },
    LongCommand(name: "go-to-step", argument: "NUMBER", help: "A decoded step, counted from 1") { _ in
      []
    } run: { state, text in
      guard let number = Int(text), state.decode.steps.indices.contains(number - 1) else {
        throw CommandError(text: "no step \(text): \(state.decode.steps.count) are decoded")
      }
      state.cursor.step = number - 1
      state.cursor.follows = false
      return []
    },
  ]

  private static let texts: [LongCommand] = [
    LongCommand(name: "find-token", argument: "TEXT", help: "Find a token") { _ in
      []
    } run: { state, text in
      state.search = Search(text: text)
      state.find(by: 1)
      return []
    },
    LongCommand(name: "sentence", argument: "TEXT", help: "Decode another sentence") { _ in
      []
    } run: { state, text in
      guard state.model != nil else { throw CommandError(text: "wait until the model is open") }
      state.focus = .view
      return state.replaceSentence(with: text)
    },
  ]

  /// `L2H10` as its numbers.
  private static func headNumbers(_ name: String) -> (layer: Int, head: Int)? {
    let parts = name.uppercased().dropFirst().split(separator: "H", omittingEmptySubsequences: false)
    guard name.first?.uppercased() == "L", parts.count == 2, let layer = Int(parts[0]), let head = Int(parts[1]),
      layer >= 0, head >= 0
    else { return nil }
    return (layer, head)
  }
}

extension KeyTable {
  /// The actions that a command line may name: those of the views, which need no line or list to act on.
  static let named: [Binding] = bindings.filter { !Set($0.contexts).isDisjoint(with: Context.anyView) }
}

extension State {
  /// Carries out a line of the command line.
  mutating func obey(_ line: String) -> [Command] {
    let parts = line.split(separator: " ", maxSplits: 1).map(String.init)
    guard let name = parts.first else { return [] }
    let argument = parts.count > 1 ? parts[1].trimmingCharacters(in: .whitespaces) : ""
    do {
      return try obey(name, argument)
    } catch let error as CommandError {
      notice = Notice(kind: .failure, text: error.text)
    } catch {
      notice = Notice(kind: .failure, text: "\(error)")
    }
    return []
  }

  private mutating func obey(_ name: String, _ argument: String) throws -> [Command] {
    if let command = LongCommand.all.first(where: { $0.name == name }) {
      if argument.isEmpty, command.takes == .needed { throw CommandError(text: "\(name) takes \(command.argument)") }
      if !argument.isEmpty, command.takes == .nothing { throw CommandError(text: "\(name) takes no argument") }
      return try command.run(&self, argument)
    }
    let bindings = KeyTable.named.filter { $0.action.rawValue == name }
    guard let action = bindings.first?.action else {
      throw CommandError(text: "no command \(name): \(keyName(.completePrompt)) completes, \(keyName(.help)) lists all")
    }
    guard argument.isEmpty else { throw CommandError(text: "\(name) takes no argument") }
    focus = .view
    guard bindings.contains(where: { $0.contexts.contains(context) }) else {
      throw CommandError(text: "\(name) has no meaning in this view")
    }
    return perform(action)
  }

  /// Every line that begins as this one, in the order of their names.
  func completions(of line: String) -> [String] {
    guard let space = line.firstIndex(of: " ") else {
      let names =
        KeyTable.named.map(\.action.rawValue) + LongCommand.all.map { $0.takes == .nothing ? $0.name : $0.name + " " }
      return Array(Set(names.filter { $0.hasPrefix(line) })).sorted()
    }
    let name = String(line[..<space])
    guard let command = LongCommand.all.first(where: { $0.name == name }) else { return [] }
    return command.values(self).map { name + " " + $0 }.filter { $0.hasPrefix(line) }
  }

  /// What is known of the command that is being typed.
  func explanation(of line: String) -> String? {
    let name = line.split(separator: " ").first.map(String.init) ?? ""
    if let command = LongCommand.all.first(where: { $0.name == name }) {
      return [command.argument, command.help].filter { !$0.isEmpty }.joined(separator: "  ")
    }
    return KeyTable.named.first { $0.action.rawValue == name }?.help
  }
}
