import TUI

/// Where a key is pressed; a binding holds in some of them.
enum Context: String, Sendable, CaseIterable {
  case matrix, heads, lines, maths, tokens, comparison
  /// The tree of tensors, and one of them as a matrix.
  case tensors, tensor
  case candidates, row, sentence, prompt, picker, question, help

  init(_ view: Picture.View) {
    switch view {
    case .matrix: self = .matrix
    case .heads: self = .heads
    case .lines: self = .lines
    case .maths: self = .maths
    case .tokens: self = .tokens
    case .comparison: self = .comparison
    case .tensors: self = .tensors
    }
  }

  /// The pictures of a decode, in which most keys hold.
  static let views: [Self] = oneDecode + [.comparison]
  /// The pictures of one decode alone.
  static let oneDecode: [Self] = [.matrix, .heads, .lines, .maths, .tokens]
  /// Everything that a number key shows, and several decodes.
  static let anyView: [Self] = views + [.tensors, .tensor]
  /// The views of single heads.
  static let headViews: [Self] = oneHead + [.comparison]
  /// The views of one head of one decode.
  static let oneHead: [Self] = [.matrix, .lines, .maths]
  /// The views of matrices.
  static let matrixViews: [Self] = [.matrix, .comparison]
  static let panels: [Self] = [.candidates, .row]
  /// Where plain characters are text.
  static let typing: [Self] = [.sentence, .prompt, .picker]
}

/// One row of the table of keys: what the keys do, and the words that the hint bar and the help say about it.
struct Binding: Sendable, Equatable {
  enum Group: String, Sendable, CaseIterable {
    case decoding = "Decode"
    case whatIf = "What if"
    case moving = "Move"
    case heads = "Site, layer, head"
    case picture = "Picture"
    case tensors = "Tensors"
    case panels = "Panels"
    case files = "Models and files"
    case program = "Program"
    case sentence = "While a line is typed"

    /// Where its keys hold if a binding says nothing else.
    var contexts: [Context] {
      switch self {
      case .moving, .program: Context.anyView
      default: Context.views
      }
    }
  }

  let action: Action
  let group: Group
  let contexts: [Context]
  /// Each is a sequence of keys typed one after the other, most often of one key.
  var keys: [[Key]]
  /// One word for the hint bar; nil keeps the binding out of it.
  let hint: String?
  /// The actions whose keys the hint bar shows where one word stands for several bindings; empty for this one alone.
  let hintActions: [Action]
  /// A short sentence without a full stop.
  let help: String

  init(
    _ action: Action, _ group: Group, in contexts: [Context]? = nil, _ keys: Key..., sequence: [Key]? = nil,
    hint: String? = nil, with hintActions: [Action] = [], does help: String
  ) {
    self.action = action
    self.group = group
    self.contexts = contexts ?? group.contexts
    self.keys = (sequence.map { [$0] } ?? []) + keys.map { [$0] }
    self.hint = hint
    self.hintActions = hintActions
    self.help = help
  }
}

/// The one table of keys: `update` looks actions up in it, and the hint bar, the help, the command line and the manual page
/// are made from it. What a person has bound differently lies over it as a `KeyMap`.
enum KeyTable {
  /// In the order of the hint bar and of the help.
  static let bindings: [Binding] =
    decoding + whatIf + tensors + heads + moving + picture + panels + files + program + lines

  private static let decoding: [Binding] = [
    Binding(.openHead, .heads, in: [.heads], Key(.enter), hint: "open", does: "Open this head's matrix"),
    Binding(.step, .decoding, .character(" "), hint: "step", does: "Decode one more token"),
    Binding(.stepBack, .decoding, Key(.backspace), hint: "back", does: "Take the last token back"),
    Binding(.run, .decoding, .character("r"), hint: "run", does: "Run to the end; again to stop"),
    Binding(.restart, .decoding, .character("R"), does: "Back to the start of the decode"),
    Binding(.slower, .decoding, .character("-"), hint: "pace", with: [.slower, .faster], does: "Run slower"),
    Binding(.faster, .decoding, .character("="), does: "Run faster"),
    Binding(.stop, .decoding, in: Context.anyView, Key(.escape), hint: "stop", does: "Stop what is running"),
    Binding(.editSentence, .decoding, .character("i"), hint: "edit", does: "Edit the sentence"),
  ]

  private static let heads: [Binding] = [
    Binding(.nextSite, .heads, .character("s"), hint: "site", does: "Cross, encoder or decoder attention"),
    Binding(
      .previousHead, .heads, .character("["), hint: "head", with: [.previousHead, .nextHead], does: "Previous head"),
    Binding(.nextHead, .heads, .character("]"), does: "Next head"),
    Binding(
      .previousLayer, .heads, .character("{"), hint: "layer", with: [.previousLayer, .nextLayer], does: "Previous layer"
    ),
    Binding(.nextLayer, .heads, .character("}"), does: "Next layer"),
    Binding(.meanHeads, .heads, .character("m"), hint: "mean", does: "Mean of the layer, of all, one head"),
    Binding(.pathways, .heads, .character("A"), does: "Attention rollout, flow, one head"),
    Binding(
      .previousSnapshot, .heads, .character("("), hint: "snapshot", with: [.previousSnapshot, .nextSnapshot],
      does: "The training run's snapshot before"),
    Binding(.nextSnapshot, .heads, .character(")"), does: "The snapshot after, sentence kept"),
  ]

  private static let moving: [Binding] = [
    Binding(
      .left, .moving, .character("h"), Key(.left), hint: "move", with: [.left, .down, .up, .right],
      does: "One column left"),
    Binding(.down, .moving, .character("j"), Key(.down), does: "One row down"),
    Binding(.up, .moving, .character("k"), Key(.up), does: "One row up"),
    Binding(.right, .moving, .character("l"), Key(.right), does: "One column right"),
    Binding(.strongest, .moving, in: Context.headViews, .character("*"), does: "Strongest column of the row"),
    Binding(.previousChange, .moving, .character(","), does: "Back to where the strongest changes"),
    Binding(.nextChange, .moving, .character(";"), does: "On to where the strongest changes"),
    Binding(.firstColumn, .moving, .character("0"), Key(.home), does: "First column"),
    Binding(.lastColumn, .moving, .character("$"), Key(.end), does: "Last column"),
    Binding(.firstRow, .moving, sequence: [.character("g"), .character("g")], does: "First row"),
    Binding(.lastRow, .moving, .character("G"), does: "Last row"),
    Binding(.pageUp, .moving, .control("u"), Key(.pageUp), does: "Half a page up"),
    Binding(.pageDown, .moving, .control("d"), Key(.pageDown), does: "Half a page down"),
    Binding(
      .find, .moving, in: Context.views + [.tensors], .character("/"), hint: "find", does: "Find a token or a tensor"),
    Binding(.findNext, .moving, in: Context.views + [.tensors], .character("n"), does: "The next one found"),
    Binding(.findPrevious, .moving, in: Context.views + [.tensors], .character("N"), does: "The one found before"),
  ]

  private static let picture: [Binding] = [
    Binding(.matrixView, .picture, in: Context.anyView, .character("1"), hint: "matrix", does: "Matrix of weights"),
    Binding(
      .headsView, .picture, in: Context.anyView, .character("2"), hint: "heads",
      does: "All layers and heads as small pictures"),
    Binding(
      .linesView, .picture, in: Context.anyView, .character("3"), hint: "lines",
      does: "Lines from tokens to what they look at"),
    Binding(
      .mathsView, .picture, in: Context.anyView, .character("4"), hint: "maths",
      does: "This row worked through in numbers"),
    Binding(
      .tokensView, .picture, in: Context.anyView, .character("5"), hint: "tokens",
      does: "List of steps and their rivals"),
    Binding(
      .tensorsView, .picture, in: Context.anyView, .character("6"), hint: "tensors",
      does: "Tensors of the checkpoint"),
    Binding(
      .comparisonView, .picture, .character("c"), hint: "compare",
      does: "Another model or sentence beside it"),
    Binding(
      .nextComparison, .picture, in: [.comparison], .character("d"), hint: "difference",
      does: "Difference alone, pictures alone, both"),
    Binding(
      .zoomOut, .picture, in: Context.matrixViews + [.heads, .tensor], .character("z"), hint: "zoom",
      with: [.zoomOut, .zoomIn], does: "Zoom out"),
    Binding(.zoomIn, .picture, in: Context.matrixViews + [.heads, .tensor], .character("Z"), does: "Zoom in"),
    Binding(.sortHeads, .picture, in: [.heads], .character("O"), hint: "sort", does: "Sort the heads by what they do"),
    Binding(.allLines, .picture, in: [.lines], .character("a"), hint: "all", does: "Lines of all rows, or of this one"),
    Binding(.values, .picture, in: Context.matrixViews, .character("v"), does: "Show or hide the numbers"),
    Binding(.scale, .picture, .character("S"), does: "Colour scale: 0-1, row, logarithmic"),
    Binding(.words, .picture, .character("w"), does: "Merge or split the parts of words"),
    Binding(.specialTokens, .picture, .character("."), does: "Special tokens shown, dimmed or hidden"),
    Binding(.palette, .picture, .character("P"), does: "Next palette"),
    Binding(.background, .picture, in: Context.anyView, .character("B"), does: "For a dark or a light background"),
  ]

  private static let panels: [Binding] = [
    Binding(.nextPanel, .panels, in: Context.views + Context.panels, Key(.tab), does: "Into the next panel"),
    Binding(.largerPanels, .panels, in: Context.views + Context.panels, .character("+"), does: "Wider panels"),
    Binding(.smallerPanels, .panels, in: Context.views + Context.panels, .character("_"), does: "Narrower panels"),
    Binding(
      .previousCandidate, .panels, in: [.candidates], .character("k"), Key(.up), hint: "choose",
      with: [.nextCandidate, .previousCandidate], does: "Candidate above"),
    Binding(.nextCandidate, .panels, in: [.candidates], .character("j"), Key(.down), does: "Candidate below"),
    Binding(
      .forceCandidate, .panels, in: [.candidates], Key(.enter), hint: "force this token",
      does: "Force it at this step and go on"),
    Binding(
      .previousWeight, .panels, in: [.row], .character("k"), Key(.up), hint: "choose",
      with: [.nextWeight, .previousWeight], does: "The next larger weight of the row"),
    Binding(.nextWeight, .panels, in: [.row], .character("j"), Key(.down), does: "The next smaller weight"),
    Binding(
      .typeToken, .panels, in: [.candidates], .character("f"), hint: "type one", does: "Type a token to force instead"),
    Binding(
      .leavePanel, .panels, in: Context.panels, Key(.escape), .character("q"), hint: "back",
      does: "Back to the picture"),
  ]

  private static let tensors: [Binding] = [
    Binding(
      .openTensor, .tensors, in: [.tensors], Key(.enter), hint: "open", does: "Fold a branch, or open a tensor"),
    Binding(
      .foldAll, .tensors, in: [.tensors], .character("z"), hint: "fold all", with: [.foldAll, .unfoldAll],
      does: "Fold all branches"),
    Binding(.unfoldAll, .tensors, in: [.tensors], .character("Z"), does: "Unfold all branches"),
  ]

  private static let files: [Binding] = [
    Binding(
      .openModel, .files, in: Context.anyView, .character("o"), hint: "model",
      does: "Open a model: samples, recent, folders"),
    Binding(.acceptPicker, .files, in: [.picker], Key(.enter), hint: "open", does: "Open it, or go into the folder"),
    Binding(
      .nextEntry, .files, in: [.picker], Key(.down), .control("n"), hint: "choose", with: [.nextEntry, .previousEntry],
      does: "Entry below"),
    Binding(.previousEntry, .files, in: [.picker], Key(.up), .control("p"), does: "Entry above"),
    Binding(.enterFolder, .files, in: [.picker], Key(.tab), hint: "into", does: "Into the folder"),
    Binding(.leaveFolder, .files, in: [.picker], Key(.backTab), hint: "up", does: "To the folder above"),
    Binding(.leavePicker, .files, in: [.picker], Key(.escape), hint: "leave", does: "Leave the list"),
    Binding(.answerYes, .files, in: [.question], .character("y"), hint: "yes", does: "Yes, do it"),
    Binding(
      .answerNo, .files, in: [.question], .character("n"), Key(.escape), .character("q"), hint: "no",
      does: "No, leave it as it is"),
  ]

  private static let program: [Binding] = [
    Binding(
      .commandLine, .program, in: Context.anyView + Context.panels, .character(":"), hint: "command",
      does: "Any of these by its name"),
    Binding(.help, .program, in: Context.anyView + Context.panels, .character("?"), hint: "help", does: "This help"),
    Binding(.scrollDown, .program, in: [.help], Key(.down), does: "Scroll the help"),
    Binding(.scrollUp, .program, in: [.help], Key(.up), does: "Scroll it back"),
    Binding(.nextSheet, .program, in: [.help], Key(.pageDown), hint: "on", does: "Scroll it on by a page"),
    Binding(.previousSheet, .program, in: [.help], Key(.pageUp), does: "Scroll it back by a page"),
    Binding(.filterHelp, .program, in: [.help], .character("/"), hint: "filter", does: "Show only some of the help"),
    Binding(
      .closeHelp, .program, in: [.help], .character("?"), Key(.escape), .character("q"), hint: "close",
      does: "Close the help"),
    Binding(.redraw, .program, in: Context.allCases, .control("l"), does: "Draw the screen anew"),
    // Most terminals act on these two keys before they come here.
    Binding(.interrupt, .program, in: Context.allCases, .control("c"), does: "Quit at once"),
    Binding(.suspend, .program, in: Context.allCases, .control("z"), does: "Suspend; fg comes back"),
    Binding(.quit, .program, .character("q"), hint: "quit", does: "One level back, or quit"),
  ]

  private static let lines: [Binding] = [
    Binding(.decodeSentence, .sentence, in: [.sentence], Key(.enter), hint: "decode", does: "Decode the sentence"),
    Binding(.leaveSentence, .sentence, in: [.sentence], Key(.escape), hint: "leave", does: "Leave it as it was"),
    Binding(.acceptPrompt, .sentence, in: [.prompt], Key(.enter), hint: "do it", does: "Do it, or find it"),
    Binding(.completePrompt, .sentence, in: [.prompt], Key(.tab), hint: "complete", does: "Complete a command"),
    Binding(.leavePrompt, .sentence, in: [.prompt], Key(.escape), hint: "leave", does: "Leave the command"),
    editing(Key(.up), Key(.down), hint: "history", does: "Lines typed before"),
    editing(Key(.left), Key(.right), does: "One character back or on"),
    editing(.control("b"), .control("f"), does: "The same"),
    editing(Key(.left, .control), Key(.right, .control), does: "One word back or on"),
    editing(.control("a"), .control("e"), does: "Start or end of the line"),
    editing(.control("w"), Key(.character("d"), .alt), hint: "cut word", does: "Cut the word before or after"),
    editing(.control("u"), .control("k"), does: "Cut to the start or to the end"),
    editing(.control("y"), .control("_"), does: "Put back what was cut; undo"),
  ]

  private static func editing(_ first: Key, _ second: Key, hint: String? = nil, does help: String) -> Binding {
    Binding(.editLine, .sentence, in: [.sentence, .prompt], first, second, hint: hint, does: help)
  }
}
