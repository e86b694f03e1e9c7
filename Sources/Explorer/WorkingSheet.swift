import TUI
import Traces

/// A working as lines of words and numbers: what is above the table, the table, and what is said of one of its lines.
struct WorkingSheet {
  struct Word: Equatable {
    enum Kind { case plain, strong, quiet, accent }
    var text: String
    var kind: Kind
  }

  let head: [[Word]]
  let foot: [[Word]]
  let table: WorkingTable

  private let working: AttentionWorking
  private let columns: Int
  private let column: Int
  private let label: String

  init(_ working: AttentionWorking, _ state: State, columns: Int) {
    self.working = working
    self.columns = columns
    let site = working.head.site
    let labels = state.decode.trace?.columnLabels(site).map(\.label) ?? []
    let rows = state.decode.trace?.rowLabels(site).map(\.label) ?? []
    column = min(max(0, state.column), max(0, working.scores.count - 1))
    label = labels.indices.contains(column) ? labels[column] : "\(column + 1)"
    table = WorkingTable(working, labels: labels, columns: columns)
    let asking = rows.indices.contains(working.row) ? rows[working.row] : "row \(working.row + 1)"
    let (name, paper) = Self.names(working.mechanism)
    let temperature = "\(state.keyName(.cooler)) \(state.keyName(.warmer))"
    let title = Self.fit(
      [
        Word(text: asking, kind: .accent), Word(text: "  \(site.name) \(working.head), \(name)", kind: .strong),
        Word(text: "  (\(paper))", kind: .quiet),
      ], columns)
    head = [
      title, Self.fit([Word(text: Self.formula(working), kind: .plain)], columns),
      Self.fit([Word(text: "query  ", kind: .quiet), Word(text: "", kind: .plain)], columns)
        + [Word(text: Self.vector(working.query, columns - 7), kind: .plain)],
      Self.fit(
        [
          Word(text: "temperature \(working.temperature)", kind: .strong),
          Word(text: "  \(temperature)", kind: .accent),
          Word(
            text: "  largest \(Numbers.fixed(working.maximum, 4))  sum of exp \(Numbers.fixed(working.sum, 5))",
            kind: .plain),
          Word(text: Self.remark(working), kind: .quiet),
        ], columns),
    ]
    foot = Self.foot(working, column, label, columns)
  }

  // MARK: Words

  private static func names(_ mechanism: AttentionWorking.Mechanism) -> (name: String, paper: String) {
    switch mechanism {
    case .additive: ("additive attention", "Bahdanau, Cho and Bengio 2015")
    case .dot: ("dot attention", "Luong, Pham and Manning 2015")
    case .general: ("general attention", "Luong, Pham and Manning 2015")
    case .concat: ("concat attention", "Luong, Pham and Manning 2015")
    case .scaledDot: ("scaled dot-product", "Vaswani et al. 2017")
    }
  }

  private static func formula(_ working: AttentionWorking) -> String {
    let score =
      switch working.mechanism {
      case .additive: "score = v · tanh(q + k) + b, q = W1 state, k = W2 encoder state"
      case .dot: "score = q · k, q the decoder's state, k the encoder's"
      case .general: "score = q · k, q the decoder's state, k = W encoder state"
      case .concat: "score = v · tanh(q + k), together v · tanh(W [state; encoder state])"
      case .scaledDot(let scale):
        scale == 1 ? "score = q · k" : "score = q · k × \(Numbers.fixed(scale, 4)), 1 / √\(working.query.count)"
      }
    return score + "   weight = exp(score / T − largest) / sum"
  }

  /// What is other than the formulas say.
  private static func remark(_ working: AttentionWorking) -> String {
    var parts: [String] = []
    if working.isRowSet { parts.append("row set by hand") }
    if working.isSilenced { parts.append("head silenced") }
    if working.windowFactors != nil { parts.append("weights × local window") }
    return parts.isEmpty ? "" : "  " + parts.joined(separator: ", ")
  }

  // MARK: The line under the cursor

  private static func foot(
    _ working: AttentionWorking, _ column: Int, _ label: String, _ columns: Int
  ) -> [[Word]] {
    guard working.scores.indices.contains(column), working.keys.indices.contains(column) else { return [] }
    func line(_ name: String, _ text: String) -> [Word] {
      [
        Word(text: name, kind: .quiet),
        Word(text: text.truncated(to: max(1, columns - name.displayWidth)), kind: .plain),
      ]
    }
    let name = label.truncated(to: 12) + "  "
    return [
      [Word(text: name, kind: .accent)]
        + line("key  ", vector(working.keys[column], columns - name.displayWidth - 5)),
      line("score    ", score(working, column, columns - 9)), line("weight   ", weight(working, column, columns - 9)),
      line("context  ", context(working, columns - 9)),
    ]
  }

  /// The first terms of the sum, as many as fit, and what it comes to.
  private static func score(_ working: AttentionWorking, _ column: Int, _ columns: Int) -> String {
    guard working.modelScores[column] != -.infinity else { return "masked by the model: −inf" }
    let sum = Numbers.fixed(working.sumOfTerms(column), 4)
    let total = Numbers.fixed(working.modelScores[column], 4)
    let bias = working.bias(column).map { " \(Numbers.signed($0, 4)) for the position" } ?? ""
    let (before, after): (String, String) =
      switch working.mechanism {
      case .additive(_, let bias): ("", " \(Numbers.signed(bias, 4))")
      case .scaledDot(let scale) where scale != 1: ("(", ") × \(Numbers.fixed(scale, 4))")
      default: ("", "")
      }
    let end = after.isEmpty && bias.isEmpty ? " = \(total)" : " = \(sum)\(after)\(bias) = \(total)"
    // What stands in brackets is the sum, so that it need not be written twice.
    let tail = before.isEmpty ? end : after + bias + " = \(total)"
    return before + terms(working.terms(column), columns - before.displayWidth - tail.displayWidth) + tail
  }

  /// The softmax of one column; in fewer steps where there is no room for all.
  private static func weight(_ working: AttentionWorking, _ column: Int, _ columns: Int) -> String {
    let total = Numbers.fixed(working.weights[column], 5)
    guard working.scores[column] != -.infinity else {
      return (working.modelScores[column] == -.infinity ? "masked" : "hidden") + ": exp(−inf) = 0, so the weight is 0"
    }
    let divided =
      working.temperature == 1
      ? Numbers.fixed(working.scores[column], 4)
      : "\(Numbers.fixed(working.modelScores[column], 4)) / \(working.temperature)"
    let exponential = Numbers.fixed(working.exponentials[column], 5)
    let factor = working.windowFactors.map { " × \(Numbers.fixed($0[column], 4))" } ?? ""
    let quotient = factor.isEmpty ? "" : " = \(Numbers.fixed(working.quotients[column], 5))" + factor
    let start = "exp(\(divided) − \(Numbers.fixed(working.maximum, 4).bracketed)) / \(Numbers.fixed(working.sum, 5))"
    let own = Numbers.fixed(working.modelWeights[column], 5)
    let end = quotient + " = \(own)" + (working.isRowSet ? ", set to \(total)" : "")
    let middle = "\(exponential) / \(Numbers.fixed(working.sum, 5))"
    return [start + " = " + middle + end, start + end, middle + end].first { $0.displayWidth <= columns } ?? middle
      + end
  }

  private static func context(_ working: AttentionWorking, _ columns: Int) -> String {
    guard let first = working.context.first else { return "" }
    let tail = working.isSilenced ? "; silenced, so 0" : ""
    let start = "number 1 of \(working.context.count) = "
    let end = " = \(Numbers.fixed(first, 4))" + tail
    // The largest products first: most of the others are next to nothing.
    let products = working.weights.indices.sorted { working.weights[$0] > working.weights[$1] }.map { column in
      let value = working.values.indices.contains(column) ? working.values[column].first ?? 0 : 0
      return "\(Numbers.fixed(working.weights[column], 4))·\(Numbers.fixed(value, 4).bracketed)"
    }
    return start + joined(products, columns - start.displayWidth - end.displayWidth) + end
  }

  // MARK: Numbers

  /// As many of the numbers as fit, and how many there are.
  private static func vector(_ numbers: [Float], _ columns: Int) -> String {
    let end = " …]  \(numbers.count) numbers"
    var text = "["
    for (index, number) in numbers.enumerated() {
      let next = (index > 0 ? " " : "") + Numbers.signed(number, 3)
      guard text.displayWidth + next.displayWidth + end.displayWidth <= columns else { return text + end }
      text += next
    }
    return text + "]  \(numbers.count) numbers"
  }

  private static func terms(_ numbers: [Float], _ columns: Int) -> String {
    joined(numbers.map { Numbers.fixed($0, 4).bracketed }, columns)
  }

  /// As many summands as fit, and how many more there are.
  private static func joined(_ summands: [String], _ columns: Int) -> String {
    var text = ""
    for (index, summand) in summands.enumerated() {
      let next = (index > 0 ? " + " : "") + summand
      let left = summands.count - index - 1
      let rest = left > 0 ? " + \(left) more" : ""
      guard text.displayWidth + next.displayWidth + rest.displayWidth <= columns else {
        return text + (text.isEmpty ? "" : " + ") + "\(left + 1) more"
      }
      text += next
    }
    return text
  }

  /// The words that fit, the last of them cut.
  private static func fit(_ words: [Word], _ columns: Int) -> [Word] {
    var room = columns
    return words.compactMap { word in
      guard room > 0 else { return nil }
      let text = word.text.truncated(to: room)
      room -= text.displayWidth
      return Word(text: text, kind: word.kind)
    }
  }
}

extension String {
  /// A number below 0 in brackets, so that two signs do not meet.
  fileprivate var bracketed: String { hasPrefix("−") ? "(\(self))" : self }
}
