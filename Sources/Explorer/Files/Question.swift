/// Something that is asked before it is done, because it cannot be taken back.
struct Question: Sendable, Equatable {
  enum Consequence: Sendable, Equatable {
    case quit
    /// Open this model.
    case open(String)
    case write(FileRequest, label: String)
  }

  let text: String
  let yes: Consequence
}

extension State {
  mutating func answerYes() -> [Command] {
    guard let question else { return [] }
    self.question = nil
    switch question.yes {
    case .quit: return [.quit]
    case .open(let path): return beginOpening(path)
    case .write(let request, let label): return ask(.writing, request, label: label)
    }
  }

  mutating func answerNo() {
    question = nil
    notice = Notice(kind: .information, text: "nothing was done")
  }

  /// One level back, and from the top out of the program.
  mutating func quit() -> [Command] {
    if tensors.isOpen, picture.view == .tensors {
      tensors.isOpen = false
      return []
    }
    if picture.view == .comparison { return leaveComparison() }
    if let back = picture.back {
      picture.view = back
      picture.back = nil
      return []
    }
    guard hasUnsavedChanges else { return [.quit] }
    question = Question(
      text: "Your changes are not saved (:save keeps them). Leave?", yes: .quit)
    return []
  }

  /// Whether what was changed on purpose would be lost.
  var hasUnsavedChanges: Bool { !whatIf.list.isEmpty && whatIf.list != saved }
}
