import TUI

/// The list of what can be opened, narrowed by typing.
struct Picker: Sendable, Equatable {
  /// What becomes of what is chosen.
  enum Purpose: Sendable, Equatable {
    /// It takes the place of the model in use.
    case open
    /// It is put beside the decode.
    case compare
  }

  var purpose = Purpose.open
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

  /// A sentence that was typed where something is to be put beside; nil for what may be a name.
  var sentence: String? {
    guard purpose == .compare, chosen == nil, editor.text.contains(where: \.isWhitespace) else { return nil }
    return editor.text
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
  mutating func openPicker(to purpose: Picker.Purpose = .open) -> [Command] {
    decode.isRunning = false
    picker = Picker(purpose: purpose)
    return ask(.listing, .list(folder: nil))
  }

  mutating func leavePicker() -> [Command] {
    picker = nil
    return giveUp(.listing)
  }

  /// Opens what is chosen or puts it beside, or goes into the folder; a path that was typed is taken as it is, and with a slash
  /// at its end it is that of a folder to go into.
  mutating func acceptPicker() -> [Command] {
    guard let picker else { return [] }
    let typed = picker.editor.text
    if typed.hasSuffix("/") || typed == "~" { return ask(.listing, .list(folder: typed)) }
    if let sentence = picker.sentence { return leavePicker() + look(beside: .sentence(sentence)) }
    if typed.contains("/") || typed.hasPrefix("~") { return leavePicker() + choose(typed, to: picker.purpose) }
    guard let entry = picker.chosen else {
      guard picker.purpose == .compare, !picker.editor.isEmpty else { return [] }
      // What stands beside says itself that there is no such model.
      return leavePicker() + choose(typed, to: .compare)
    }
    return isPlace(entry)
      ? ask(.listing, .list(folder: entry.path)) : leavePicker() + choose(entry.path, to: picker.purpose)
  }

  private mutating func choose(_ path: String, to purpose: Picker.Purpose) -> [Command] {
    switch purpose {
    case .open: openModel(path)
    case .compare: look(beside: .model(path))
    }
  }

  private mutating func look(beside subject: Comparison.Subject) -> [Command] {
    do {
      return try compare(with: subject)
    } catch {
      notice = Notice(kind: .failure, text: "\(error)")
      return []
    }
  }

  /// Takes in what can be opened; where something is to be put beside, the snapshots of the run that is open come first.
  mutating func list(_ listing: FileListing) {
    var listing = listing
    if picker?.purpose == .compare, listing.folder == nil, let snapshots {
      let run = Self.lastName(of: snapshots.run)
      listing.entries =
        snapshots.entries.map { .init(kind: .snapshot, name: $0.label, path: $0.path, detail: run) } + listing.entries
    }
    picker?.show(listing)
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
