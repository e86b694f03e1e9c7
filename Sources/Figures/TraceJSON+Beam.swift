import JSON
import Traces

extension TraceJSON {
  /// The members of `beam`: `hypotheses`, best first, each with the ids that the
  /// search produced and its last one's place in `nodes`; a node's `parent` is an index into
  /// them (null after what stood before the search), its `cumulative` the sum of log-probabilities since the search
  /// began, its `fate` why it did not go on (`best`, `finished`, `open` or `pruned`), settled at the step `dropped_at`.
  static func write(_ beam: BeamTree, to json: inout JSONWriter) {
    json.key("beam")
    json.object {
      $0.key("width")
      $0.value(.int(beam.width))
      $0.key("length_penalty")
      $0.value(.float(beam.lengthPenalty))
      $0.key("hypotheses")
      $0.array(beam.hypotheses) { json, hypothesis in write(hypothesis, of: beam, to: &json) }
      $0.key("nodes")
      $0.array(beam.nodes) { json, node in write(node, to: &json) }
    }
  }

  private static func write(_ hypothesis: BeamTree.Hypothesis, of beam: BeamTree, to json: inout JSONWriter) {
    json.object {
      $0.key("text")
      $0.string(hypothesis.text)
      $0.key("ids")
      $0.array(beam.path(to: hypothesis.node)) { $0.value(.int(beam.nodes[$1].token.id)) }
      $0.key("log_probability")
      $0.value(.float(beam.nodes[hypothesis.node].cumulative))
      $0.key("score")
      $0.value(.float(hypothesis.score))
      $0.key("ending")
      $0.string(hypothesis.ending.rawValue)
      $0.key("node")
      $0.value(.int(hypothesis.node))
    }
  }

  private static func write(_ node: BeamTree.Node, to json: inout JSONWriter) {
    json.object {
      $0.key("parent")
      $0.value(node.parent.map(JSONValue.int) ?? .null)
      $0.key("step")
      $0.value(.int(node.step))
      $0.key("id")
      $0.value(.int(node.token.id))
      $0.key("token")
      $0.string(node.token.piece)
      $0.key("log_probability")
      $0.value(.float(node.logProbability))
      $0.key("cumulative")
      $0.value(.float(node.cumulative))
      $0.key("fate")
      $0.string(node.fate.rawValue)
      $0.key("dropped_at")
      $0.value(node.droppedAt.map(JSONValue.int) ?? .null)
    }
  }

  /// The members of `effect`: the target before, for each of its tokens the natural log-probability `before` and `after`
  /// (teacher-forced on it) and the `drop` from one to the other, and the steps whose token has changed.
  static func write(_ effect: TraceDifference, to json: inout JSONWriter) {
    let steps = effect.before.steps
    json.key("effect")
    json.object {
      $0.key("text")
      $0.string(effect.before.targetText)
      $0.key("ids")
      $0.array(steps) { $0.value(.int($1.token.id)) }
      $0.key("tokens")
      $0.array(steps) { $0.string($1.token.piece) }
      for (key, numbers) in [
        ("before", steps.map(\.logProbability)), ("after", effect.logProbabilities), ("drop", effect.drops),
      ] {
        $0.key(key)
        $0.array(numbers) { $0.value(.float($1)) }
      }
      $0.key("changed_steps")
      $0.array(effect.changedSteps) { $0.value(.int($1)) }
    }
  }
}
