/// One line of text that is being typed: the text, the cursor, a history, the last text cut out, and undo.
///
/// Counts are grapheme clusters, so that a letter with its accents or a joined emoji is one step of the cursor.
public struct LineEditor: Sendable, Hashable {
  /// Longest line kept, in grapheme clusters; what goes beyond is cut off.
  public static let longestLine = 100_000
  /// Longest history kept, in lines.
  public static let longestHistory = 1_000
  static let longestUndo = 64

  public private(set) var characters: [Character] = []
  /// The grapheme cluster that it stands before, from 0 to the count.
  public private(set) var cursor = 0
  /// Lines entered earlier, oldest first.
  public private(set) var history: [String]

  /// Which history entry is shown; nothing while the user's own draft is.
  private var historyIndex: Int?
  private var draft = ""
  private var killed: [Character] = []
  private var undoStack: [Snapshot] = []
  private var isTypingWord = false

  private struct Snapshot: Hashable {
    var text: String
    var cursor: Int
  }

  public init(_ text: String = "", history: [String] = []) {
    self.history = Array(history.suffix(Self.longestHistory))
    characters = Array(Self.oneLine(text).prefix(Self.longestLine))
    cursor = characters.count
  }

  public var text: String { String(characters) }
  public var isEmpty: Bool { characters.isEmpty }

  // MARK: Editing

  /// Inserts typed or pasted text at the cursor. Line ends and tabs become spaces; other control characters are dropped.
  public mutating func insert(_ text: String) {
    let added = Self.oneLine(text)
    guard !added.isEmpty else { return }
    let isLetter = added.count == 1 && added != " "
    if !(isLetter && isTypingWord) { saveForUndo() }
    isTypingWord = isLetter
    // Joined as text, because an accent typed after its letter belongs to the letter.
    let before = String(characters[..<cursor]) + added
    characters = Array((before + String(characters[cursor...])).prefix(Self.longestLine))
    cursor = min(before.count, characters.count)
  }

  /// Replaces the whole line and puts the cursor at its end; undo brings the old one back.
  public mutating func replace(with text: String) {
    saveForUndo()
    characters = Array(Self.oneLine(text).prefix(Self.longestLine))
    cursor = characters.count
  }

  /// Moves the cursor, at most to either end.
  mutating func move(to position: Int) {
    isTypingWord = false
    cursor = min(max(0, position), characters.count)
  }

  /// Removes characters and leaves the cursor where they were.
  mutating func delete(_ range: Range<Int>, keep: Bool = false) {
    let range = range.clamped(to: 0..<characters.count)
    guard !range.isEmpty else { return }
    saveForUndo()
    if keep { killed = Array(characters[range]) }
    characters.removeSubrange(range)
    cursor = range.lowerBound
    // A mark or a joiner left behind may belong to the character before it now.
    let before = String(characters[..<cursor])
    characters = Array(before + String(characters[cursor...]))
    cursor = min(before.count, characters.count)
  }

  /// Inserts the text that was cut out last.
  mutating func yank() { insert(String(killed)) }

  mutating func undo() {
    guard let last = undoStack.popLast() else { return }
    characters = Array(last.text)
    cursor = min(last.cursor, characters.count)
    isTypingWord = false
  }

  private mutating func saveForUndo() {
    undoStack.append(Snapshot(text: text, cursor: cursor))
    if undoStack.count > Self.longestUndo { undoStack.removeFirst() }
    isTypingWord = false
  }

  // MARK: Words

  /// Where the word before the cursor begins.
  var previousWord: Int {
    var position = cursor
    while position > 0, !characters[position - 1].isWordPart { position -= 1 }
    while position > 0, characters[position - 1].isWordPart { position -= 1 }
    return position
  }

  /// Where the word at or after the cursor ends.
  var nextWord: Int {
    var position = cursor
    while position < characters.count, !characters[position].isWordPart { position += 1 }
    while position < characters.count, characters[position].isWordPart { position += 1 }
    return position
  }

  /// Where the text before the cursor that has no space in it begins.
  var previousSpace: Int {
    var position = cursor
    while position > 0, characters[position - 1] == " " { position -= 1 }
    while position > 0, characters[position - 1] != " " { position -= 1 }
    return position
  }

  // MARK: History

  /// Adds the line to the history, unless it is empty or was entered just before.
  public mutating func remember() {
    historyIndex = nil
    guard !text.allSatisfy(\.isWhitespace), history.last != text else { return }
    history.append(text)
    if history.count > Self.longestHistory { history.removeFirst() }
  }

  /// Shows an older (-1) or newer (+1) line. The draft that was being typed comes back after the newest.
  mutating func recall(_ direction: Int) {
    let index = (historyIndex ?? history.count) + direction
    guard (0...history.count).contains(index), index != historyIndex ?? history.count else { return }
    if historyIndex == nil { draft = text }
    historyIndex = index == history.count ? nil : index
    replace(with: historyIndex.map { history[$0] } ?? draft)
  }

  private static func oneLine(_ text: String) -> String {
    var line = ""
    for character in text {
      if character.isNewline || character == "\t" {
        line.append(" ")
      } else {
        line.unicodeScalars.append(
          contentsOf: character.unicodeScalars.filter { $0.properties.generalCategory != .control })
      }
    }
    return line
  }
}

extension Character {
  fileprivate var isWordPart: Bool { isLetter || isNumber }
}
