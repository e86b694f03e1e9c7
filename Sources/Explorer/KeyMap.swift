import TUI

/// The table of keys as it holds for a person: that of the program, with what they have bound differently.
public struct KeyMap: Sendable {
  private(set) var bindings = KeyTable.bindings
  /// By the long name of the action.
  public private(set) var changes: [String: [[Key]]] = [:]

  public init() {}

  enum Match: Equatable {
    case action(Action)
    /// The keys so far begin a sequence.
    case beginning
    case nothing
  }

  /// What the keys typed so far mean in a context.
  func find(_ typed: [Key], in context: Context) -> Match {
    var begins = false
    for binding in bindings where binding.contexts.contains(context) {
      for keys in binding.keys {
        if keys == typed { return .action(binding.action) }
        begins = begins || keys.starts(with: typed)
      }
    }
    return begins ? .beginning : .nothing
  }

  /// The first keys of an action; empty for one that has none.
  func keys(of action: Action) -> [Key] { bindings.first { $0.action == action }?.keys.first ?? [] }
}

extension KeyMap: Equatable {
  public static func == (a: Self, b: Self) -> Bool { a.changes == b.changes }
}

// MARK: Binding keys

extension KeyMap {
  /// Every action that can be bound, by its long name, with its keys and what it does; once each, in the order of the help.
  public static var actions: [(name: String, keys: [[Key]], help: String)] {
    var seen: Set<Action> = []
    return KeyTable.bindings.filter { $0.action != .editLine && seen.insert($0.action).inserted }.map {
      ($0.action.rawValue, $0.keys, $0.help)
    }
  }

  /// Binds actions, by their long names, to keys instead of those that they have; all at once, so that two may change
  /// places.
  ///
  /// - Returns: what could not be bound, and why in one line; all others are.
  public mutating func bind(_ wanted: [(name: String, keys: [[Key]])]) -> [(name: String, problem: String)] {
    var problems: [(name: String, problem: String)] = []
    var accepted = changes
    for (name, keys) in wanted {
      if let problem = Self.problem(name, keys) {
        problems.append((name, problem))
      } else {
        accepted[name] = keys
      }
    }
    // Giving up one change may bring back keys that another has taken.
    while let (name, problem) = Self.conflict(Self.bindings(accepted), among: wanted.map(\.name), accepted) {
      accepted[name] = changes[name]
      problems.append((name, problem))
    }
    changes = accepted
    bindings = Self.bindings(changes)
    return problems
  }

  private static func bindings(_ changes: [String: [[Key]]]) -> [Binding] {
    KeyTable.bindings.map { binding in
      guard let keys = changes[binding.action.rawValue] else { return binding }
      var changed = binding
      changed.keys = keys
      return changed
    }
  }

  /// Why an action cannot have these keys, whatever other actions have.
  private static func problem(_ name: String, _ keys: [[Key]]) -> String? {
    guard let action = Action(rawValue: name), action != .editLine else { return "no action \(name): :help lists them" }
    guard !keys.isEmpty, keys.allSatisfy({ !$0.isEmpty }) else { return "\(name) needs a key" }
    let isTyped = KeyTable.bindings.contains {
      $0.action == action && !Set($0.contexts).isDisjoint(with: Context.typing)
    }
    if isTyped, let key = keys.compactMap(\.first).first(where: \.isText) {
      return "\(name) acts while a line is typed, where \(key.notation) is text"
    }
    return nil
  }

  /// The first change whose keys mean something else as well.
  private static func conflict(
    _ bindings: [Binding], among names: [String], _ changes: [String: [[Key]]]
  ) -> (name: String, problem: String)? {
    for name in names where changes[name] != nil {
      for binding in bindings where binding.action.rawValue == name {
        for other in bindings where other.action != binding.action {
          guard !Set(other.contexts).isDisjoint(with: binding.contexts) else { continue }
          for keys in binding.keys {
            guard other.keys.contains(where: { $0.starts(with: keys) || keys.starts(with: $0) }) else { continue }
            let typed = keys.map(\.notation).joined()
            return (name, "\(typed) is a key of \(other.action.rawValue); bind that to another key too")
          }
        }
      }
    }
    return nil
  }
}

extension Key {
  /// Whether it stands for itself where a line is typed.
  fileprivate var isText: Bool {
    if case .character = code { modifiers.isSubset(of: .shift) } else { false }
  }
}

extension State {
  /// How the hint bar and the help write an action's first key.
  func keyName(_ action: Action) -> String { KeyName(glyphs: display.glyphs)(keys.keys(of: action)) }
}
