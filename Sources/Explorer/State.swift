import TUI
import Traces

/// Everything that the explorer knows; `update` changes it and `view` draws it.
public struct State: Sendable, Equatable {
  /// Size and abilities of the terminal.
  public internal(set) var display: Display
  /// Names the run whose answers count; see `Event`.
  public internal(set) var generation = 0
  public internal(set) var model: ModelSummary?
  var decode = Decode()
  var sentence = Sentence()
  var cursor = Cursor()
  var picture = Picture()
  var focus = Focus.view
  /// The selected one of the candidates while they have the focus.
  var candidate = 0
  /// First line of the help that is shown; nil while it is closed.
  var helpLine: Int?
  /// One line in place of the status, until the next key.
  var notice: Notice?
  /// The beginning of a key sequence such as `gg`.
  var pendingKeys: [Key] = []
  /// The hint of the first start; goes away with the first step or edit.
  var showsWelcome = true

  public init(display: Display) {
    self.display = display
  }

  enum Focus: Sendable, Equatable {
    case view, candidates, sentence
  }

  /// Which keys hold now.
  var context: Context {
    if helpLine != nil { return .help }
    return switch focus {
    case .view: Context(picture.view)
    case .candidates: .candidates
    case .sentence: .sentence
    }
  }
}

/// The terminal as far as a view must know it.
public struct Display: Sendable, Equatable {
  public enum Background: Sendable { case dark, light }

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
}

/// How the trace is drawn.
struct Picture: Sendable, Equatable {
  enum View: Int, Sendable, CaseIterable {
    case matrix = 1
    case heads = 2
    case tokens = 5
  }

  var view = View.matrix
  /// Where `q` goes back to from a head that was opened from the grid of all.
  var back: View?
  /// How much larger the thumbnails are than what shows all heads; below zero smaller.
  var thumbnailZoom = 0
  /// nil fits the rows to the window.
  var rowHeight: RowHeight?
  var showsValues = true
}

/// Height of a step in the matrix.
enum RowHeight: Int, Sendable, CaseIterable, Comparable {
  /// Two steps in one row of the terminal.
  case half, one, two, three

  static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
}
