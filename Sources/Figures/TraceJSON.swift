import Traces

/// A trace as JSON of the schema `heed-trace/1`, on one line.
///
/// Keys keep one order and numbers are the shortest that read back as the same `Float`; a number that JSON cannot
/// write, such as not-a-number, is `null`. Beyond the schema's first form, `target` says how the decode ended and a
/// step its entropy in bits and whether it was forced.
public enum TraceJSON {
  public static func text(of trace: AttentionTrace) -> String {
    object([
      ("schema", string("heed-trace/1")),
      ("model", object([("path", string(trace.model.path)), ("architecture", string(trace.model.architecture))])),
      (
        "source",
        object([("text", string(trace.sourceText))] + tokens(trace.source))
      ),
      (
        "target",
        object(
          [("text", string(trace.targetText))] + tokens(trace.steps.map(\.token))
            + [("ending", string(trace.ending.rawValue))])
      ),
      ("steps", list(trace.steps.map(step))),
      ("attention", list(trace.heads.compactMap { attention(of: $0, in: trace) })),
    ])
  }

  private static func tokens(_ tokens: [Token]) -> [(String, String)] {
    [("ids", list(tokens.map { String($0.id) })), ("tokens", list(tokens.map { string($0.piece) }))]
  }

  private static func step(_ step: Step) -> String {
    object(
      candidate(step.token, step.probability) + [
        ("entropy", number(step.entropy)), ("forced", step.isForced ? "true" : "false"),
        ("candidates", list(step.candidates.map { object(candidate($0.token, $0.probability)) })),
      ])
  }

  private static func candidate(_ token: Token, _ probability: Float) -> [(String, String)] {
    [("id", String(token.id)), ("token", string(token.piece)), ("probability", number(probability))]
  }

  private static func attention(of head: HeadAddress, in trace: AttentionTrace) -> String? {
    guard let matrix = trace.matrix(.head(head)) else { return nil }
    let rows = (0..<matrix.rows).map { row in list(matrix[row: row].map(number)) }
    return object([
      ("site", string(head.site.rawValue)), ("layer", String(head.layer)), ("head", String(head.head)),
      ("rows", list(rows)),
    ])
  }

  private static func object(_ members: [(String, String)]) -> String {
    "{" + members.map { "\(string($0.0)): \($0.1)" }.joined(separator: ", ") + "}"
  }

  private static func list(_ elements: [String]) -> String { "[" + elements.joined(separator: ", ") + "]" }

  private static func number(_ value: Float) -> String { value.isFinite ? value.description : "null" }

  /// A JSON string literal (RFC 8259, section 7).
  private static func string(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"", "\\": result += "\\\(scalar)"
      case "\n": result += "\\n"
      case "\t": result += "\\t"
      case "\u{0}"..<" ", "\u{7f}", "\u{2028}", "\u{2029}":
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}
