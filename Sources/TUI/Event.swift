/// Columns and rows of a terminal or a part of one.
public struct Size: Sendable, Hashable {
  public var columns: Int
  public var rows: Int
  public init(columns: Int, rows: Int) {
    self.columns = columns
    self.rows = rows
  }
}

/// A key as a person names it.
public struct Key: Sendable, Hashable {
  public enum Code: Sendable, Hashable {
    /// One grapheme as typed; upper case carries its shift in itself.
    case character(Character)
    case enter, escape, tab, backTab, backspace, delete, insert
    case up, down, left, right, home, end, pageUp, pageDown
    case function(Int)
  }

  public struct Modifiers: OptionSet, Sendable, Hashable {
    public let rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }
    public static let control = Self(rawValue: 1)
    public static let alt = Self(rawValue: 2)
    public static let shift = Self(rawValue: 4)
  }

  public var code: Code
  public var modifiers: Modifiers

  public init(_ code: Code, _ modifiers: Modifiers = []) {
    self.code = code
    self.modifiers = modifiers
  }

  public static func character(_ c: Character) -> Key { Key(.character(c)) }
  public static func control(_ c: Character) -> Key { Key(.character(c), .control) }
}

/// What the terminal tells the program.
public enum TerminalEvent: Sendable, Hashable {
  case key(Key)
  /// Bracketed paste, as one text.
  case paste(String)
  case resize(Size)
  case mouse(column: Int, row: Int, MouseAction)
  /// The program was stopped (Ctrl-Z) and is in the foreground again: everything must be drawn anew.
  case resumed
  /// SIGTERM, SIGHUP or SIGINT: leave now.
  case terminate(signal: Int32)
}

public enum MouseAction: Sendable, Hashable {
  case press, release, scrollUp, scrollDown
}
