import TUI
import Traces

/// What the explorer asks of the engine by itself, because what is shown needs it. Questions change nothing, so they are
/// not waited for; what they are about may have changed when their answers come, and then these are dropped.
struct Questions: Sendable, Equatable {
  /// The comparison that was asked for last.
  var comparison: Comparison?
  /// The row that was asked for last.
  var working: Row?
  /// Why the row that was asked for last could not be worked through.
  var failure: String?
  /// The beginning of a token that was asked for last.
  var beginning: String?

  struct Row: Sendable, Equatable {
    var generation: Int
    /// Which trace, counted.
    var trace: Int
    var head: HeadAddress
    var row: Int
  }

  struct Comparison: Sendable, Equatable {
    var generation: Int
    /// Which trace, counted.
    var trace: Int
    var before: [Intervention]
  }
}

extension State {
  /// Everything that has to be asked now and has not been asked yet.
  mutating func ask() -> [Command] {
    workingToAsk() + comparisonToAsk() + tokensToAsk()
  }

  /// Once the decode under interventions stands still, what they did.
  private mutating func comparisonToAsk() -> [Command] {
    guard decode.trace != nil, decode.unanswered == 0, !decode.isRunning, hasRunToCompare else { return [] }
    let wanted = Questions.Comparison(generation: generation, trace: decode.number, before: whatIf.before)
    guard wanted != asked.comparison else { return [] }
    asked.comparison = wanted
    return [.compare(with: wanted.before, generation: generation)]
  }

  /// Whether there is another run to compare this one with. The run before is a greedy one, so what a beam search chose says
  /// nothing of the interventions.
  var hasRunToCompare: Bool { whatIf.list != whatIf.before && decode.trace?.beam == nil }

  mutating func take(_ difference: TraceDifference, generation: Int) {
    guard generation == self.generation, let wanted = asked.comparison,
      wanted == Questions.Comparison(generation: generation, trace: decode.number, before: whatIf.before),
      difference.before.interventions == wanted.before
    else { return }
    keep(difference)
  }

  /// The row under the cursor, while its working is looked at.
  private var wantedRow: Questions.Row? {
    guard picture.view == .maths, let head = decode.head, head.extent == .head, decode.unanswered == 0,
      let matrix = decode.matrix, (0..<matrix.rows).contains(row)
    else { return nil }
    return Questions.Row(generation: generation, trace: decode.number, head: head.address, row: row)
  }

  private mutating func workingToAsk() -> [Command] {
    guard let wanted = wantedRow, wanted != asked.working else { return [] }
    asked.working = wanted
    asked.failure = nil
    return [.workThrough(wanted.head, row: wanted.row, generation: generation)]
  }

  mutating func take(_ working: AttentionWorking, generation: Int) {
    guard generation == self.generation, let wanted = wantedRow, wanted == asked.working,
      working.head == wanted.head, working.row == wanted.row
    else { return }
    self.working = working
  }

  /// The working of the row under the cursor; nil until it has come.
  var currentWorking: AttentionWorking? {
    guard let working, let head = decode.head, let wanted = asked.working, wanted.trace == decode.number,
      working.head == head.address, working.row == row,
      working.scores.count <= (decode.matrix?.columns ?? 0)
    else { return nil }
    return working
  }

  /// The tokens that begin as the one that is being typed.
  private mutating func tokensToAsk() -> [Command] {
    guard let beginning = typedToken, !beginning.isEmpty, model != nil else {
      asked.beginning = nil
      return []
    }
    guard beginning != asked.beginning else { return [] }
    asked.beginning = beginning
    return [.tokens(.beginning(beginning), generation: generation)]
  }
}
