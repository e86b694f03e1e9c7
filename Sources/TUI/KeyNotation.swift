/// A text that names no key, and why.
public struct KeyNotationError: Error, Equatable, CustomStringConvertible {
  public let description: String

  public init(description: String) { self.description = description }
}

/// Keys as settings and key scripts write them: a character stands for itself, any other key has its name in angle
/// brackets.
///
/// | text | key |
/// |---|---|
/// | `a`, `A`, `é`, `.` | that character |
/// | `<Space>`, `<Enter>`, `<Esc>`, `<Tab>`, `<Backspace>`, `<PageDown>`, `<F5>`, … | by its name, in any case |
/// | `<Ctrl-r>` or `<C-r>`, `<Alt-f>` or `<A-f>`, `<Shift-Tab>` or `<S-Tab>` | with modifiers |
/// | `<x>` | the same as `x`; `<<>` is the key `<` |
extension Key {
  /// The key's name in words without angle brackets: `Space`, `Ctrl-r`, `Left`.
  public var name: String {
    var prefix = ""
    if modifiers.contains(.control) { prefix += "Ctrl-" }
    if modifiers.contains(.alt) { prefix += "Alt-" }
    if modifiers.contains(.shift) { prefix += "Shift-" }
    return prefix + code.name
  }

  /// The key as a script has it; `sequence` reads it back.
  public var notation: String {
    if case .character(let character) = code, modifiers.isEmpty, character != "<", character != " " {
      return String(character)
    }
    return "<\(name)>"
  }

  /// The keys that a text stands for, in order.
  public static func sequence(_ text: String) throws(KeyNotationError) -> [Key] {
    var keys: [Key] = []
    var rest = text[...]
    while let first = rest.first {
      rest.removeFirst()
      // At the end nothing can follow, so that it is the key itself.
      guard first == "<", !rest.isEmpty else {
        keys.append(.character(first))
        continue
      }
      // The name of a key may be `>` or `<` themselves.
      guard let end = rest.dropFirst().firstIndex(of: ">") else {
        throw KeyNotationError(description: "“<” begins a name that no “>” ends; the key itself is <<>")
      }
      keys.append(try Key(name: String(rest[..<end])))
      rest = rest[rest.index(after: end)...]
    }
    return keys
  }

  /// From a name without its angle brackets.
  public init(name: String) throws(KeyNotationError) {
    var rest = name[...]
    var modifiers: Modifiers = []
    while rest.count > 1, let (prefix, modifier) = Self.modifier(of: rest) {
      modifiers.insert(modifier)
      rest = rest.dropFirst(prefix)
    }
    if rest.count == 1, let character = rest.first {
      self.init(.character(character), modifiers)
    } else if let code = Code(name: rest.lowercased()) {
      self = code == .tab && modifiers == .shift ? Key(.backTab) : Key(code, modifiers)
    } else {
      throw KeyNotationError(
        description: "no key is called <\(name)>; such names are <Space>, <Enter>, <Ctrl-r>, <Left>")
    }
  }

  private static func modifier(of text: Substring) -> (length: Int, Modifiers)? {
    let lower = text.lowercased()
    let prefixes: [(String, Modifiers)] = [
      ("ctrl-", .control), ("c-", .control), ("alt-", .alt), ("a-", .alt), ("m-", .alt), ("shift-", .shift),
      ("s-", .shift),
    ]
    return prefixes.first { lower.hasPrefix($0.0) && lower.count > $0.0.count }.map { ($0.0.count, $0.1) }
  }
}

extension Key.Code {
  private static let names: [(String, Self)] = [
    ("Space", .character(" ")), ("Enter", .enter), ("Esc", .escape), ("Tab", .tab), ("Shift-Tab", .backTab),
    ("Backspace", .backspace), ("Delete", .delete), ("Insert", .insert), ("Up", .up), ("Down", .down), ("Left", .left),
    ("Right", .right), ("Home", .home), ("End", .end), ("PageUp", .pageUp), ("PageDown", .pageDown),
  ]
  private static let otherNames: [String: Self] = [
    "return": .enter, "cr": .enter, "escape": .escape, "bs": .backspace, "del": .delete, "backtab": .backTab,
  ]
  static let lastFunction = 63

  fileprivate var name: String {
    if let known = Self.names.first(where: { $0.1 == self }) { return known.0 }
    return switch self {
    case .character(let character): String(character)
    case .function(let number): "F\(number)"
    default: ""
    }
  }

  /// From a name in lower case.
  fileprivate init?(name: String) {
    if let known = Self.names.first(where: { $0.0.lowercased() == name })?.1 ?? Self.otherNames[name] {
      self = known
    } else if name.first == "f", let number = Int(name.dropFirst()), (1...Self.lastFunction).contains(number) {
      self = .function(number)
    } else {
      return nil
    }
  }
}
