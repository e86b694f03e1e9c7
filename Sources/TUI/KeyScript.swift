/// What a person does, written down: keys in order, as `Key.sequence` reads them, and a few things that are no keys.
///
/// | line | means |
/// |---|---|
/// | `# …` | nothing; so does an empty line |
/// | `3j<Space>` | these keys, one after the other; blanks at both ends of a line are left out |
/// | `:resize 60x50` | the window becomes 60 columns wide and 50 rows high |
/// | `:click 10,4` | a press of the mouse in column 10 and row 4, counted from 0 |
/// | `:paste TEXT` | the text comes from the clipboard |
/// | `:screen` | the screen is printed as it is now |
///
/// A line that begins with a colon and one of these four words is no command of the explorer: none of its commands has
/// such a name.
public struct KeyScript: Sendable, Equatable {
  public enum Step: Sendable, Hashable {
    case event(TerminalEvent)
    /// The screen is to be shown.
    case screen
  }

  /// What to do, and on which line of the script it stands.
  public private(set) var steps: [(step: Step, line: Int)] = []

  public init() {}

  public static func == (a: Self, b: Self) -> Bool { a.steps.elementsEqual(b.steps, by: ==) }

  /// - Throws: `KeyNotationError` that names the line.
  public init(_ text: String) throws(KeyNotationError) {
    // Characters, not scalars: a line may end with carriage return and line feed.
    for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
      let line = line.trimmingBlanks
      guard !line.isEmpty, line.first != "#" else { continue }
      do {
        try steps += Self.steps(line).map { ($0, index + 1) }
      } catch {
        throw KeyNotationError(description: "line \(index + 1): \(error)")
      }
    }
  }

  private static func steps(_ line: Substring) throws(KeyNotationError) -> [Step] {
    let parts = line.split(separator: " ", maxSplits: 1)
    let argument = parts.count > 1 ? parts[1] : ""
    switch parts[0] {
    case ":screen": return [.screen]
    case ":paste": return [.event(.paste(String(argument)))]
    case ":resize":
      guard let size = Size(String(argument)) else {
        throw KeyNotationError(description: ":resize takes a size such as 120x40, not “\(argument)”")
      }
      return [.event(.resize(size))]
    case ":click":
      let numbers = argument.split(separator: ",").map { Int($0) }
      guard numbers.count == 2, let column = numbers[0], let row = numbers[1] else {
        throw KeyNotationError(description: ":click takes a column and a row such as 10,4, not “\(argument)”")
      }
      return [.event(.mouse(column: column, row: row, .press)), .event(.mouse(column: column, row: row, .release))]
    default: return try Key.sequence(String(line)).map { .event(.key($0)) }
    }
  }
}

extension Size {
  /// From `120x40`; nil for anything else, and for what no terminal is.
  public init?(_ text: String) {
    let numbers = text.lowercased().split(separator: "x", omittingEmptySubsequences: false).map { Int($0) }
    guard numbers.count == 2, let columns = numbers[0], let rows = numbers[1], (1...2000).contains(columns),
      (1...1000).contains(rows)
    else { return nil }
    self.init(columns: columns, rows: rows)
  }
}

extension Substring {
  fileprivate var trimmingBlanks: Substring {
    var rest = self
    while rest.first == " " || rest.first == "\t" { rest.removeFirst() }
    while rest.last == " " || rest.last == "\t" { rest.removeLast() }
    return rest
  }
}
