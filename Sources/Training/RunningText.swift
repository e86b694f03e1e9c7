import Text

/// A text and where each of its words stands in it.
struct RunningText: Equatable {
  private(set) var text = ""
  /// In UTF-8 bytes, in order.
  private(set) var words: [Range<Int>] = []

  /// A text as it is; its words are what white space parts.
  init(typed text: String) {
    self.text = text
    words = text.split(whereSeparator: \.isWhitespace).map {
      text.utf8.distance(
        from: text.startIndex, to: $0.startIndex)..<text.utf8.distance(
          from: text.startIndex, to: $0.endIndex)
    }
  }

  /// Words that a person has cut, written as running text: the text that a model was trained on has no blanks inside
  /// `l'eau` and none before a full stop.
  ///
  /// - Parameter spacesMarks: whether a blank stands before `?`, `!`, `;` and `:`, as in French.
  init(joining words: [String], spacesMarks: Bool) {
    var previous: String?
    for word in words {
      if let previous, Self.isSpaced(previous, word, spacesMarks: spacesMarks) { text += " " }
      let start = text.utf8.count
      text += word
      self.words.append(start..<text.utf8.count)
      previous = word
    }
  }

  /// The same, with the blanks that the tokenizer's vocabulary knows: where its training text had them a blank and a
  /// mark are one token.
  init(joining words: [String], for tokenizer: Tokenizer) {
    let spacesMarks = tokenizer.encode("a ?").count <= tokenizer.encode("a?").count
    self.init(joining: words, spacesMarks: spacesMarks)
  }

  private static func isSpaced(_ left: String, _ right: String, spacesMarks: Bool) -> Bool {
    if [".", ",", "…", "...", ")", "]", "n't"].contains(right) || ["(", "["].contains(left) { return false }
    if ["?", "!", ";", ":"].contains(right) { return spacesMarks }
    if right.count > 1, isApostrophe(right.first), right.dropFirst().allSatisfy(\.isLetter) { return false }  // 's
    return !isElided(left)
  }

  /// `l'` and `qu'`, but not the possessive of `dogs'`.
  private static func isElided(_ word: String) -> Bool {
    let letters = word.dropLast()
    guard isApostrophe(word.last), let last = letters.last, last.isLetter else { return false }
    return letters.count == 1 || (last != "s" && last != "S")
  }

  private static func isApostrophe(_ character: Character?) -> Bool { character == "'" || character == "’" }
}
