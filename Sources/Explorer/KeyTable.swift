import TUI

/// Where a key is pressed; a binding holds in one of them.
enum Context: String, Sendable, CaseIterable {
  case matrix, heads, tokens
  case candidates, sentence, help

  init(_ view: Picture.View) {
    switch view {
    case .matrix: self = .matrix
    case .heads: self = .heads
    case .tokens: self = .tokens
    }
  }

  /// The views, in which most keys hold.
  static let views: [Self] = [.matrix, .heads, .tokens]
}

/// One row of the table of keys: what the keys do, and the words that the hint bar and the help say about it.
struct Binding: Sendable {
  enum Group: String, Sendable, CaseIterable {
    case decoding = "Decode"
    case sentence = "Sentence"
    case moving = "Move"
    case picture = "Picture"
    case candidates = "Next token"
    case program = "Program"
  }

  let action: Action
  let group: Group
  let contexts: [Context]
  /// Each is a sequence of keys typed one after the other, most often of one key.
  let keys: [[Key]]
  /// One word for the hint bar; nil keeps the binding out of it.
  let hint: String?
  /// What the hint bar shows as its keys where one word stands for several bindings.
  let hintKeys: String?
  /// A short sentence without a full stop.
  let help: String

  init(
    _ action: Action, _ group: Group, in contexts: [Context] = Context.views, _ keys: Key..., sequence: [Key]? = nil,
    hint: String? = nil, hintKeys: String? = nil, does help: String
  ) {
    self.action = action
    self.group = group
    self.contexts = contexts
    self.keys = (sequence.map { [$0] } ?? []) + keys.map { [$0] }
    self.hint = hint
    self.hintKeys = hintKeys
    self.help = help
  }
}

/// The one table of keys: `update` looks actions up in it, and the hint bar and the help are drawn from it.
enum KeyTable {
  /// In the order of the hint bar and of the help.
  static let bindings: [Binding] = decoding + sentence + moving + picture + candidates + program

  private static let decoding: [Binding] = [
    Binding(.step, .decoding, .character(" "), hint: "step", does: "Decode one more token"),
    Binding(.stepBack, .decoding, Key(.backspace), hint: "back", does: "Take the last token back"),
    Binding(.run, .decoding, .character("r"), hint: "run", does: "Run to the end; again to stop"),
    Binding(.restart, .decoding, .character("R"), does: "Back to the start of the decode"),
    Binding(.slower, .decoding, .character("-"), hint: "pace", hintKeys: "- =", does: "Run slower"),
    Binding(.faster, .decoding, .character("="), does: "Run faster"),
    Binding(.stop, .decoding, Key(.escape), hint: "stop", does: "Stop what is running"),
    Binding(.force, .decoding, .character("f"), hint: "force", does: "Force another token at this step"),
  ]

  private static let sentence: [Binding] = [
    Binding(.editSentence, .sentence, .character("i"), hint: "edit", does: "Edit the sentence"),
    Binding(.decodeSentence, .sentence, in: [.sentence], Key(.enter), hint: "decode", does: "Decode the sentence"),
    Binding(
      .leaveSentence, .sentence, in: [.sentence], Key(.escape), hint: "leave",
      does: "Leave it as it was"),
    editing(Key(.up), Key(.down), hint: "history", does: "Sentences typed before"),
    editing(Key(.left), Key(.right), does: "One character back or on"),
    editing(.control("b"), .control("f"), does: "The same"),
    editing(Key(.left, .control), Key(.right, .control), does: "One word back or on"),
    editing(.control("a"), .control("e"), does: "Start or end of the line"),
    editing(.control("w"), Key(.character("d"), .alt), hint: "cut word", does: "Cut the word before or after"),
    editing(.control("u"), .control("k"), does: "Cut to the start or to the end"),
    editing(.control("y"), .control("_"), does: "Put back what was cut; undo"),
  ]

  private static func editing(_ first: Key, _ second: Key, hint: String? = nil, does help: String) -> Binding {
    Binding(.editLine, .sentence, in: [.sentence], first, second, hint: hint, does: help)
  }

  private static let moving: [Binding] = [
    Binding(.left, .moving, .character("h"), Key(.left), hint: "move", hintKeys: "hjkl", does: "One column left"),
    Binding(.down, .moving, .character("j"), Key(.down), does: "One row down"),
    Binding(.up, .moving, .character("k"), Key(.up), does: "One row up"),
    Binding(.right, .moving, .character("l"), Key(.right), does: "One column right"),
    Binding(.strongest, .moving, .character("*"), does: "Strongest column of the row"),
    Binding(.previousChange, .moving, .character(","), does: "Back to where the strongest changes"),
    Binding(.nextChange, .moving, .character(";"), does: "On to where the strongest changes"),
    Binding(.firstColumn, .moving, .character("0"), Key(.home), does: "First column"),
    Binding(.lastColumn, .moving, .character("$"), Key(.end), does: "Last column"),
    Binding(.firstRow, .moving, sequence: [.character("g"), .character("g")], does: "First row"),
    Binding(.lastRow, .moving, .character("G"), does: "Last row"),
    Binding(.pageUp, .moving, .control("u"), Key(.pageUp), does: "Half a page up"),
    Binding(.pageDown, .moving, .control("d"), Key(.pageDown), does: "Half a page down"),
  ]

  private static let picture: [Binding] = [
    Binding(.openHead, .picture, in: [.heads], Key(.enter), hint: "open", does: "Open this head's matrix"),
    Binding(.matrixView, .picture, .character("1"), does: "Matrix of weights"),
    Binding(.headsView, .picture, .character("2"), hint: "heads", does: "All layers and heads as small pictures"),
    Binding(.tokensView, .picture, .character("5"), hint: "tokens", does: "List of steps and their rivals"),
    Binding(.nextSite, .picture, .character("s"), hint: "site", does: "Cross, encoder or decoder attention"),
    Binding(.previousHead, .picture, .character("["), hint: "head", hintKeys: "[ ]", does: "Previous head"),
    Binding(.nextHead, .picture, .character("]"), does: "Next head"),
    Binding(.previousLayer, .picture, .character("{"), hint: "layer", hintKeys: "{ }", does: "Previous layer"),
    Binding(.nextLayer, .picture, .character("}"), does: "Next layer"),
    Binding(.meanHeads, .picture, .character("m"), hint: "mean", does: "Mean of the layer, of all, one head"),
    Binding(.zoomOut, .picture, .character("z"), hint: "zoom", hintKeys: "z Z", does: "Zoom out"),
    Binding(.zoomIn, .picture, .character("Z"), does: "Zoom in"),
    Binding(.values, .picture, .character("v"), does: "Show or hide the numbers"),
  ]

  private static let candidates: [Binding] = [
    Binding(
      .nextPanel, .candidates, in: Context.views + [.candidates], Key(.tab), does: "Into the candidates and back"),
    Binding(
      .previousCandidate, .candidates, in: [.candidates], .character("k"), Key(.up), hint: "choose", hintKeys: "jk",
      does: "Candidate above"),
    Binding(
      .nextCandidate, .candidates, in: [.candidates], .character("j"), Key(.down), does: "Candidate below"),
    Binding(
      .forceCandidate, .candidates, in: [.candidates], Key(.enter), hint: "force this token",
      does: "Force it at this step and go on"),
    Binding(
      .leavePanel, .candidates, in: [.candidates], Key(.escape), .character("q"), hint: "back",
      does: "Back to the picture"),
  ]

  private static let program: [Binding] = [
    Binding(.help, .program, in: Context.views + [.candidates], .character("?"), hint: "help", does: "This help"),
    Binding(
      .scrollDown, .program, in: [.help], .character("j"), Key(.down), hint: "scroll", hintKeys: "jk", does: "Scroll"),
    Binding(.scrollUp, .program, in: [.help], .character("k"), Key(.up), does: "Scroll back"),
    Binding(
      .nextSheet, .program, in: [.help], .character(" "), Key(.pageDown), .control("d"), hint: "on",
      does: "Scroll on by a page"),
    Binding(.previousSheet, .program, in: [.help], Key(.pageUp), .control("u"), does: "Scroll back by a page"),
    Binding(
      .closeHelp, .program, in: [.help], .character("?"), Key(.escape), .character("q"), Key(.enter), hint: "close",
      does: "Close the help"),
    Binding(.redraw, .program, in: Context.allCases, .control("l"), does: "Draw the screen anew"),
    // Most terminals act on these two keys before they come here.
    Binding(.interrupt, .program, in: Context.allCases, .control("c"), does: "Quit at once"),
    Binding(.suspend, .program, in: Context.allCases, .control("z"), does: "Suspend; fg comes back"),
    Binding(.quit, .program, .character("q"), hint: "quit", does: "Back to the heads, or quit"),
  ]
}
