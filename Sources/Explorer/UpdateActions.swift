import TUI
import Traces

extension State {
  /// Does what a key, a click or (later) a command line asks for.
  mutating func perform(_ action: Action) -> [Command] {
    switch action {
    case .step: return step()
    case .stepBack: return jump(steps: decode.steps.count - 1)
    case .run: return run()
    case .restart: return jump(steps: 0)
    case .stop: return stop()
    case .forceCandidate: return forceCandidate()
    case .decodeSentence: return decodeSentence()
    case .redraw: return [.redraw]
    case .suspend: return [.suspend]
    case .quit: return quit()
    case .interrupt: return [.quit]
    default:
      change(action)
      return []
    }
  }

  /// The actions that only change what is shown.
  private mutating func change(_ action: Action) {
    switch action {
    case .slower: changePace(by: -1)
    case .faster: changePace(by: 1)
    case .force, .nextPanel: switchPanel()
    case .leavePanel: focus = .view
    case .previousCandidate: selectCandidate(candidate - 1)
    case .nextCandidate: selectCandidate(candidate + 1)
    case .editSentence: editSentence()
    case .leaveSentence: leaveSentence()
    case .help: helpLine = 0
    case .closeHelp: helpLine = nil
    case .scrollDown: scrollHelp(by: 1)
    case .scrollUp: scrollHelp(by: -1)
    case .nextSheet: scrollHelp(by: Help.page(display))
    case .previousSheet: scrollHelp(by: -Help.page(display))
    case .matrixView: show(.matrix)
    case .headsView: show(.heads)
    case .tokensView: show(.tokens)
    case .openHead: openHead()
    case .nextSite: showNextSite()
    case .zoomOut: zoom(by: -1)
    case .zoomIn: zoom(by: 1)
    case .values: picture.showsValues.toggle()
    case .nextHead: changeHead { $0.nextHead(1, in: $1) }
    case .previousHead: changeHead { $0.nextHead(-1, in: $1) }
    case .nextLayer: changeHead { $0.nextLayer(1, in: $1) }
    case .previousLayer: changeHead { $0.nextLayer(-1, in: $1) }
    case .meanHeads: toggleMean()
    default: move(action)
    }
  }

  private mutating func switchPanel() {
    if focus == .candidates {
      focus = .view
    } else {
      focusCandidates()
    }
  }

  private mutating func focusCandidates() {
    guard let step = currentStep, !step.candidates.isEmpty else {
      notice = Notice(kind: .information, text: "no candidates yet: Space decodes a token")
      return
    }
    decode.isRunning = false
    cursor.follows = false
    focus = .candidates
    candidate = step.candidates.firstIndex { $0.token.id == step.token.id } ?? 0
  }

  private mutating func selectCandidate(_ index: Int) {
    guard let count = currentStep?.candidates.count, count > 0 else { return }
    candidate = min(count - 1, max(0, index))
  }

  private mutating func show(_ view: Picture.View) {
    guard decode.head != nil || view == .tokens else {
      notice = Notice(kind: .information, text: "this model has no attention, so there is nothing to draw of it")
      return
    }
    picture.view = view
    picture.back = nil
  }

  /// From the grid of heads to the matrix of the one under the cursor.
  mutating func openHead() {
    guard decode.matrix != nil else { return }
    picture.view = .matrix
    picture.back = .heads
  }

  /// One level back, and from the top out of the program.
  private mutating func quit() -> [Command] {
    guard let back = picture.back else { return [.quit] }
    picture.view = back
    picture.back = nil
    return []
  }

  private mutating func scrollHelp(by lines: Int) {
    helpLine = min(Help.lastTop(display), max(0, (helpLine ?? 0) + lines))
  }

  /// One size up or down from what is shown now; past the largest, back to fitting the window.
  private mutating func zoom(by offset: Int) {
    guard picture.view == .matrix else {
      picture.thumbnailZoom = min(
        HeadsLayout.zooms.upperBound, max(HeadsLayout.zooms.lowerBound, picture.thumbnailZoom + offset))
      return
    }
    guard let shown = ScreenLayout(self)?.matrix(self)?.rowHeight else { return }
    guard let next = RowHeight(rawValue: shown.rawValue + offset), next > .half || display.drawsHalfBlocks else {
      if offset > 0 { picture.rowHeight = nil }
      return
    }
    picture.rowHeight = next
  }
}
