import TUI
import Traces

/// Putting decodes beside the first, and keeping them in step with it.
extension State {
  /// `c`: into the comparison, or out of it; where there is none, asks what to put beside.
  mutating func toggleComparison() -> [Command] {
    if picture.view == .comparison { return leaveComparison() }
    guard decode.head != nil, decode.trace != nil else {
      let text = model == nil ? "wait until the model is open" : "there is no attention here to compare"
      notice = Notice(kind: .information, text: text)
      return []
    }
    if comparison == nil { return openPicker(to: .compare) }
    enterComparison()
    return []
  }

  private mutating func enterComparison() {
    if picture.view != .comparison { picture.back = picture.view }
    picture.view = .comparison
    focus = .view
  }

  /// Back to the first decode alone.
  mutating func leaveComparison() -> [Command] {
    picture.view = picture.back ?? .matrix
    picture.back = nil
    return closeComparison()
  }

  /// Gives up all others; what the picture shows must be seen to by the caller.
  mutating func closeComparison() -> [Command] {
    defer { comparison = nil }
    return (comparison?.others ?? []).map { .beside(slot: $0.slot, .close, generation: $0.generation) }
  }

  /// Puts one more beside; beyond the most that there may be, in place of the chosen one.
  ///
  /// - Throws: `CommandError` while there is nothing to compare with.
  mutating func compare(with subject: Comparison.Subject) throws -> [Command] {
    guard decode.head != nil, decode.trace != nil else {
      throw CommandError(text: "there is no attention here to compare")
    }
    let closed = putBeside(subject)
    enterComparison()
    return closed
  }

  /// The same without going there.
  @discardableResult
  mutating func putBeside(_ subject: Comparison.Subject) -> [Command] {
    var comparison = self.comparison ?? Comparison()
    var other = Comparison.Other(slot: comparison.nextSlot, subject: subject)
    comparison.nextSlot += 1
    other.decode.options = decode.options
    var closed: [Command] = []
    if comparison.others.count < Comparison.mostOthers {
      comparison.others.append(other)
      comparison.chosen = comparison.others.count - 1
    } else {
      let old = comparison.others[comparison.chosen]
      closed = [.beside(slot: old.slot, .close, generation: old.generation)]
      comparison.others[comparison.chosen] = other
    }
    comparison.focus = 0
    self.comparison = comparison
    return closed
  }

  /// Takes in what an engine beside the first has to say.
  mutating func take(_ event: BesideEvent, slot: Int, generation: Int) {
    guard let index = comparison?.others.firstIndex(where: { $0.slot == slot }),
      var other = comparison?.others[index], other.generation == generation
    else { return }
    other.isWaiting = false
    switch event {
    case .opened(let model, let snapshots):
      let isSameKind = other.model?.attention == model.attention
      other.model = model
      other.failure = model.attention.isEmpty ? "\(model.model.name) has no attention to compare" : nil
      if let snapshots { other.snapshots = snapshots }
      if !isSameKind || other.decode.head == nil { other.decode.look(at: model.head(like: decode.head)) }
    case .traced(let trace):
      other.failure = other.decode.head == nil ? other.failure : nil
      other.decode.show(trace)
    case .failed(let reason): other.failure = reason
    }
    comparison?.others[index] = other
  }

  /// What must be asked of the others so that each has the same sentence and is decoded as far as the first.
  mutating func commandsForOthers() -> [Command] {
    guard var comparison, decode.trace != nil else { return [] }
    var commands: [Command] = []
    for index in comparison.others.indices {
      commands += comparison.others[index].keepUp(
        model: model?.model.path ?? "", text: sentence.text, steps: decode.hasEnded ? nil : decode.steps.count)
    }
    self.comparison = comparison
    return commands
  }

  // MARK: In step

  /// Makes the others look where the first does, and what the view needs of them.
  mutating func prepareComparison() {
    guard var comparison else { return }
    for index in comparison.others.indices {
      var other = comparison.others[index]
      other.decode.options = decode.options
      other.decode.bin = decode.bin
      if other.followsHead, let head = decode.head, head != other.decode.head,
        model?.layout(at: head.site) == other.model?.layout(at: head.site)
      {
        other.decode.look(at: head)
      }
      let key = [decode.revision, other.decode.revision, decode.bin]
      if key != other.differenceKey {
        other.difference = Difference(decode, other.decode)
        other.drawnDifference = decode.bin > 1 ? other.difference?.chart.binned(by: decode.bin) : nil
        other.differenceKey = key
      }
      comparison.others[index] = other
    }
    let longest = comparison.current?.difference?.rows.count ?? 0
    let place = decode.chart.map { $0.rows.place(of: row) } ?? 0
    let isAtEnd = place == (decode.chart?.rows.count ?? 0) - 1
    comparison.beyond = isAtEnd ? min(comparison.beyond, max(0, longest - 1 - place)) : 0
    self.comparison = comparison
  }

  /// `Tab`: to the next of the decodes.
  mutating func focusNextDecode() {
    guard var comparison else { return }
    comparison.focus = (comparison.focus + 1) % (comparison.others.count + 1)
    if comparison.focus > 0 { comparison.chosen = comparison.focus - 1 }
    self.comparison = comparison
  }

  mutating func showNextOfComparison() {
    guard let shows = comparison?.shows.next() else { return }
    comparison?.shows = shows
    let text =
      switch shows {
      case .all: "as many pictures as there is room for, and the difference"
      case .difference: "the difference alone"
      case .pictures: "the pictures without their difference"
      }
    notice = Notice(kind: .information, text: text)
  }

  /// A key of heads while another than the first decode has the focus.
  mutating func changeHeadBeside(_ action: Action) {
    guard let index = comparison.map({ $0.focus - 1 }), var side = beside(index) else { return }
    side.changeHead(by: action)
    comparison?.others[index].decode.look(at: side.decode.head)
    comparison?.others[index].followsHead = false
    notice = side.notice
  }
}

extension Comparison.Other {
  /// Asks for what it lacks; nothing while it has been asked for it already.
  fileprivate mutating func keepUp(model path: String, text: String, steps: Int?) -> [Command] {
    let (wanted, sentence) =
      switch subject {
      case .model(let name): (name, text)
      case .sentence(let own): (path, own)
      }
    if askedModel != wanted {
      (askedModel, askedText, model, failure) = (wanted, nil, nil, nil)
      return [ask(.open(model: wanted))]
    }
    guard model != nil, decode.head != nil else { return [] }
    var commands: [Command] = []
    if askedText != sentence {
      (askedText, askedSteps) = (sentence, 0)
      commands.append(ask(.decode(text: sentence)))
    }
    if askedSteps != steps {
      askedSteps = steps
      commands.append(ask(.jump(steps: steps ?? .max)))
    }
    return commands
  }

  private mutating func ask(_ command: BesideCommand) -> Command {
    generation += 1
    isWaiting = true
    return .beside(slot: slot, command, generation: generation)
  }
}

extension ModelSummary {
  /// The same layer and head as another model's, where this one has them; else its own first, at the same site if it can be.
  func head(like other: HeadCursor?) -> HeadCursor? {
    guard let other, let layout = layout(at: other.site) else { return firstHead }
    var head = HeadCursor(site: other.site, layer: max(0, layout.layers - 1))
    if other.layer < layout.layers, other.head < layout.heads { (head.layer, head.head) = (other.layer, other.head) }
    return head
  }
}
