import Foundation
import Testing
import Traces

@testable import Figures

/// What-ifs and beam searches in the text and the JSON of a trace.
@Suite struct TraceBeamTests {
  private func token(_ name: String, _ id: Int) -> Token { Token(id: id, piece: name) }

  private var searched: AttentionTrace {
    var trace = Example.small()
    let (word, end) = (token("層", 9), token("</s>", 2))
    trace.beam = BeamTree(
      width: 2, lengthPenalty: 0.6,
      nodes: [
        .init(
          parent: nil, step: 0, token: word, logProbability: -0.5, cumulative: -0.5, fate: .best, droppedAt: nil),
        .init(
          parent: nil, step: 0, token: token("x", 5), logProbability: -2, cumulative: -2, fate: .pruned, droppedAt: 1),
        .init(parent: 0, step: 1, token: end, logProbability: -0.25, cumulative: -0.75, fate: .best, droppedAt: nil),
        .init(
          parent: 0, step: 1, token: word, logProbability: -.infinity, cumulative: -.infinity, fate: .open,
          droppedAt: 1),
      ],
      hypotheses: [
        .init(node: 2, text: "層", score: -0.6837, ending: .endToken),
        .init(node: 3, text: "層\n層", score: -.infinity, ending: .lengthLimit),
      ])
    return trace
  }

  @Test func theTreeIsAKeyOfItsOwn() {
    let plain = TraceJSON.text(of: Example.small())
    let expected = """
      , "beam": {"width": 2, "length_penalty": 0.6, "hypotheses": [\
      {"text": "層", "ids": [9, 2], "log_probability": -0.75, "score": -0.6837, "ending": "endToken", "node": 2}, \
      {"text": "層\\n層", "ids": [9, 9], "log_probability": null, "score": null, "ending": "lengthLimit", "node": 3}], \
      "nodes": [\
      {"parent": null, "step": 0, "id": 9, "token": "層", "log_probability": -0.5, "cumulative": -0.5, \
      "fate": "best", "dropped_at": null}, \
      {"parent": null, "step": 0, "id": 5, "token": "x", "log_probability": -2.0, "cumulative": -2.0, \
      "fate": "pruned", "dropped_at": 1}, \
      {"parent": 0, "step": 1, "id": 2, "token": "</s>", "log_probability": -0.25, "cumulative": -0.75, \
      "fate": "best", "dropped_at": null}, \
      {"parent": 0, "step": 1, "id": 9, "token": "層", "log_probability": null, "cumulative": null, \
      "fate": "open", "dropped_at": 1}]}}
      """
    #expect(TraceJSON.text(of: searched) == plain.dropLast() + expected)
  }

  @Test func hypothesesAreATable() {
    let table = """
      beam of 2, length penalty 0.6: 4 branches considered, 1 pruned
      rank  score  log p   target
         1 -0.684 -0.750   層
         2   -inf   -inf   層 層 …


      """
    #expect(TraceText(searched).text.contains("\n\n" + table))
    #expect(TraceText(searched, isUTF8: false).text.contains("? ? ..."))
    #expect(!TraceText(Example.small()).text.contains("beam"))
  }

  private var changed: (trace: AttentionTrace, effect: TraceDifference) {
    let before = Example.trace("a b", "x y", weight: { _, _ in 0.5 })
    var after = Example.trace("a b", "x z w", weight: { _, _ in 0.5 })
    after.steps[1].token.id = 7
    after.interventions = [.hide(1), .silence(HeadAddress(site: .cross, layer: 0, head: 0))]
    return (after, TraceDifference(before: before, after: after, logProbabilities: [-0.5, -12.25]))
  }

  @Test func interventionsAndTheirEffectAreKeysOfTheirOwn() {
    var plain = changed.trace
    plain.interventions = []
    let expected = """
      , "interventions": ["hide 1", "silence L0H0@cross"], "effect": {"text": "x y", "ids": [0, 1], \
      "tokens": ["x", "y"], "before": [0.0, 0.0], "after": [-0.5, -12.25], "drop": [0.5, 12.25], \
      "changed_steps": [1, 2]}}
      """
    #expect(
      TraceJSON.text(of: changed.trace, effect: changed.effect) == TraceJSON.text(of: plain).dropLast() + expected)
  }

  @Test func whatTokensLostIsATable() {
    let table = """
      changed  hide 1
      changed  silence L0H0@cross
      before   x y
      2 of 3 tokens differ from before

      log-probability of the tokens before, teacher-forced, and what they lost (nats)
      token before   after   lost
          x  0.000  -0.500  0.500
          y  0.000 -12.250 12.250
        all                12.750


      """
    #expect(TraceText(changed.trace, effect: changed.effect).text.contains("\n\n" + table))
  }

  /// A target that was given stands above; it needs no line of its own.
  @Test func aGivenTargetIsNoNews() {
    var trace = Example.small()
    trace.interventions = [.target([9, 2])]
    #expect(TraceText(trace).text == TraceText(Example.small()).text)
    #expect(TraceJSON.text(of: trace).hasSuffix(##", "interventions": ["target #9,#2"]}"##))
  }
}
