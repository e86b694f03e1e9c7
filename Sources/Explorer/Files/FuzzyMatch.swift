/// How well a name fits what was typed: its characters in order, not necessarily side by side.
struct FuzzyMatch: Sendable, Equatable {
  let score: Int
  /// Where the characters stand in the name.
  let places: [Int]

  /// nil if the name lacks a character, or has them in another order. Upper and lower case are the same; blanks in what was
  /// typed stand for nothing.
  init?(_ typed: String, in name: String) {
    let wanted = Array(typed.lowercased().filter { !$0.isWhitespace })
    let characters = Array(name)
    let lower = characters.map { $0.lowercased() }
    guard !wanted.isEmpty else {
      (score, places) = (0, [])
      return
    }
    var best: FuzzyMatch?
    // From each place where the first character stands; names are short.
    for start in lower.indices where lower[start] == String(wanted[0]) {
      guard let match = FuzzyMatch(wanted, characters, lower, from: start) else { break }
      if match.score > best?.score ?? .min { best = match }
    }
    guard let best else { return nil }
    self = best
  }

  private init?(_ wanted: [Character], _ characters: [Character], _ lower: [String], from start: Int) {
    var places: [Int] = []
    var score = 0
    var place = start
    for character in wanted {
      guard let found = lower[place...].firstIndex(of: String(character)) else { return nil }
      if let last = places.last, found == last + 1 { score += 8 }
      if Self.beginsWord(found, characters) { score += 6 }
      score -= min(found - place, 6)
      places.append(found)
      place = found + 1
    }
    // Of names that fit as well, the shorter one was more likely meant.
    self.score = score * 4 - min(characters.count, 100) / 4 - min(start, 8)
    self.places = places
  }

  private static func beginsWord(_ place: Int, _ characters: [Character]) -> Bool {
    guard place > 0 else { return true }
    let before = characters[place - 1]
    return !before.isLetter && !before.isNumber || before.isLowercase && characters[place].isUppercase
  }
}
