import Autograd
import GoldenFixtures
import Layers
import Tensors
import Testing

/// Against Keras; `Tests/Reference/layers.py`.
@Suite struct OptimizerTests {
  /// Three ways to average one batch whose targets are padded with 0.
  @Test(arguments: ["tokens", "positions", "steps"])
  func maskedCrossEntropy(_ mean: String) throws {
    let golden = try GoldenCase("cross-entropy", in: .module)
    let targets = try golden.integers("in.targets").flatMap { $0 }
    let real = targets.filter { $0 != 0 }.count
    let divisor = try #require(["tokens": real, "positions": targets.count, "steps": 3][mean])
    let tape = Tape()
    let logits = tape.leaf(try golden.tensor("in.logits"))
    let loss = logits.reshaped([targets.count, 11]).crossEntropy(
      targets: targets, weights: targets.map { $0 == 0 ? 0 : 1 / Float(divisor) })
    #expect(abs(loss.value.scalar - (try golden.tensor("out.\(mean)").scalar)) < 1e-5)
    let gradient = try #require(tape.gradients(of: loss)[logits])
    #expect(greatestDifference(gradient, try golden.tensor("grad.\(mean).logits")) < 1e-6)
  }

  @Test(arguments: [nil, 1.0] as [Float?])
  func adam(clippedAt limit: Float?) throws {
    let golden = try GoldenCase(limit == nil ? "adam" : "adam-clipped", in: .module)
    var parameters = ParameterSet()
    for (name, tensor) in try golden.tensors("p.") { parameters[name] = tensor }
    var adam = Adam(parameters)
    for step in 0..<3 {
      var gradients = ParameterSet()
      for name in parameters.names { gradients[name] = try golden.tensor("in.\(step).\(name)") }
      let scale = ParameterSet.clippingScale(norm: gradients.globalNorm, limit: limit)
      #expect((scale < 1) == (limit != nil && step != 1))
      adam.update(&parameters, gradients, rate: 0.01, scale: scale)
      for name in parameters.names {
        let found = try #require(parameters[name])
        // Near 1, a Float's last place is 6e-8; each of three updates moves a parameter by about 0.01.
        #expect(greatestDifference(found, try golden.tensor("out.\(step).\(name)")) < 1e-6, "\(name), step \(step)")
      }
    }
  }

  /// A gradient as small as epsilon shows where epsilon is added. By hand, one step from 0: the corrected moments are g
  /// and g², so the paper's step is g / (g + ε) = 1/2; Keras's is r / (r + 1) with r = sqrt(1 - β2).
  @Test func placeOfEpsilon() throws {
    let gradient: Float = 1e-7
    for (corrects, expected) in [(true, Float(0.5)), (false, 0.0306535)] {
      var parameters = ParameterSet()
      parameters["p"] = Tensor([1], [0])
      var gradients = ParameterSet()
      gradients["p"] = Tensor([1], [gradient])
      var adam = Adam(parameters, options: .init(epsilon: gradient, correctsBeforeEpsilon: corrects))
      adam.update(&parameters, gradients, rate: 1)
      #expect(abs(try #require(parameters["p"])[0] + expected) < 1e-4)
    }
  }
}
