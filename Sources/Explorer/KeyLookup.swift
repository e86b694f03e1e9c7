import TUI
import Traces

extension KeyTable {
  enum Match: Equatable {
    case action(Action)
    /// The keys so far begin a sequence.
    case beginning
    case nothing
  }

  /// What the keys typed so far mean in a context.
  static func find(_ typed: [Key], in context: Context) -> Match {
    var begins = false
    for binding in bindings where binding.contexts.contains(context) {
      for keys in binding.keys {
        if keys == typed { return .action(binding.action) }
        begins = begins || keys.starts(with: typed)
      }
    }
    return begins ? .beginning : .nothing
  }

  /// Whether the action would do something now; the hint bar shows only those.
  static func isUseful(_ action: Action, _ state: State) -> Bool {
    let decode = state.decode
    switch action {
    case .step: return decode.trace != nil && !decode.hasEnded && !decode.isRunning
    case .run: return decode.trace != nil && !decode.hasEnded
    case .stepBack: return !decode.steps.isEmpty && !decode.isRunning
    case .stop, .slower, .faster: return decode.isRunning
    case .force: return !decode.steps.isEmpty && !decode.isRunning && state.picture.view != .heads
    case .left, .right, .up, .down: return state.canMove(action)
    case .matrixView: return decode.head != nil && [.heads, .lines, .tokens].contains(state.picture.view)
    case .tokensView: return decode.head != nil && !decode.steps.isEmpty && state.picture.view != .tokens
    case .linesView: return decode.head != nil && state.picture.view == .matrix
    case .headsView: return state.hasSeveralHeads && state.picture.view != .heads
    case .openHead: return decode.matrix != nil
    case .zoomOut: return decode.matrix != nil
    case .nextSite: return (state.model?.sites.count ?? 0) > 1
    case .previousHead: return (state.headLayout?.heads ?? 1) > 1 && Context.headViews.contains(state.context)
    case .previousLayer: return (state.headLayout?.layers ?? 1) > 1 && Context.headViews.contains(state.context)
    case .meanHeads: return state.hasSeveralHeads
    case .completePrompt: return state.prompt?.kind == .command
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
    case .matrix, .lines:
      return isSideways ? (decode.chart?.columns.count ?? 0) > 1 : (decode.chart?.rows.count ?? 0) > 1
    case .heads: return hasSeveralHeads
    case .tokens: return !isSideways && decode.steps.count > 1
    }
  }
}

/// How a key is written in the hint bar and the help.
struct KeyName {
  let glyphs: Glyphs

  func callAsFunction(_ keys: [Key]) -> String { keys.map(name).joined() }

  private func name(_ key: Key) -> String {
    let base = base(key.code)
    var prefix = ""
    if key.modifiers.contains(.control) { prefix += "Ctrl-" }
    if key.modifiers.contains(.alt) { prefix += "Alt-" }
    if key.modifiers.contains(.shift) { prefix += "Shift-" }
    return prefix + base
  }

  private func base(_ code: Key.Code) -> String {
    switch code {
    case .character(" "): "Space"
    case .character(let character): String(character)
    case .enter: "Enter"
    case .escape: "Esc"
    case .tab: "Tab"
    case .backTab: "Shift-Tab"
    case .backspace: glyphs.backspace
    case .delete: "Delete"
    case .insert: "Insert"
    case .up: glyphs.up
    case .down: glyphs.down
    case .left: glyphs.left
    case .right: glyphs.right
    case .home: "Home"
    case .end: "End"
    case .pageUp: "PageUp"
    case .pageDown: "PageDown"
    case .function(let number): "F\(number)"
    }
  }
}
