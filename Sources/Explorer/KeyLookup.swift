import TUI
import Traces

extension KeyTable {
  /// Whether the action would do something now; the hint bar shows only those.
  static func isUseful(_ action: Action, _ state: State) -> Bool {
    let decode = state.decode
    switch action {
    case .step: return decode.trace != nil && !decode.hasEnded && !decode.isRunning
    case .run: return decode.trace != nil && !decode.hasEnded
    case .stepBack: return !decode.steps.isEmpty && !decode.isRunning
    case .stop: return decode.isRunning || decode.isWorking || state.jobs.visible != nil
    case .slower, .faster: return decode.isRunning
    case .force: return !decode.steps.isEmpty && !decode.isRunning && state.picture.view != .heads
    case .silence: return state.hasSeveralHeads && decode.head?.extent == .head && !decode.steps.isEmpty
    case .hide, .editRow: return !decode.steps.isEmpty && !decode.isRunning && decode.head?.extent == .head
    case .giveTarget, .cooler: return decode.trace != nil && decode.steps.isEmpty == false
    case .difference: return state.whatIf.difference != nil
    case .undo: return state.whatIf.canUndo
    case .left, .right, .up, .down: return state.canMove(action)
    case .matrixView: return decode.head != nil && state.picture.view != .matrix
    case .tokensView: return decode.head != nil && !decode.steps.isEmpty && state.picture.view != .tokens
    case .mathsView: return decode.head != nil && !decode.steps.isEmpty && state.picture.view == .matrix
    case .linesView: return decode.head != nil && state.picture.view == .matrix
    case .headsView: return state.hasSeveralHeads && state.picture.view != .heads
    case .openHead: return decode.matrix != nil
    case .tensorsView: return state.tensors.path != nil && state.picture.view != .tensors
    case .zoomOut: return decode.matrix != nil || state.context == .tensor
    case .find: return state.context == .tensors
    case .enterFolder: return state.picker?.chosen.map { $0.kind != .file } ?? false
    case .leaveFolder: return state.picker?.listing?.folder != nil
    case .nextSite: return (state.model?.sites.count ?? 0) > 1
    case .previousHead: return (state.headLayout?.heads ?? 1) > 1 && Context.headViews.contains(state.context)
    case .previousLayer: return (state.headLayout?.layers ?? 1) > 1 && Context.headViews.contains(state.context)
    case .meanHeads: return state.hasSeveralHeads
    case .previousSnapshot: return state.snapshots != nil || state.comparison?.current?.snapshots != nil
    case .comparisonView: return decode.matrix != nil && !decode.steps.isEmpty
    case .completePrompt: return state.prompt?.kind.isCompleted ?? false
    default: return true
    }
  }
}

extension State {
  var hasSeveralHeads: Bool { headLayout.map { $0.layers * $0.heads > 1 } ?? false }

  fileprivate func canMove(_ action: Action) -> Bool {
    guard focus == .view else { return true }
    let isSideways = action == .left || action == .right
    switch picture.view {
    case .matrix, .lines, .comparison:
      return isSideways ? (decode.chart?.columns.count ?? 0) > 1 : (decode.chart?.rows.count ?? 0) > 1
    case .heads: return hasSeveralHeads
    case .maths: return isSideways ? (decode.matrix?.rows ?? 0) > 1 : (decode.matrix?.columns ?? 0) > 1
    case .tokens: return !isSideways && decode.steps.count > 1
    case .tensors: return tensors.count > 1
    }
  }
}

/// How a key is written in the hint bar and the help.
struct KeyName {
  let glyphs: Glyphs

  func callAsFunction(_ keys: [Key]) -> String { keys.map(name).joined() }

  private func name(_ key: Key) -> String {
    let plain = key.name
    guard let glyph = glyph(key.code) else { return plain }
    return String(plain.dropLast(Key(key.code).name.count)) + glyph
  }

  /// The sign that stands for a key's name.
  private func glyph(_ code: Key.Code) -> String? {
    switch code {
    case .backspace: glyphs.backspace
    case .up: glyphs.up
    case .down: glyphs.down
    case .left: glyphs.left
    case .right: glyphs.right
    default: nil
    }
  }
}
