import TUI

extension KeyTable {
  /// Changing the run on purpose; where decodes stand side by side, that of the first.
  static let whatIf: [Binding] = [
    Binding(.force, .whatIf, .character("f"), hint: "force", does: "Force another token at this step"),
    Binding(
      .silence, .whatIf, in: Context.headViews + [.heads], .character("x"), hint: "silence",
      does: "Silence this head, or not"),
    Binding(
      .silenceOthers, .whatIf, in: Context.headViews + [.heads], .character("X"),
      does: "Silence all others of the site, or not"),
    Binding(
      .hide, .whatIf, in: Context.headViews, .character("H"), hint: "hide", does: "Hide this source token, or not"),
    Binding(.editRow, .whatIf, in: Context.headViews, .character("e"), hint: "row", does: "Set this row of weights"),
    Binding(.giveTarget, .whatIf, .character("t"), hint: "target", does: "Give the target (teacher-forced)"),
    Binding(
      .cooler, .whatIf, .character("<"), hint: "temperature", with: [.cooler, .warmer],
      does: "Lower attention temperature"),
    Binding(.warmer, .whatIf, .character(">"), does: "Higher attention temperature"),
    Binding(
      .difference, .whatIf, in: Context.oneDecode, .character("d"), hint: "difference",
      does: "Difference, before, after"),
    Binding(.baseline, .whatIf, in: Context.oneDecode, .character("D"), does: "Before: the last change, or any"),
    Binding(.undo, .whatIf, .character("u"), hint: "undo", does: "Undo the last change"),
    Binding(.redo, .whatIf, .control("r"), does: "Do again what was undone"),
    Binding(.dropInterventions, .whatIf, .character("U"), does: "Leave the model alone again"),
  ]

  /// What only the first of several decodes can do.
  static let changesFirst = Set(whatIf.map(\.action))
}
