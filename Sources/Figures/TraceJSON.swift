import JSON
import Traces

/// A trace as JSON of the schema `heed-trace/1`, on one line, so that several sentences make a file of JSON lines.
///
/// Keys keep one order. Beyond the schema's first form `target` says how the decode ended, a step its entropy in bits and
/// whether it was forced, and each head its scores before the softmax (`null` where the model could not look). Rows of
/// decoder self-attention are filled up to the number of steps with weight 0. Where there are any, `interventions` lists as
/// text what was changed on purpose, `effect` says what that did to the tokens produced before, and `beam` holds a beam
/// search's hypotheses and its tree.
public enum TraceJSON {
  /// One object without a line end.
  ///
  /// - Parameter effect: what the trace's interventions did.
  public static func text(of trace: AttentionTrace, effect: TraceDifference? = nil) -> String {
    var json = JSONWriter(style: .line)
    json.object {
      $0.key("schema")
      $0.string("heed-trace/1")
      $0.key("model")
      $0.object {
        $0.key("path")
        $0.string(trace.model.path)
        $0.key("architecture")
        $0.string(trace.model.architecture)
      }
      $0.key("source")
      $0.object { write(trace.sourceText, trace.source, to: &$0) }
      $0.key("target")
      $0.object {
        write(trace.targetText, trace.steps.map(\.token), to: &$0)
        $0.key("ending")
        $0.string(trace.ending.rawValue)
      }
      $0.key("steps")
      $0.array(trace.steps) { json, step in write(step, to: &json) }
      $0.key("attention")
      $0.array(trace.heads) { json, head in write(head, of: trace, to: &json) }
      if !trace.interventions.isEmpty {
        $0.key("interventions")
        $0.array(trace.interventions) { $0.string($1.description) }
      }
      if let effect { write(effect, to: &$0) }
      if let beam = trace.beam { write(beam, to: &$0) }
    }
    return String(decoding: json.bytes, as: UTF8.self)
  }

  private static func write(_ text: String, _ tokens: [Token], to json: inout JSONWriter) {
    json.key("text")
    json.string(text)
    json.key("ids")
    json.array(tokens) { $0.value(.int($1.id)) }
    json.key("tokens")
    json.array(tokens) { $0.string($1.piece) }
  }

  private static func write(_ step: Step, to json: inout JSONWriter) {
    json.object {
      write(step.token, step.probability, to: &$0)
      $0.key("candidates")
      $0.array(step.candidates) { json, candidate in
        json.object { write(candidate.token, candidate.probability, to: &$0) }
      }
      $0.key("entropy")
      $0.value(.float(step.entropy))
      $0.key("forced")
      $0.value(.bool(step.isForced))
    }
  }

  private static func write(_ token: Token, _ probability: Float, to json: inout JSONWriter) {
    json.key("id")
    json.value(.int(token.id))
    json.key("token")
    json.string(token.piece)
    json.key("probability")
    json.value(.float(probability))
  }

  /// Nothing if the trace does not hold the head at every step.
  private static func write(_ head: HeadAddress, of trace: AttentionTrace, to json: inout JSONWriter) {
    guard let matrix = trace.matrix(.head(head)) else { return }
    func rows(_ numbers: [Float], to json: inout JSONWriter) {
      json.array(0..<matrix.rows) { json, row in
        json.array(numbers[row * matrix.columns..<(row + 1) * matrix.columns]) { $0.value(.float($1)) }
      }
    }
    json.object {
      $0.key("site")
      $0.string(head.site.rawValue)
      $0.key("layer")
      $0.value(.int(head.layer))
      $0.key("head")
      $0.value(.int(head.head))
      $0.key("rows")
      rows(matrix.weights, to: &$0)
      if let scores = matrix.scores {
        $0.key("scores")
        rows(scores, to: &$0)
      }
    }
  }
}
