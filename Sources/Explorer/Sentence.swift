import TUI

/// The source line: what is shown, and the editor while it is being changed.
struct Sentence: Sendable, Equatable {
  /// What was decoded last.
  private(set) var text = ""
  private(set) var editor = LineEditor()

  /// Puts the cursor at the end of what was decoded last.
  mutating func startEditing() {
    editor = LineEditor(text, history: editor.history)
  }

  mutating func edit(_ key: Key) { _ = editor.handle(key) }

  mutating func paste(_ text: String) { editor.insert(text) }

  /// Takes a text as the sentence and remembers it.
  ///
  /// - Parameter isTyping: whether somebody is typing another, which is not to be lost.
  mutating func accept(_ text: String, isTyping: Bool = false) {
    self.text = text
    guard !isTyping else { return }
    editor = LineEditor(text, history: editor.history)
    editor.remember()
  }
}

extension State {
  mutating func editSentence() {
    decode.isRunning = false
    focus = .sentence
    sentence.startEditing()
  }

  mutating func leaveSentence() {
    focus = .view
    sentence.startEditing()
  }

  mutating func decodeSentence() -> [Command] {
    let text = sentence.editor.text
    guard !text.allSatisfy(\.isWhitespace) else {
      notice = Notice(
        kind: .failure,
        text: "the sentence is empty: type some words, or press \(keyName(.leaveSentence)) to keep the old one")
      return []
    }
    if let whyNoModel {
      notice = Notice(kind: .information, text: whyNoModel)
      return []
    }
    focus = .view
    guard model != nil else {
      // Opening takes it up.
      sentence.accept(text)
      notice = Notice(kind: .information, text: "decoded as soon as the model is open")
      return []
    }
    return replaceSentence(with: text)
  }

  /// Decodes another sentence; the one before can be brought back with all that was changed.
  mutating func replaceSentence(with text: String) -> [Command] {
    if !whatIf.list.isEmpty {
      let remark = "what was changed belonged to the sentence before: \(keyName(.undo)) brings both back"
      notice = Notice(kind: .information, text: remark)
    }
    whatIf.change(toSentence: text, from: decode.steps.count)
    sentence.accept(text)
    return decodeAnew()
  }
}
