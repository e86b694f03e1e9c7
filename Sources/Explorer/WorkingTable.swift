import TUI
import Traces

/// The softmax of a working as a table: a line for each column.
struct WorkingTable {
  /// One column of numbers.
  private struct Part {
    var heading: String
    var width: Int
    var number: (Int) -> String
    var sum: String
  }

  private let parts: [Part]
  private let labels: [String]
  private let nameWidth: Int

  init(_ working: AttentionWorking, labels: [String], columns: Int) {
    self.labels = labels
    let (exponentials, maximum) = (working.exponentials, working.maximum)
    func part(_ heading: String, _ width: Int, _ decimals: Int, _ numbers: [Float], sum: String = "") -> Part {
      Part(
        heading: heading, width: width,
        number: { numbers.indices.contains($0) ? Numbers.fixed(numbers[$0], decimals) : "" }, sum: sum)
    }
    let score = part("score", 11, 4, working.modelScores)
    let divided = part("÷ T", 11, 4, working.scores)
    let less = part("− largest", 11, 4, working.scores.map { $0 - maximum })
    let exponential = part("exp", 10, 5, exponentials, sum: Numbers.fixed(working.sum, 5))
    let weight = part("weight", 9, 5, working.weights, sum: Numbers.fixed(working.weights.reduce(0, +), 5))
    let isDivided = working.temperature != 1 || working.scores != working.modelScores
    let own = working.isRowSet ? [part("model's", 9, 5, working.modelWeights)] : []
    let window = working.windowFactors.map { [part("window", 9, 5, $0)] } ?? []
    let all = [score] + (isDivided ? [divided] : []) + [less, exponential] + window + own + [weight]
    let needed = all.reduce(0) { $0 + $1.width } + 8
    parts = needed <= columns ? all : [isDivided ? divided : score, exponential, weight]
    let widest = labels.map(\.displayWidth).max() ?? 6
    nameWidth = max(6, min(widest, 16, columns - 1 - parts.reduce(0) { $0 + $1.width }))
  }

  var heading: String { " " + "token".fitted(nameWidth) + parts.map { $0.heading.rightAligned($0.width) }.joined() }

  func name(_ column: Int) -> String {
    (labels.indices.contains(column) ? labels[column] : "\(column + 1)").fitted(nameWidth)
  }

  func numbers(_ column: Int) -> String { parts.map { $0.number(column).rightAligned($0.width) }.joined() }

  /// The sums of the columns that have one, and before them what they are.
  func sums(_ remark: String) -> String {
    let numbers = parts.map { $0.sum.rightAligned($0.width) }.joined()
    let free = numbers.prefix { $0 == " " }.count
    let text = (" " + remark).fitted(1 + nameWidth + free)
    return text + numbers.dropFirst(free)
  }

  func bar(_ weight: Float, columns: Int, isUTF8: Bool) -> String {
    columns >= 3 ? barText(weight, columns: min(40, columns), isUTF8: isUTF8) : ""
  }
}
