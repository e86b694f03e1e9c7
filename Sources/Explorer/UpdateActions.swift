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
    case .quit, .interrupt: return [.quit]
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
    case .leavePanel: focus = .matrix
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
    case .matrixView: showMatrix()
    case .stepsView: picture.view = .steps
    case .zoomOut: zoom(by: -1)
    case .zoomIn: zoom(by: 1)
    case .values: picture.showsValues.toggle()
    case .nextHead: selectHead { $0.head += 1 }
    case .previousHead: selectHead { $0.head -= 1 }
    case .nextLayer: selectHead { $0.layer += 1 }
    case .previousLayer: selectHead { $0.layer -= 1 }
    case .meanHeads: toggleMean()
    default: move(action)
    }
  }

  private mutating func switchPanel() {
    if focus == .candidates {
      focus = .matrix
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

  private mutating func showMatrix() {
    guard decode.selection != nil else {
      notice = Notice(kind: .information, text: "this model has no attention, so there is no matrix")
      return
    }
    picture.view = .matrix
  }

  private mutating func scrollHelp(by lines: Int) {
    helpLine = min(Help.lastTop(display), max(0, (helpLine ?? 0) + lines))
  }

  /// One size up or down from what is shown now; past the largest, back to fitting the window.
  private mutating func zoom(by offset: Int) {
    guard let shown = ScreenLayout(self)?.matrix(self)?.rowHeight else { return }
    guard let next = RowHeight(rawValue: shown.rawValue + offset), next > .half || display.drawsHalfBlocks else {
      if offset > 0 { picture.rowHeight = nil }
      return
    }
    picture.rowHeight = next
  }

  /// Another head or layer, round and round.
  private mutating func selectHead(_ change: (inout HeadAddress) -> Void) {
    guard let selection = decode.selection, let shape = model?.heads(at: selection.site) else { return }
    var address =
      if case .head(let address) = selection { address } else { HeadAddress(site: selection.site, layer: 0, head: 0) }
    change(&address)
    address.layer = (address.layer + shape.layers) % max(1, shape.layers)
    address.head = (address.head + shape.heads) % max(1, shape.heads)
    decode.select(.head(address))
  }

  private mutating func toggleMean() {
    guard let selection = decode.selection else { return }
    switch selection {
    case .head(let address): decode.select(.mean(site: address.site, layer: nil))
    case .mean(let site, _): decode.select(.head(HeadAddress(site: site, layer: 0, head: 0)))
    }
  }
}
