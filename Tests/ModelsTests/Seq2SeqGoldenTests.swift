import Autograd
import GoldenFixtures
import Layers
import Tensors
import Testing

@testable import Models

/// Whole encoder-decoders against Keras (GRU with additive attention, the tutorial's code) and PyTorch (the rest);
/// `Tests/Reference/seq2seq.py`.
///
/// Weights of attention agree to 1e-5 and gradients to 1e-4 of their greatest element, greedy ids exactly. Logits
/// reach 20, where a `Float`'s last place is 2e-6, and come from sums of hundreds: 1e-4.
@Suite struct Seq2SeqGoldenTests {
  private static let names = [
    "bahdanau", "bahdanau-tutorial", "bahdanau-reset", "bahdanau-reset-before", "bahdanau-bidirectional",
    "bahdanau-stacked", "bahdanau-bidirectional-stacked", "bahdanau-lstm", "bahdanau-deep",
    "luong-dot", "luong-dot-feeding", "luong-general", "luong-general-feeding", "luong-concat", "luong-wide",
    "luong-local-monotonic", "luong-local-predictive", "luong-local-predictive-feeding", "luong-gru",
    "luong-bidirectional-feeding", "luong-stacked-feeding", "none", "none-bidirectional",
  ]

  @Test(arguments: names)
  func everyConfigurationIsValid(_ name: String) throws {
    #expect(try GoldenModel(name).configuration.problem == nil)
  }

  @Test(arguments: names)
  func everyParameterIsUsed(_ name: String) throws {
    let test = try GoldenModel(name)
    let bound = try test.onTape(test.parameters).bound
    #expect(Set(bound.variables.keys) == Set(test.parameters.names))
  }

  @Test(arguments: names)
  func lossInItsThreeAverages(_ name: String) throws {
    let test = try GoldenModel(name)
    let model = try test.stored()
    for (average, reference) in [
      (LossAverage.tokens, "tokens"), (.positions, "positions"), (.sentences, "steps"),
    ] {
      var context = ForwardContext()
      let (loss, tokens) = model.loss(
        sources: test.sources, targets: test.targets, average: average, &context)
      #expect(tokens == 9)
      let expected = try test.golden.tensor("out.loss.\(reference)")
      #expect(relativeDifference(loss.value, expected) < 1e-5, "\(average)")
    }
  }

  @Test(arguments: names)
  func gradientOfEveryParameter(_ name: String) throws {
    let test = try GoldenModel(name)
    let (model, bound, tape) = try test.onTape(test.parameters)
    var context = ForwardContext()
    let loss = model.loss(sources: test.sources, targets: test.targets, average: .tokens, &context).loss
    let gradients = bound.gradients(from: tape.gradients(of: loss))
    let expected = try test.golden.tensors("grad.")
    #expect(Set(expected.keys) == Set(gradients.names))
    for (parameter, reference) in expected {
      let found = try #require(gradients[parameter])
      #expect(relativeDifference(found, reference) < 1e-4, "gradient of \(parameter)")
    }
  }

  @Test(arguments: names)
  func teacherForcedSteps(_ name: String) throws {
    let test = try GoldenModel(name)
    let model = try test.stored()
    let logits = try test.golden.tensor("out.logits")
    let attention = try? test.golden.tensor("out.attention")
    for (sentence, source) in test.sources.enumerated() {
      var state = try #require(model.begin(source).state)
      for (number, token) in test.given[sentence].enumerated() {
        let step = state.step(token)
        #expect(greatestDifference(step.logits, logits.row(sentence).row(number)) < 1e-4)
        expectRow(step.cross?.weights, attention?.row(sentence).row(number))
        state = step.next
      }
    }
  }

  @Test(arguments: names)
  func greedyIdsAndAttention(_ name: String) throws {
    let test = try GoldenModel(name)
    let model = try test.stored()
    let ids = try test.golden.integers("out.greedy.ids")
    let attention = try? test.golden.tensor("out.greedy.attention")
    for (sentence, source) in test.sources.enumerated() {
      var state = try #require(model.begin(source).state)
      var token = test.configuration.startID
      for (number, expected) in ids[sentence].enumerated() {
        let step = state.step(token)
        token = step.logits.argmaxOfColumns()[0]
        #expect(token == expected, "sentence \(sentence), step \(number)")
        expectRow(step.cross?.weights, attention?.row(sentence).row(number))
        state = step.next
      }
    }
  }

  @Test(arguments: names)
  func greedyInABatch(_ name: String) throws {
    let test = try GoldenModel(name)
    let ids = try test.golden.integers("out.greedy.ids")
    #expect(try test.stored().translate(test.sources, maximumLength: ids[0].count) == ids)
  }

  /// Three updates of Adam with clipping follow Keras' losses.
  @Test(arguments: ["bahdanau", "bahdanau-tutorial"])
  func threeTrainingSteps(_ name: String) throws {
    let test = try GoldenModel(name)
    var parameters = test.parameters
    var adam = Adam(parameters)
    for expected in try test.golden.tensor("out.training_losses").elements {
      let (model, bound, tape) = try test.onTape(parameters)
      var context = ForwardContext()
      let loss = model.loss(sources: test.sources, targets: test.targets, average: .sentences, &context).loss
      // After the first update rounding is carried on by Adam's division.
      #expect(abs(loss.value.scalar - expected) < 1e-3)
      let gradients = bound.gradients(from: tape.gradients(of: loss))
      let scale = ParameterSet.clippingScale(norm: gradients.globalNorm, limit: 1)
      #expect(scale < 1)
      adam.update(&parameters, gradients, rate: 0.01, scale: scale)
    }
  }

  /// Weights over a source that may be shorter than the reference's padded row, whose rest is then zero.
  private func expectRow(_ weights: [Float]?, _ reference: Tensor?) {
    #expect((weights == nil) == (reference == nil))
    guard let weights, let reference else { return }
    let padding = [Float](repeating: 0, count: max(0, reference.count - weights.count))
    #expect(greatestDifference(Tensor([weights.count + padding.count], weights + padding), reference) < 1e-5)
  }
}
