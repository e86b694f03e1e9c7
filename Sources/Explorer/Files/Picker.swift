import TUI

/// The list of what can be opened, narrowed by typing.
struct Picker: Sendable, Equatable {
  /// What is typed.
  var editor = LineEditor()
  private(set) var listing: FileListing?
  /// Why the folder cannot be listed.
  var failure: String?
  /// The place of the chosen one among `matches`.
  private(set) var selected = 0
  /// What fits, best first; as the listing has them while nothing is typed.
  private(set) var matches: [Match] = []

  struct Match: Sendable, Equatable {
    let entry: FileListing.Entry
    /// The characters of its name that were typed.
    let places: [Int]
  }

  var chosen: FileListing.Entry? { matches.indices.contains(selected) ? matches[selected].entry : nil }

  mutating func show(_ listing: FileListing) {
    self.listing = listing
    failure = nil
    editor = LineEditor()
    match()
    // In a folder the way back stands first, but is not what one came for.
    if matches.first?.entry.kind == .parent, matches.count > 1 { selected = 1 }
  }

  mutating func edit(_ key: Key) {
    _ = editor.handle(key)
    failure = nil
    match()
  }

  mutating func insert(_ text: String) {
    editor.insert(text)
    match()
  }

  mutating func move(by offset: Int) { selected = max(0, min(matches.count - 1, selected + offset)) }

  mutating func select(_ place: Int) { if matches.indices.contains(place) { selected = place } }

  private mutating func match() {
    let typed = editor.text
    selected = 0
    let entries = (listing?.entries ?? []).filter {
      !$0.name.hasPrefix(".") || $0.kind == .parent || typed.hasPrefix(".")
    }
    guard !typed.allSatisfy(\.isWhitespace) else {
      matches = entries.map { Match(entry: $0, places: []) }
      return
    }
    let found = entries.enumerated().compactMap { index, entry in
      FuzzyMatch(typed, in: entry.name).map { match in
        // One came for a model; folders are on the way to it.
        (index, match.score - (entry.kind.isFolder ? 20 : 0), Match(entry: entry, places: match.places))
      }
    }
    matches = found.sorted { ($1.1, $0.0) < ($0.1, $1.0) }.map(\.2)
  }
}

extension State {
  mutating func openPicker() -> [Command] {
    decode.isRunning = false
    picker = Picker()
    return ask(.listing, .list(folder: nil))
  }

  mutating func leavePicker() -> [Command] {
    picker = nil
    return giveUp(.listing)
  }

  /// Opens what is chosen, or goes into the folder; a path that was typed is taken as it is, and with a slash at its end it
  /// is that of a folder to go into.
  mutating func acceptPicker() -> [Command] {
    guard let picker else { return [] }
    let typed = picker.editor.text
    if typed.hasSuffix("/") || typed == "~" { return ask(.listing, .list(folder: typed)) }
    if typed.contains("/") || typed.hasPrefix("~") { return leavePicker() + openModel(typed) }
    guard let entry = picker.chosen else { return [] }
    return isPlace(entry) ? ask(.listing, .list(folder: entry.path)) : leavePicker() + openModel(entry.path)
  }

  /// Into a folder, also one that could be opened.
  mutating func enterFolder() -> [Command] {
    guard let entry = picker?.chosen, entry.kind != .file else { return [] }
    return ask(.listing, .list(folder: entry.path))
  }

  /// To the folder above, and from a folder of the file system's top to the places to begin with.
  mutating func leaveFolder() -> [Command] {
    guard let listing = picker?.listing, let folder = listing.folder else { return [] }
    let parent = listing.entries.first { $0.kind == .parent }?.path
    return ask(.listing, .list(folder: parent == folder ? nil : parent))
  }

  private func isPlace(_ entry: FileListing.Entry) -> Bool { entry.kind == .folder || entry.kind == .parent }

  mutating func editPicker(_ key: Key) -> [Command] {
    // Deleting where nothing is typed goes up.
    if picker?.editor.isEmpty == true, key.code == .backspace { return leaveFolder() }
    picker?.edit(key)
    return []
  }
}
