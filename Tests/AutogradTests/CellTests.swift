import Autograd
import Tensors
import Testing

/// The fused steps: their derivatives by finite differences, their values against plain operations. Widths are no
/// multiples of a vector.
@Suite struct CellTests {
  let units = 11

  @Test func gru() {
    let inputs = [
      numbers([3, 33], seed: 1), numbers([3, 11], seed: 2), numbers([11, 33], seed: 3) * 0.5, numbers([33], seed: 4),
    ]
    expectGradients(inputs) { $0[0].gruStep(state: $0[1], recurrent: .variable($0[2]), bias: $0[3]) }
    let fused = step(inputs.map { Variable($0) })
    #expect(fused.value.elements.count == 33)
    for (a, b) in zip(fused.value.elements, plainGRU(inputs.map { Variable($0) }).value.elements) {
      #expect(abs(a - b) < 1e-6)
    }
  }

  private func step(_ v: [Variable]) -> Variable { v[0].gruStep(state: v[1], recurrent: .variable(v[2]), bias: v[3]) }

  private func plainGRU(_ v: [Variable]) -> Variable {
    let c = v[1].multiplied(by: .variable(v[2])).addingBias(v[3])
    let z = (v[0].columns(0..<units) + c.columns(0..<units)).sigmoid()
    let r = (v[0].columns(units..<(2 * units)) + c.columns(units..<(2 * units))).sigmoid()
    let n = (v[0].columns((2 * units)..<(3 * units)) + r * c.columns((2 * units)..<(3 * units))).tanh()
    return n + z * (v[1] - n)
  }

  @Test func gruFromZeros() {
    let stored = Weight.stored(StoredMatrix(numbers([11, 33], seed: 3)))
    expectGradients([numbers([3, 33], seed: 5), numbers([33], seed: 6)]) {
      $0[0].gruStep(state: nil, recurrent: stored, bias: $0[1])
    }
  }

  @Test func gruWithStoredKernel() {
    let stored = Weight.stored(StoredMatrix(numbers([11, 33], seed: 3) * 0.5))
    expectGradients([numbers([3, 33], seed: 5), numbers([3, 11], seed: 7), numbers([33], seed: 6)]) {
      $0[0].gruStep(state: $0[1], recurrent: stored, bias: $0[2])
    }
  }

  @Test func lstm() {
    let inputs = [
      numbers([3, 44], seed: 1), numbers([3, 11], seed: 2), numbers([3, 11], seed: 3),
      numbers([11, 44], seed: 4) * 0.5,
    ]
    expectGradients(inputs) { v in
      let (h, c) = v[0].lstmStep(hidden: v[1], cell: v[2], recurrent: .variable(v[3]))
      return Variable.concatenatingColumns([h, c])
    }
    expectGradients(inputs) { $0[0].lstmStep(hidden: $0[1], cell: $0[2], recurrent: .variable($0[3])).hidden }
    expectGradients(inputs) { $0[0].lstmStep(hidden: $0[1], cell: $0[2], recurrent: .variable($0[3])).cell }
  }

  /// Fewer queries than sentences: the first ones are meant.
  @Test(arguments: [2, 3]) func additiveScores(_ count: Int) {
    expectGradients([numbers([count, 11], seed: 1), numbers([3, 5, 11], seed: 2), numbers([11], seed: 3)]) {
      $0[0].additiveScores(keys: $0[1], v: $0[2])
    }
  }

  @Test func additiveScoresOverThreads() {
    let tape = Tape()
    let q = tape.leaf(numbers([40, 48], seed: 1))
    let k = tape.leaf(numbers([40, 30, 48], seed: 2))
    let v = tape.leaf(numbers([48], seed: 3))
    let scores = q.additiveScores(keys: k, v: v)
    var expected: Float = 0
    for u in 0..<48 { expected += v.value[u] * Tensor(q.value[39, u] + k.value[39, 29, u]).tanh().scalar }
    #expect(abs(scores.value[39, 29] - expected) < 1e-4)
    let gradients = tape.gradients(of: scores.sum())
    // dv is the sum of all tanh values, whichever thread met them.
    var sum: Double = 0
    for b in 0..<40 { for s in 0..<30 { sum += Double(Tensor(q.value[b, 7] + k.value[b, s, 7]).tanh().scalar) } }
    #expect(abs(Double(gradients[v]?[7] ?? 0) - sum) < 1e-2)
  }

  @Test(arguments: [2, 3]) func dotScores(_ count: Int) {
    expectGradients([numbers([count, 11], seed: 1), numbers([3, 5, 11], seed: 2)]) { $0[0].dotScores(keys: $0[1]) }
  }

  @Test(arguments: [2, 3]) func weightedSum(_ count: Int) {
    expectGradients([numbers([count, 5], seed: 1), numbers([3, 5, 11], seed: 2)]) { $0[0].weightedSum(of: $0[1]) }
  }
}
