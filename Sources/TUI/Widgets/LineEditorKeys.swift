extension LineEditor {
  /// Does what readline users expect of the key. False if the key means nothing here (Enter, Escape, function keys…).
  public mutating func handle(_ key: Key) -> Bool {
    switch key.code {
    case .character(let character) where key.modifiers.isSubset(of: .shift):
      insert(String(character))
      return true
    case .character(let character) where key.modifiers == .control:
      return handleControl(character)
    case .character(let character) where key.modifiers == .alt:
      return handleAlt(character)
    case .character:
      return false
    default:
      return handleNamed(key)
    }
  }

  private mutating func handleControl(_ character: Character) -> Bool {
    switch character {
    case "a": move(to: 0)
    case "e": move(to: characters.count)
    case "b": move(to: cursor - 1)
    case "f": move(to: cursor + 1)
    case "d": delete(cursor..<cursor + 1)
    case "h": delete(cursor - 1..<cursor)
    case "k": delete(cursor..<characters.count, keep: true)
    case "u": delete(0..<cursor, keep: true)
    case "w": delete(previousSpace..<cursor, keep: true)
    case "y": yank()
    case "p": recall(-1)
    case "n": recall(+1)
    case "_": undo()
    default: return false
    }
    return true
  }

  private mutating func handleAlt(_ character: Character) -> Bool {
    switch character {
    case "b": move(to: previousWord)
    case "f": move(to: nextWord)
    case "d": delete(cursor..<nextWord, keep: true)
    default: return false
    }
    return true
  }

  private mutating func handleNamed(_ key: Key) -> Bool {
    let byWord = !key.modifiers.isDisjoint(with: [.control, .alt])
    switch key.code {
    case .left: move(to: byWord ? previousWord : cursor - 1)
    case .right: move(to: byWord ? nextWord : cursor + 1)
    case .home: move(to: 0)
    case .end: move(to: characters.count)
    case .backspace: delete((byWord ? previousWord : cursor - 1)..<cursor, keep: byWord)
    case .delete: delete(cursor..<(byWord ? nextWord : cursor + 1), keep: byWord)
    case .up: recall(-1)
    case .down: recall(+1)
    default: return false
    }
    return true
  }
}

extension LineEditor {
  /// The part of the line to draw in a field of `columns` columns, and the column of the cursor in it.
  ///
  /// It scrolls by halves of the field, so that the text stands still while the cursor moves within one half, and depends on
  /// the cursor alone. The field's last column is kept for a cursor behind the text.
  public func visible(columns: Int) -> (text: String, cursorColumn: Int) {
    guard columns > 0 else { return ("", 0) }
    let widths = characters.map(\.displayWidth)
    let before = widths[..<cursor].reduce(0, +)
    let stride = max(1, columns / 2)
    let cursorWidth = max(1, cursor < widths.count ? widths[cursor] : 1)
    var start = 0
    while before + cursorWidth - start > columns, start < before { start = min(before, start + stride) }
    var index = 0
    var column = 0
    while index < cursor, column < start {
      column += widths[index]
      index += 1
    }
    var end = index
    var used = 0
    while end < characters.count, used + widths[end] <= columns {
      used += widths[end]
      end += 1
    }
    return (String(characters[index..<end]), before - column)
  }
}
