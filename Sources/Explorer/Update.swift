import TUI
import Traces

/// Takes in one event: changes the state and returns what is to be done, in order.
///
/// Pure and synchronous: the same state and event give the same result, and nothing here waits for a model.
public func update(_ state: inout State, _ event: Event) -> [Command] {
  defer { state.prepare() }
  switch event {
  case .terminal(let event): return state.take(event)
  case .opened(let model, let sentence): return state.open(model, sentence: sentence)
  case .traced(let trace, let generation): return state.take(trace, generation: generation)
  case .failed(let message, let generation):
    state.fail(message, generation: generation)
    return []
  case .progress(let label, let fraction):
    state.decode.progress = Decode.Progress(label: label, fraction: fraction)
    return []
  case .tick(let generation): return state.tick(generation: generation)
  }
}

extension State {
  /// Makes what the view needs and would be too slow to make for every picture.
  fileprivate mutating func prepare() {
    if picture.view == .heads, let layout = headLayout { decode.makeThumbnails(layout) }
  }

  mutating func take(_ event: TerminalEvent) -> [Command] {
    switch event {
    case .key(let key): return press(key)
    case .paste(let text): return paste(text)
    case .resize(let size):
      display.size = size
      return []
    case .mouse(let column, let row, let action):
      mouse(Position(column: column, row: row), action)
      return []
    case .resumed: return [.redraw]
    case .terminate: return [.quit]
    }
  }

  /// Looks the key up, alone or after the keys that a sequence began with.
  private mutating func press(_ key: Key) -> [Command] {
    notice = nil
    let typed = pendingKeys + [key]
    pendingKeys = []
    switch KeyTable.find(typed, in: context) {
    case .action(.editLine):
      sentence.edit(key)
      return []
    case .action(let action): return perform(action)
    case .beginning:
      pendingKeys = typed
      return []
    case .nothing:
      if typed.count > 1 { return press(key) }
      if context == .sentence { sentence.edit(key) }
      return []
    }
  }

  /// Text from the clipboard goes into the sentence, also when it was not being edited.
  private mutating func paste(_ text: String) -> [Command] {
    guard context != .help else { return [] }
    if focus != .sentence { _ = perform(.editSentence) }
    sentence.paste(text)
    return []
  }

  fileprivate mutating func open(_ model: ModelSummary, sentence text: String) -> [Command] {
    self.model = model
    decode.progress = nil
    decode.clear()
    decode.look(at: model.firstHead)
    picture.view = decode.head == nil ? .tokens : .matrix
    picture.back = nil
    guard !text.allSatisfy(\.isWhitespace) else {
      editSentence()
      return []
    }
    sentence.accept(text)
    return begin(text)
  }
}
