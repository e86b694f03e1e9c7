import TUI
import Traces

/// Takes in one event: changes the state and returns what is to be done, in order.
///
/// Pure and synchronous: the same state and event give the same result, and nothing here waits for a model.
public func update(_ state: inout State, _ event: Event) -> [Command] {
  let handled = state.handle(event)
  state.goOnRestoring(after: event)
  let commands = handled + state.lookAtTensors()
  let others = state.commandsForOthers()
  state.prepare()
  return commands + others + state.ask() + state.commandsForWork()
}

extension State {
  fileprivate mutating func handle(_ event: Event) -> [Command] {
    switch event {
    case .terminal(let event): return take(event)
    case .opened(let model, let sentence): return open(model, sentence: sentence)
    case .traced(let trace, let generation): return take(trace, generation: generation)
    case .tokens(let tokens, let query, let generation): return take(tokens, for: query, generation: generation)
    case .working(let working, let generation): take(working, generation: generation)
    case .compared(let difference, let generation): take(difference, generation: generation)
    case .failed(let message, let generation): fail(message, generation: generation)
    case .progress(let label, let fraction): decode.progress = Decode.Progress(label: label, fraction: fraction)
    case .file(let answer, let job): return take(answer, job: job)
    case .jobProgress(let fraction, let job): jobs.report(fraction, of: job)
    case .onlyTensors(let checkpoint, let reason): open(checkpoint, reason: reason)
    case .restored(let session, let file): restore(session, from: file)
    case .beside(let slot, let event, let generation): take(event, slot: slot, generation: generation)
    case .snapshots(let found): take(found)
    case .worked(let worked): take(worked)
    case .tick(let generation): return tick(generation: generation)
    }
    return []
  }

  /// Makes what the view needs and would be too slow to make for every picture.
  fileprivate mutating func prepare() {
    decode.bin = picture.bin
    prepareComparison()
    guard picture.view == .heads, let layout = headLayout else { return }
    decode.makeThumbnails(layout)
    decode.rank(by: picture.sort)
  }

  mutating func take(_ event: TerminalEvent) -> [Command] {
    switch event {
    case .key(let key): return press(key)
    case .paste(let text): return paste(text)
    case .resize(let size):
      display.size = size
      return []
    case .mouse(let column, let row, let action):
      return mouse(Position(column: column, row: row), action)
    case .resumed: return [.redraw]
    case .terminate: return [.quit]
    }
  }

  /// Looks the key up, alone or after the keys that a sequence began with.
  mutating func press(_ key: Key) -> [Command] {
    notice = nil
    let typed = pendingKeys + [key]
    pendingKeys = []
    switch keys.find(typed, in: context) {
    case .action(.editLine):
      edit(key)
      return []
    case .action(let action): return perform(action)
    case .beginning:
      pendingKeys = typed
      return []
    case .nothing:
      if typed.count > 1 { return press(key) }
      return pressUnbound(key)
    }
  }

  /// A key that means nothing here is text where a line is typed, and in the help it is the key that was looked for.
  private mutating func pressUnbound(_ key: Key) -> [Command] {
    switch context {
    case .sentence, .prompt:
      edit(key)
      return []
    case .picker: return editPicker(key)
    case .help:
      guard keys.find([key], in: contextUnderHelp) != .nothing else { return [] }
      helpLine = nil
      return press(key)
    default: return []
    }
  }

  private mutating func edit(_ key: Key) {
    if prompt != nil { editPrompt(key) } else { sentence.edit(key) }
  }

  /// Text from the clipboard goes into the line that is typed, and if there is none into the sentence.
  private mutating func paste(_ text: String) -> [Command] {
    if prompt != nil {
      prompt?.editor.insert(text)
      return []
    }
    if picker != nil {
      picker?.insert(text)
      return []
    }
    guard context != .help, context != .question, whyNoModel == nil else { return [] }
    if focus != .sentence { _ = perform(.editSentence) }
    sentence.paste(text)
    return []
  }

  mutating func open(_ model: ModelSummary, sentence: String) -> [Command] {
    // One that was typed while the model was being opened comes first.
    let text = self.model == nil && !self.sentence.text.isEmpty ? self.sentence.text : sentence
    self.model = model
    snapshots = nil
    whyNoModel = nil
    tensors = Tensors(path: model.model.path)
    // Their answers would be about the old one's numbers.
    let given = [Jobs.Kind.inspecting, .measuring, .reading].flatMap { giveUp($0) }
    saved = []
    decode.progress = nil
    decode.clear()
    decode.look(at: model.firstHead)
    if decode.head == nil || picture.view != .comparison {
      picture.view = decode.head == nil ? .tokens : .matrix
      picture.back = nil
    }
    guard !text.allSatisfy(\.isWhitespace) else {
      editSentence()
      return given
    }
    self.sentence.accept(text, isTyping: focus == .sentence && !self.sentence.editor.isEmpty)
    if let session = restoring?.session, session.sentence == text { return given + begin(session) }
    return given + begin(text)
  }
}
