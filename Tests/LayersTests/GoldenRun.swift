import Autograd
import Foundation
import GoldenFixtures
import Layers
import Tensors
import Testing

/// One golden case on a tape: its parameters and inputs as leaves, and the comparison of what comes out.
struct GoldenRun {
  let golden: GoldenCase
  let tape = Tape()
  var source: BoundParameters
  let inputs: [String: Variable]

  /// - Parameter wrap: put before each parameter's name where the layer asks for it inside a scope.
  init(_ name: String, wrap: String = "") throws {
    golden = try GoldenCase(name, in: .module)
    var parameters = ParameterSet()
    for (name, tensor) in try golden.tensors("p.") { parameters[wrap + name] = tensor }
    source = BoundParameters(parameters, tape: tape)
    let tape = tape
    inputs = try golden.tensors("in.").filter { !$0.key.hasPrefix("upstream.") }.mapValues { tape.leaf($0) }
  }

  func input(_ name: String) throws -> Variable { try #require(inputs[name]) }

  /// `in.lengths`; nil if the case has no padding.
  func lengths() -> [Int]? { try? golden.integers("in.lengths")[0] }

  /// Compares outputs to 1e-5, then the gradients of the fixture's loss to 1e-4 of each one's greatest element.
  ///
  /// - Parameter wrap: as in `init`.
  func check(_ outputs: [String: Variable], wrap: String = "") throws {
    var loss = Variable(Tensor(0))
    for (name, upstream) in try golden.tensors("in.upstream.") {
      let output = try #require(outputs[name], "the test computes no \(name)")
      #expect(greatestDifference(output.value, try golden.tensor("out.\(name)")) < 1e-5, "\(golden.name): \(name)")
      loss = loss + (output * Variable(upstream)).sum()
    }
    let gradients = tape.gradients(of: loss)
    let expected = try golden.tensors("grad.")
    #expect(expected.count == source.variables.count + inputs.count)
    for (name, reference) in expected {
      let variable = try #require(inputs[name] ?? source.variables[wrap + name])
      let found = gradients[variable] ?? Tensor.zeros(variable.shape)
      // The softmax cancels what a key's bias adds to a row of scores: its gradient is the rounding of large sums alone.
      let floor: Float = name.hasSuffix("key.bias") ? 0.1 : 1e-2
      #expect(
        relativeDifference(found, reference, floor: floor) < 1e-4, "\(golden.name): gradient of \(name)")
    }
  }
}

/// Step results `[B, ...]` side by side as `[B, T, ...]`.
func stackedSteps(_ steps: [Variable]) -> Variable {
  let rows = steps.map { $0.reshaped(Shape([1] + $0.shape.dimensions)) }
  return Variable.concatenatingRows(rows).swappingFirstAxes()
}

extension Variable {
  /// Step `step` of a batch-major sequence `[B, T, D]`: `[B, D]`.
  func step(_ step: Int) -> Variable {
    swappingFirstAxes().rows(step..<(step + 1)).reshaped([shape[0], shape[2]])
  }
}
