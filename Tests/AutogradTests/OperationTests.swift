import Autograd
import Tensors
import Testing

/// Every operation's derivative by finite differences.
@Suite struct OperationTests {
  let a = numbers([3, 4], seed: 1)
  let b = numbers([3, 4], seed: 2)
  let row = numbers([4], seed: 3)
  let column = numbers([3, 1], seed: 4)

  @Test func sums() {
    expectGradients([a, b]) { $0[0] + $0[1] }
    expectGradients([a, row]) { $0[0] + $0[1] }
    expectGradients([column, row]) { $0[0] - $0[1] }
  }

  @Test func products() {
    expectGradients([a, b]) { $0[0] * $0[1] }
    expectGradients([column, row]) { $0[0] * $0[1] }
    expectGradients([a]) { $0[0] * -2.5 }
    expectGradients([a]) { $0[0] * $0[0] }
  }

  @Test func functions() {
    expectGradients([a]) { $0[0].tanh() }
    expectGradients([a]) { $0[0].sigmoid() }
    expectGradients([a]) { $0[0].exp() }
    expectGradients([a]) { $0[0].sum() }
  }

  @Test func bias() { expectGradients([a, row]) { $0[0].addingBias($0[1]) } }

  @Test func matrixProducts() {
    expectGradients([a, numbers([4, 5], seed: 5)]) { $0[0].multiplied(by: .variable($0[1])) }
    expectGradients([a, numbers([5, 4], seed: 6)]) { $0[0].multiplied(by: .variable($0[1]), transposed: true) }
    let stored = StoredMatrix(numbers([4, 5], seed: 7))
    expectGradients([a]) { $0[0].multiplied(by: .stored(stored)) }
    expectGradients([b.reshaped([4, 3])]) { $0[0].swappingFirstAxes().multiplied(by: .stored(stored)) }
  }

  /// One matrix used twice: its two products are joined into one.
  @Test func sharedMatrix() {
    expectGradients([a, numbers([4, 4], seed: 8)]) { inputs in
      let w = Weight.variable(inputs[1])
      return inputs[0].multiplied(by: w).tanh().multiplied(by: w)
    }
    expectGradients([a, numbers([6, 4], seed: 9)]) { inputs in
      inputs[0].multiplied(by: .variable(inputs[1]).rows(1..<5))
    }
  }

  @Test func arranging() {
    expectGradients([a]) { $0[0].rows(1..<3) }
    expectGradients([a]) { $0[0].columns(1..<3) }
    expectGradients([a]) { $0[0].reshaped([2, 6]) }
    expectGradients([a]) { $0[0].swappingFirstAxes() }
    expectGradients([numbers([2, 3, 2], seed: 10)]) { $0[0].swappingFirstAxes() }
    expectGradients([a]) { $0[0].gather([2, 0, 2]) }
    expectGradients([a, b]) { Variable.concatenatingRows([$0[0], $0[1], $0[0]]) }
    expectGradients([a, column]) { Variable.concatenatingColumns([$0[0], $0[1]]) }
    expectGradients([a, b]) { $0[0].selecting([true, false, true], else: $0[1]) }
  }

  @Test func softmax() {
    expectGradients([a * 3]) { $0[0].softmax() }
    expectGradients([a * 3]) { $0[0].softmax(mask: [1, 1, 0, 1, 0, 1, 1, 1, 1, 1, 1, 0]) }
  }

  @Test(arguments: [Float(0), 0.1]) func crossEntropy(_ smoothing: Float) {
    expectGradients([numbers([5, 11], seed: 11) * 3]) {
      $0[0].crossEntropy(
        targets: [0, 10, 3, 3, 7], weights: [0.5, 1, 0, 2, 0.25], smoothing: smoothing)
    }
  }

  @Test func crossEntropyByHand() {
    let logits = Variable(Tensor([1, 2], [0, 0]))
    #expect(abs(logits.crossEntropy(targets: [1], weights: [1]).value.scalar - 0.6931472) < 1e-6)
  }

  @Test func dropoutKeepsTheMeanAndItsOwnMask() {
    var generator = SystemRandomNumberGenerator()
    let tape = Tape()
    let x = tape.leaf(Tensor([100, 100], repeating: 1))
    let y = x.dropout(0.25, using: &generator)
    let values = Set(y.value.elements)
    #expect(values.isSubset(of: [0, 1 / 0.75]))
    #expect(abs(y.value.sum / 10_000 - 1) < 0.05)
    #expect(tape.gradients(of: y.sum())[x] == y.value)
    #expect(x.dropout(0, using: &generator).value == x.value)
  }
}
