import TUI
import Traces

extension State {
  /// Does what a key, a click or the command line asks for.
  mutating func perform(_ action: Action) -> [Command] {
    if picture.view == .comparison, let comparison, comparison.focus > 0, KeyTable.changesFirst.contains(action) {
      let text = "what-ifs change the first decode: \(keyName(.nextPanel)) goes to it"
      notice = Notice(kind: .information, text: text)
      return []
    }
    switch action {
    case .step: return step()
    case .stepBack: return jump(steps: decode.steps.count - 1)
    case .run: return run()
    case .restart: return jump(steps: 0)
    case .stop: return stop()
    case .forceCandidate: return forceCandidate()
    case .silence: return silenceHead()
    case .silenceOthers: return silenceOtherHeads()
    case .hide: return hideToken()
    case .cooler: return changeTemperature(by: -1)
    case .warmer: return changeTemperature(by: 1)
    case .undo: return undo()
    case .redo: return redo()
    case .dropInterventions: return dropInterventions()
    case .decodeSentence: return decodeSentence()
    case .acceptPrompt: return acceptPrompt()
    case .redraw: return [.redraw]
    case .suspend: return [.suspend]
    case .quit: return quit()
    case .completePrompt: return completePrompt()
    case .openModel: return openPicker()
    case .acceptPicker: return acceptPicker()
    case .enterFolder: return enterFolder()
    case .leaveFolder: return leaveFolder()
    case .leavePicker: return leavePicker()
    case .answerYes: return answerYes()
    case .interrupt: return [.quit]
    case .comparisonView: return toggleComparison()
    case .previousSnapshot: return scrub(by: -1)
    case .nextSnapshot: return scrub(by: 1)
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
    // There is no room for the panel of candidates beside a comparison.
    case .force: picture.view == .comparison ? openTokenPrompt() : focusCandidates()
    case .typeToken: openTokenPrompt()
    case .editRow: openRowPrompt()
    case .giveTarget: openTargetPrompt()
    case .difference: showNextDifference()
    case .baseline: compareWithNextBaseline()
    case .editSentence: editSentence()
    case .leaveSentence: leaveSentence()
    case .nextSite, .nextHead, .previousHead, .nextLayer, .previousLayer, .meanHeads, .pathways:
      if let comparison, comparison.focus > 0, picture.view == .comparison {
        changeHeadBeside(action)
      } else {
        changeHead(by: action)
      }
    case .find: openPrompt(.search)
    case .findNext: find(by: 1)
    case .findPrevious: find(by: -1)
    case .commandLine: openPrompt(.command)
    case .nextEntry: picker?.move(by: 1)
    case .previousEntry: picker?.move(by: -1)
    case .answerNo: answerNo()
    case .leavePrompt: leavePrompt()
    default: changePicture(action)
    }
  }

  private mutating func changePicture(_ action: Action) {
    switch action {
    case .matrixView: show(.matrix)
    case .headsView: show(.heads)
    case .linesView: show(.lines)
    case .mathsView: show(.maths)
    case .tokensView: show(.tokens)
    case .tensorsView: show(.tensors)
    case .openTensor: openTensor()
    case .foldAll: tensors.foldAll()
    case .unfoldAll: tensors.unfoldAll()
    case .openHead: openHead()
    case .sortHeads: sortHeads()
    case .zoomOut: zoom(by: -1)
    case .zoomIn: zoom(by: 1)
    case .nextComparison: showNextOfComparison()
    case .allLines: picture.showsAllLines.toggle()
    case .values: settings.values = settings.values.next()
    case .scale: say("colours: \(settings.scale.next().name)") { $0.scale = $0.scale.next() }
    case .words: say("parts of words: \(settings.words.next().rawValue)") { $0.words = $0.words.next() }
    case .specialTokens:
      say("special tokens: \(settings.specialTokens.next().rawValue)") { $0.specialTokens = $0.specialTokens.next() }
    case .palette: say("palette: \(settings.nextPalette.rawValue)") { $0.palette = $0.nextPalette }
    case .background:
      say("for a \(settings.background.next().rawValue) background") { $0.background = $0.background.next() }
    default: changePanel(action)
    }
  }

  private mutating func changePanel(_ action: Action) {
    switch action {
    case .nextPanel: focusNextPanel()
    case .leavePanel: focus = .view
    case .largerPanels: say("panels: \(settings.panels.next().rawValue)") { $0.panels = $0.panels.next() }
    case .smallerPanels: say("panels: \(settings.panels.next(-1).rawValue)") { $0.panels = $0.panels.next(-1) }
    case .previousCandidate: selectCandidate(candidate - 1)
    case .nextCandidate: selectCandidate(candidate + 1)
    case .previousWeight: selectWeight(-1)
    case .nextWeight: selectWeight(1)
    case .help: openHelp()
    case .filterHelp: openPrompt(.filter)
    case .closeHelp: closeHelp()
    case .scrollDown: scrollHelp(by: 1)
    case .scrollUp: scrollHelp(by: -1)
    case .nextSheet: scrollHelp(by: Help.page(self))
    case .previousSheet: scrollHelp(by: -Help.page(self))
    default: move(action)
    }
  }

  /// Changes a setting and says what it is now.
  private mutating func say(_ text: String, _ change: (inout Settings) -> Void) {
    change(&settings)
    notice = Notice(kind: .information, text: text)
  }

  // MARK: Panels

  private mutating func focusNextPanel() {
    if picture.view == .comparison, focus == .view { return focusNextDecode() }
    switch focus {
    case .view: currentStep.map { $0.candidates.isEmpty } ?? true ? focusRow() : focusCandidates()
    case .candidates: focusRow()
    case .row, .sentence: focus = .view
    }
  }

  private mutating func focusCandidates() {
    guard let step = currentStep, !step.candidates.isEmpty else {
      notice = Notice(kind: .information, text: "no candidates yet: \(keyName(.step)) decodes a token")
      return
    }
    decode.isRunning = false
    cursor.follows = false
    focus = .candidates
    candidate = step.candidates.firstIndex { $0.token.id == step.token.id } ?? 0
  }

  private mutating func focusRow() {
    guard let chart = decode.chart, chart.rows.count > 0, chart.columns.count > 0 else {
      if focus == .view {
        notice = Notice(kind: .information, text: "no panel to go to yet: \(keyName(.step)) decodes a token")
      }
      focus = .view
      return
    }
    decode.isRunning = false
    cursor.follows = false
    focus = .row
  }

  private mutating func selectCandidate(_ index: Int) {
    guard let count = currentStep?.candidates.count, count > 0 else { return }
    candidate = min(count - 1, max(0, index))
  }

  /// Down or up the list of the row's weights.
  private mutating func selectWeight(_ offset: Int) {
    guard let chart = decode.chart, chart.rows.count > 0 else { return }
    let ranked = chart.columnsByWeight(row: chart.rows.place(of: row))
    guard let index = ranked.firstIndex(of: chart.columns.place(of: column)) else {
      column = chart.columns.token(at: ranked.first ?? 0)
      return
    }
    column = chart.columns.token(at: ranked[min(ranked.count - 1, max(0, index + offset))])
  }

  // MARK: Views

  private mutating func show(_ view: Picture.View) {
    guard canShow(view) else {
      let text =
        model == nil
        ? whyNoModel ?? "wait until the model is open"
        : "this model has no attention, so there is nothing to draw of it"
      notice = Notice(kind: .information, text: text)
      return
    }
    if picture.view != view { tensors.unread = [:] }
    picture.view = view
    picture.back = nil
  }

  private func canShow(_ view: Picture.View) -> Bool {
    switch view {
    case .tensors: tensors.path != nil
    case .tokens: whyNoModel == nil
    default: decode.head != nil
    }
  }

  private mutating func sortHeads() {
    picture.sort = picture.sort.next()
    let isMeasured = decode.ranking?.measures != nil
    let text = isMeasured ? "heads sorted by \(picture.sort.name)" : "these heads are not measured, so not sorted"
    notice = Notice(kind: .information, text: text)
  }

  /// From the grid of heads to the matrix of the one under the cursor.
  mutating func openHead() {
    guard decode.matrix != nil else { return }
    picture.view = .matrix
    picture.back = .heads
  }

  // MARK: Help

  private mutating func openHelp() {
    helpLine = 0
    helpFilter = ""
  }

  private mutating func closeHelp() {
    helpLine = nil
    helpFilter = ""
  }

  private mutating func scrollHelp(by lines: Int) {
    helpLine = min(Help.lastTop(self), max(0, (helpLine ?? 0) + lines))
  }

  // MARK: Zoom

  /// One size up or down from what is shown now; past the largest, back to fitting the window.
  private mutating func zoom(by offset: Int) {
    guard picture.view != .tensors else { return zoomTensor(by: offset) }
    guard picture.view != .heads else {
      let zooms = HeadsLayout.zooms
      picture.thumbnailZoom = min(zooms.upperBound, max(zooms.lowerBound, picture.thumbnailZoom + offset))
      return
    }
    guard let layout = matrixLayout, let drawn = decode.drawn else { return }
    var next = (picture.bin > 1 ? picture.zoom ?? 0 : layout.rowHeight.rawValue) + offset
    // Without half-blocks the step after whole lines is a bin.
    if next == 0, !display.drawsHalfBlocks { next += offset }
    let isAllInSight =
      layout.visibleRows.count >= drawn.rows.count && layout.visibleColumns.count >= drawn.columns.count
    if next < 0, offset < 0, isAllInSight {
      notice = Notice(kind: .information, text: "all of it is in sight")
    } else {
      picture.zoom = next > RowHeight.three.rawValue ? nil : next
    }
  }
}

extension Settings {
  /// The next palette for weights; the diverging ones are for differences.
  var nextPalette: Palette {
    var next = palette.next()
    while next.isDiverging { next = next.next() }
    return next
  }
}

extension Settings.Scale {
  var name: String {
    switch self {
    case .unit: "0 to 1"
    case .row: "0 to the row's largest"
    case .logarithmic: "logarithmic, 0.0001 to 1"
    }
  }
}
