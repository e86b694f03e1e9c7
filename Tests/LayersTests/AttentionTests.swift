import Autograd
import GoldenFixtures
import Layers
import Tensors
import Testing

/// Against the tutorial's layer in Keras (additive) and Luong's equations in PyTorch; `Tests/Reference/layers.py`.
@Suite struct AttentionTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    let score: ScoreKind
    var span = AttentionSpan.global
    var testDescription: String { name }
  }

  private static let cases = [
    Case(name: "additive-attention", score: .additive),
    Case(name: "additive-attention-masked", score: .additive),
    Case(name: "luong-dot", score: .dot),
    Case(name: "luong-general", score: .general),
    Case(name: "luong-concat", score: .concat),
    Case(name: "luong-local-monotonic", score: .general, span: .localMonotonic(window: 1)),
    Case(name: "luong-local-predictive", score: .general, span: .localPredictive(window: 1)),
  ]

  private static let site = AttentionSite(.cross)

  /// Every step of a case: what the layer returns and the scores that its tap records.
  private func steps(_ test: Case, _ run: inout GoldenRun) throws -> (outputs: [String: Variable], scores: [Tensor]) {
    let (queries, values) = (try run.input("queries"), try run.input("values"))
    let attention = try Attention(
      &run.source, test.score, test.span, query: queries.shape[2], value: values.shape[2], units: 7)
    let lengths = run.lengths().flatMap { $0.allSatisfy { $0 == values.shape[1] } ? nil : $0 }
    let memory = attention.memory(values, lengths: lengths)
    var (contexts, weights, scores): ([Variable], [Variable], [Tensor]) = ([], [], [])
    for step in 0..<queries.shape[1] {
      let tap = ForwardContext.Tap(.scores, at: Self.site)
      var context = ForwardContext(recording: [tap])
      let result = attention(queries.step(step), memory, step: step, at: Self.site, &context)
      contexts.append(result.context)
      weights.append(result.weights)
      scores.append(try #require(context.recorded[tap]))
    }
    return (["contexts": stackedSteps(contexts), "weights": stackedSteps(weights)], scores)
  }

  @Test(arguments: cases)
  func weightsContextsAndGradients(_ test: Case) throws {
    var run = try GoldenRun(test.name)
    let outputs = try steps(test, &run).outputs
    try run.check(outputs)
  }

  @Test(arguments: cases)
  func recordedScoresAreTheReferencesWhereOpen(_ test: Case) throws {
    var run = try GoldenRun(test.name)
    let (outputs, scores) = try steps(test, &run)
    let weights = try #require(outputs["weights"]).value
    let expected = try run.golden.tensor("out.scores")
    var open = 0
    for (step, row) in scores.enumerated() {
      for sentence in 0..<weights.shape[0] {
        for position in 0..<weights.shape[2] {
          let score = row[sentence, position]
          #expect((score == -.infinity) == (weights[sentence, step, position] == 0))
          guard score.isFinite else { continue }
          open += 1
          #expect(abs(score - expected[sentence, step, position]) < 1e-5)
        }
      }
    }
    #expect(open > 0)
  }

  /// Where a window lies wholly past the end of a short source, it stays on the last token.
  @Test func aMonotonicWindowNeverLeavesTheSource() throws {
    let test = Self.cases[5]
    var run = try GoldenRun(test.name)
    let weights = try #require(try steps(test, &run).outputs["weights"]).value
    #expect(run.lengths()?.last == 2)
    #expect(abs(weights[2, 3, 0] + weights[2, 3, 1] - 1) < 1e-6)
  }
}
