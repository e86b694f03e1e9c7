import TUI
import Traces

/// Everything that the explorer knows; `update` changes it and `view` draws it.
public struct State: Sendable, Equatable {
  /// Size and abilities of the terminal.
  public internal(set) var display: Display
  public internal(set) var settings: Settings { didSet { obeySettings() } }
  public internal(set) var keys: KeyMap
  /// Names the run whose answers count; see `Event`.
  public internal(set) var generation = 0
  public internal(set) var model: ModelSummary?
  var decode = Decode()
  var sentence = Sentence()
  var cursor = Cursor()
  var picture = Picture()
  var focus = Focus.view
  var whatIf = WhatIf()
  var asked = Questions()
  /// The row that was worked through last.
  var working: AttentionWorking?
  /// The selected one of the candidates while they have the focus.
  var candidate = 0
  /// First line of the help that is shown; nil while it is closed.
  var helpLine: Int?
  /// Only lines of the help with this text in them are shown.
  var helpFilter = ""
  /// A line that is being typed at the bottom.
  var prompt: Prompt?
  var promptHistory: [Prompt.Kind: [String]] = [:]
  var search = Search()
  /// What stands beside the decode; nil for nothing.
  var comparison: Comparison?
  /// The training run that the model is a snapshot of.
  var snapshots: Snapshots?
  /// What was said of the model when it was opened, by the names of the flags.
  public var opening: [String: String] = [:]
  /// Names of models that can be put beside, for completion.
  public var knownModels: [String] = []
  /// The list of what can be opened, while it is on the screen.
  var picker: Picker?
  /// Something that has to be answered first.
  var question: Question?
  var jobs = Jobs()
  /// What is being written.
  var writing: FileRequest?
  var tensors = Tensors()
  /// Why nothing but the tensors can be looked at; nil where a model is open or still being opened.
  var whyNoModel: String?
  /// Where the session was saved or came from.
  var sessionFile: String?
  /// The interventions that the file has.
  var saved: [Intervention] = []
  /// A session on its way back.
  var restoring: Restoring?
  /// One line in place of the status, until the next key.
  var notice: Notice?
  /// The beginning of a key sequence such as `gg`.
  var pendingKeys: [Key] = []
  /// The hint of the first start; goes away with the first step or edit.
  public var showsWelcome = true

  /// - Parameter history: commands that were typed in earlier sessions, oldest first.
  public init(display: Display, settings: Settings? = nil, keys: KeyMap = KeyMap(), history: [String] = []) {
    self.display = display
    self.keys = keys
    if !history.isEmpty { promptHistory[.command] = history }
    self.settings = settings ?? Settings(background: display.background)
    obeySettings()
  }

  /// What the settings say, where it is needed.
  private mutating func obeySettings() {
    display.background = settings.background
    decode.options = Chart.Options(
      mergesWords: settings.words == .merged, hidesSpecial: settings.specialTokens == .hidden)
  }

  enum Focus: Sendable, Equatable {
    case view, candidates, row, sentence
  }

  /// Which keys hold now.
  var context: Context {
    if question != nil { return .question }
    if prompt != nil { return .prompt }
    if picker != nil { return .picker }
    return helpLine != nil ? .help : contextUnderHelp
  }

  /// Which keys hold once the help is closed.
  var contextUnderHelp: Context {
    switch focus {
    case .view: viewContext
    case .candidates: .candidates
    case .row: .row
    case .sentence: .sentence
    }
  }
}

extension State {
  /// Commands that were typed, oldest first.
  public var commandHistory: [String] { promptHistory[.command] ?? [] }

  /// The view that is shown, whatever has the focus.
  var viewContext: Context { picture.view == .tensors && tensors.isOpen ? .tensor : Context(picture.view) }
}

/// The terminal as far as a view must know it.
public struct Display: Sendable, Equatable {
  public enum Background: String, Sendable, CaseIterable { case dark, light }

  public var size: Size
  public var depth: ColorDepth
  public var isUTF8: Bool
  public var background: Background

  public init(size: Size, depth: ColorDepth, isUTF8: Bool, background: Background = .dark) {
    self.size = size
    self.depth = depth
    self.isUTF8 = isUTF8
    self.background = background
  }
}

/// A line that takes the place of the status.
struct Notice: Sendable, Equatable {
  enum Kind: Sendable { case information, failure }
  var kind: Kind
  var text: String

  /// In so many columns: a path in front loses its folders before what is wrong with it is cut.
  func text(in columns: Int) -> String {
    guard text.displayWidth > columns, let end = text.firstRange(of: ": ")?.lowerBound,
      let slash = text[..<end].dropLast().lastIndex(of: "/"), slash > text.startIndex
    else { return text.truncated(to: columns) }
    return ("…" + text[slash...]).truncated(to: columns)
  }
}

/// How the trace is drawn.
struct Picture: Sendable, Equatable {
  enum View: Int, Sendable, CaseIterable {
    case matrix = 1
    case heads = 2
    case lines = 3
    case maths = 4
    case tokens = 5
    case tensors = 6
    /// Several decodes side by side.
    case comparison = 7

    /// Whether it needs no panels beside it.
    var fillsTheWindow: Bool { [.heads, .maths, .tokens, .tensors, .comparison].contains(self) }
  }

  var view = View.matrix
  /// Where `q` goes back to from a head that was opened from the grid of all.
  var back: View?
  /// How much larger the thumbnails are than what shows all heads; below zero smaller.
  var thumbnailZoom = 0
  var sort = HeadRanking.Sort.layer
  /// nil fits the rows to the window; else lines for each row, 0 for half a line, and below that bins of 2, 4, 8, …
  /// rows and columns.
  var zoom: Int?
  /// Whether the lines of all rows are drawn, not those of the row under the cursor alone.
  var showsAllLines = false
  /// Whether the cursor is in another picture, at a place that this one lacks.
  var hidesCursor = false

  /// Places of the chart in one bin along each side.
  var bin: Int { zoom.map { $0 < 0 ? 1 << min(-$0, 12) : 1 } ?? 1 }

  /// The height of rows; nil for the largest that fits.
  func rowHeight(_ display: Display) -> RowHeight? {
    zoom.map { $0 > 0 ? RowHeight(rawValue: $0) ?? .three : display.drawsHalfBlocks ? .half : .one }
  }
}

/// Height of a step in the matrix.
enum RowHeight: Int, Sendable, CaseIterable, Comparable {
  /// Two steps in one row of the terminal.
  case half, one, two, three

  static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
}
