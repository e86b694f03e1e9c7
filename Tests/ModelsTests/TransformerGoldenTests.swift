import Autograd
import GoldenFixtures
import Layers
import Tensors
import Testing

@testable import Models

/// Whole Transformers against PyTorch; `Tests/Reference/transformer.py`.
///
/// Weights of attention agree to 1e-5 and gradients to 1e-4 of their greatest element, greedy ids exactly. Logits
/// reach 20 and come from sums over several layers: 1e-4.
@Suite struct TransformerGoldenTests {
  @Test(arguments: GoldenTransformer.names)
  func everyParameterIsUsed(_ name: String) throws {
    let test = try GoldenTransformer(name)
    #expect(try Set(test.onTape().bound.variables.keys) == Set(test.parameters.names))
  }

  @Test(arguments: GoldenTransformer.names)
  func lossOfABatch(_ name: String) throws {
    let test = try GoldenTransformer(name)
    for (smoothing, expected) in [(Float(0), "out.loss"), (0.1, "out.smoothed_loss")] {
      var context = ForwardContext()
      let (loss, tokens) = try test.stored().loss(
        sources: test.sources, targets: test.targets, average: .tokens, smoothing: smoothing, &context)
      #expect(tokens == test.targets.joined().count { test.configuration.kind != .encoderOnly || $0 != 0 })
      #expect(relativeDifference(loss.value, try test.golden.tensor(expected)) < 1e-5)
    }
  }

  @Test(arguments: GoldenTransformer.names)
  func gradientOfEveryParameter(_ name: String) throws {
    let test = try GoldenTransformer(name)
    let (model, bound, tape) = try test.onTape()
    var context = ForwardContext()
    let loss = try model.loss(
      sources: test.sources, targets: test.targets, average: .tokens, smoothing: 0.1, &context
    ).loss
    let gradients = bound.gradients(from: tape.gradients(of: loss))
    let expected = try test.golden.tensors("grad.")
    #expect(Set(expected.keys) == Set(gradients.names))
    for (parameter, reference) in expected {
      let found = try #require(gradients[parameter])
      #expect(relativeDifference(found, reference) < 1e-4, "gradient of \(parameter)")
    }
  }

  @Test(arguments: GoldenTransformer.names)
  func encoderAttention(_ name: String) throws {
    let test = try GoldenTransformer(name)
    let model = try test.stored()
    for (sentence, source) in test.sources.enumerated() {
      let seen = model.begin(source).encoder
      guard test.configuration.readsSource else {
        #expect(seen == nil)
        continue
      }
      let expected = try test.attention(.encoder, sentence)
      #expect(greatestDifference(try #require(seen).tensor, expected) < 1e-5)
    }
  }

  /// Step by step with keys and values kept, against PyTorch's pass over whole sentences.
  @Test(arguments: GoldenTransformer.decoders)
  func teacherForcedSteps(_ name: String) throws {
    let test = try GoldenTransformer(name)
    let model = try test.stored()
    for (sentence, source) in test.sources.enumerated() {
      let start = model.begin(source)
      let logits = try test.logits(sentence)
      let decoder = try test.attention(.decoder, sentence)
      let before = test.configuration.readsSource ? 0 : source.count - 1
      for row in 0..<before {
        let prompt = try #require(start.prompt).tensor
        #expect(
          greatestDifference(
            prompt.rowOfHeads(row, columns: before), decoder.rowOfHeads(row, columns: before)) < 1e-5)
      }
      var (state, given) = (try #require(start.state), start.first)
      for (number, token) in test.targets[sentence].enumerated() {
        let step = state.step(given)
        #expect(greatestDifference(step.logits, logits.row(number)) < 1e-4)
        let seen = try #require(step.decoder)
        #expect(seen.columns == before + number + 1)
        #expect(
          greatestDifference(seen.tensor, decoder.rowOfHeads(before + number, columns: seen.columns)) < 1e-5)
        if test.configuration.readsSource {
          let expected = try test.attention(.cross, sentence).rowOfHeads(number, columns: source.count)
          #expect(greatestDifference(try #require(step.cross).tensor, expected) < 1e-5)
        } else {
          #expect(step.cross == nil)
        }
        (state, given) = (step.next, token)
      }
    }
  }

  @Test(arguments: GoldenTransformer.decoders)
  func greedyInSteps(_ name: String) throws {
    let test = try GoldenTransformer(name)
    let model = try test.stored()
    for (source, expected) in zip(test.sources, test.greedy) {
      let start = model.begin(source)
      var (state, token) = (try #require(start.state), start.first)
      for id in expected {
        let step = state.step(token)
        (state, token) = (step.next, step.logits.argmaxOfColumns()[0])
        #expect(token == id)
      }
    }
  }

  @Test(arguments: GoldenTransformer.names)
  func greedyInABatch(_ name: String) throws {
    let test = try GoldenTransformer(name)
    let endID = test.configuration.endID
    // Of an encoder alone the end is a label like any other.
    let expected = test.greedy.map { test.configuration.kind == .encoderOnly ? $0 : $0.filter { $0 != endID } }
    #expect(try test.stored().translate(test.sources, maximumLength: 8) == expected)
  }
}
