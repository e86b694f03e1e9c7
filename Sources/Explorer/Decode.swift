import Traces

/// The trace on screen and what is being done to it.
struct Decode: Sendable, Equatable {
  private(set) var trace: AttentionTrace?
  /// The attention of `selection`; nil for a model without any.
  private(set) var matrix: AttentionMatrix?
  /// nil for a model without attention.
  private(set) var selection: HeadSelection?
  /// Commands that the engine has not answered yet.
  var unanswered = 0
  /// Whether steps follow each other on their own.
  var isRunning = false
  var pace = Pace.steady
  var progress: Progress?

  struct Progress: Sendable, Equatable {
    var label: String
    var fraction: Double?
  }

  /// The pause between two steps of a run.
  enum Pace: Int, Sendable, CaseIterable {
    case slow = 1000
    case steady = 150
    case instant = 0

    var name: String {
      switch self {
      case .slow: "slowly"
      case .steady: "steadily"
      case .instant: "at once"
      }
    }
  }

  var steps: [Step] { trace?.steps ?? [] }
  var source: [Token] { trace?.source ?? [] }
  var hasEnded: Bool { trace.map { $0.ending != .open } ?? false }

  mutating func show(_ trace: AttentionTrace) {
    self.trace = trace
    matrix = selection.flatMap(trace.matrix)
  }

  mutating func select(_ selection: HeadSelection?) {
    self.selection = selection
    matrix = selection.flatMap { trace?.matrix($0) }
  }

  mutating func clear() {
    trace = nil
    matrix = nil
  }
}
