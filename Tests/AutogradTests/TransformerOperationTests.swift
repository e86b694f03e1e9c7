import Autograd
import Foundation
import Tensors
import Testing

/// Layer normalisation and activations.
@Suite struct TransformerOperationTests {
  @Test func meanNegativeLogOfChosenEntries() {
    let p = Tensor([2, 3], [0.2, 0.5, 0.3, 0.6, 0.3, 0.1])
    expectGradients([p]) { $0[0].meanNegativeLog(of: [1, 3]) }
    let value = Variable(p).meanNegativeLog(of: [1, 3]).value.scalar
    #expect(abs(value - 0.601_986_4) < 1e-6)  // (log 2 + log 5/3) / 2
    #expect(Variable(p).meanNegativeLog(of: []).value.scalar == 0)
    #expect(Variable(Tensor([1], [0])).meanNegativeLog(of: [0]).value.scalar.isFinite)
  }

  @Test func layerNorm() {
    let inputs = [numbers([3, 11], seed: 1), numbers([11], seed: 2), numbers([11], seed: 3)]
    expectGradients(inputs) { $0[0].layerNorm(gain: $0[1], shift: $0[2], epsilon: 1e-6) }
    expectGradients(Array(inputs[0..<2])) { $0[0].layerNorm(gain: $0[1], shift: nil, epsilon: 0.1) }
    expectGradients(Array(inputs[0..<2])) {
      $0[0].layerNorm(gain: $0[1], shift: nil, epsilon: 1e-6, isCentred: false)
    }
  }

  @Test func layerNormByHand() {
    let x = Variable(Tensor([1, 4], [1, 3, 5, 7]))
    let (gain, shift) = (Variable(Tensor([4], [1, 1, 2, 1])), Variable(Tensor([4], [0, 10, 0, 0])))
    let y = x.layerNorm(gain: gain, shift: shift, epsilon: 0).value.elements
    let root = Float(5).squareRoot()  // of the variance
    for (a, b) in zip(y, [-3 / root, 10 - 1 / root, 2 / root, 3 / root]) { #expect(abs(a - b) < 1e-6) }
    let plain = x.layerNorm(gain: gain, shift: nil, epsilon: 0, isCentred: false).value.elements
    for (a, b) in zip(plain, [1, 3, 10, 7]) { #expect(abs(a - Float(b) / Float(21).squareRoot()) < 1e-6) }
  }

  /// A mean of a million costs the sum of squares no digits.
  @Test func layerNormFarFromZero() {
    let x = Variable(Tensor([1, 9], (0..<9).map { 1_000_000 + Float($0) }))
    let ones = Variable(Tensor([9], repeating: 1))
    let y = x.layerNorm(gain: ones, shift: nil, epsilon: 0).value
    #expect(abs(y[0, 8] - 4 / Float(60.0 / 9).squareRoot()) < 1e-5)
  }

  @Test func layerNormOverThreads() {
    let tape = Tape()
    let x = tape.leaf(numbers([900, 40], seed: 1))
    let (gain, shift) = (tape.leaf(numbers([40], seed: 2)), tape.leaf(numbers([40], seed: 3)))
    let y = x.layerNorm(gain: gain, shift: shift, epsilon: 1e-6)
    let gradients = tape.gradients(of: y, upstream: Tensor([900, 40], repeating: 1))
    #expect(gradients[shift]?.elements.allSatisfy { abs($0 - 900) < 1e-3 } == true)
    let normal = x.value.rows(899..<900)
    let mean = Float(normal.sum) / 40
    let variance = normal.elements.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 40
    let expected = (normal[0, 7] - mean) / variance.squareRoot() * gain.value[7] + shift.value[7]
    #expect(abs(y.value[899, 7] - expected) < 1e-5)
  }

  @Test(arguments: Activation.allCases) func activations(_ activation: Activation) {
    // No element lies within a step of 0, where ReLU has no derivative.
    let x = Tensor([3, 7], numbers([3, 7], seed: 4).elements.map { 3 * $0 + ($0 < 0 ? -0.1 : 0.1) })
    expectGradients([x]) { $0[0].activated(activation) }
  }

  @Test(arguments: Activation.allCases) func activationsAgainstDoubles(_ activation: Activation) {
    let x = stride(from: Float(-12), through: 12, by: 0.037).map { $0 }
    let y = Variable(Tensor([x.count], x)).activated(activation).value.elements
    for (x, y) in zip(x.map(Double.init), y) {
      let expected =
        switch activation {
        case .relu: max(x, 0)
        case .gelu: 0.5 * x * erfc(-x / 2.squareRoot())
        case .geluTanh: 0.5 * x * (1 + tanh((2 / Double.pi).squareRoot() * (x + 0.044715 * x * x * x)))
        case .swish: x / (1 + exp(-x))
        case .quickGELU: x / (1 + exp(-1.702 * x))
        case .clippedGELU: min(0.5 * x * erfc(-x / 2.squareRoot()), 10)
        case .mish: x * tanh(log1p(exp(x)))
        case .hardSwish: x * min(max(x + 3, 0), 6) / 6
        case .leakyReLU: x > 0 ? x : 0.01 * x
        case .relu6: min(max(x, 0), 6)
        case .squaredReLU: max(x, 0) * max(x, 0)
        case .tanh: tanh(x)
        case .sigmoid: 1 / (1 + exp(-x))
        case .linear: x
        }
      // A square has more digits than its last can hold.
      #expect(abs(Double(y) - expected) < max(2e-6, 1e-7 * expected), "\(activation) of \(x)")
    }
  }
}
