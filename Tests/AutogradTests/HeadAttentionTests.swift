import Autograd
import Tensors
import Testing

/// Attention of many heads over packed sentences: derivatives by finite differences, values against sums written out.
/// Widths and lengths are no multiples of a vector or of a block of the loops.
@Suite struct HeadAttentionTests {
  let heads = 2
  let queries = Packing([3, 1])
  let positions = Packing([5, 2])
  var layout: HeadLayout { HeadLayout(queries: queries, memory: positions, heads: heads) }
  /// `[4, H*11]`, `[7, H*11]`, `[7, H*9]`.
  let inputs = [numbers([4, 22], seed: 1), numbers([7, 22], seed: 2), numbers([7, 18], seed: 3)]

  private func memory(_ keys: Variable, _ values: Variable) -> HeadMemory {
    .packed(keys: keys, values: values, positions)
  }

  private func attend(_ v: [Variable], bias: Variable? = nil, mask: HeadMask) -> Variable {
    let memory = memory(v[1], v[2])
    let weights = v[0].headScores(memory, layout, scale: 0.3, bias: bias, mask: mask).headSoftmax(layout, mask: mask)
    return weights.headSum(of: memory, layout)
  }

  @Test func scores() {
    let values = Variable(inputs[2])
    expectGradients(Array(inputs[0..<2])) { $0[0].headScores(memory($0[1], values), layout, scale: 0.3) }
    expectGradients(Array(inputs[0..<2]) + [numbers([34], seed: 4)]) {
      $0[0].headScores(memory($0[1], values), layout, scale: 0.3, bias: $0[2])
    }
  }

  @Test func sums() {
    let keys = Variable(inputs[1])
    expectGradients([numbers([34], seed: 5), inputs[2]]) { $0[0].headSum(of: memory(keys, $0[1]), layout) }
  }

  static let masks: [HeadMask] = [
    .none, .causal, HeadMask(open: [1, 1, 0, 1, 1, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 1, 1]),
    HeadMask(isCausal: true, open: [1, 1, 0, 1, 1, 1, 0, 0, 1, 1, 0, 1, 1, 1, 1, 0, 1]),
  ]

  @Test(arguments: masks) func allOfIt(_ mask: HeadMask) {
    expectGradients(inputs) { attend($0, mask: mask) }
    expectGradients(inputs + [numbers([34], seed: 4)]) { attend($0, bias: $0[3], mask: mask) }
  }

  @Test(arguments: masks) func weightsAreTheSoftmaxOfOpenProducts(_ mask: HeadMask) {
    let memory = memory(Variable(inputs[1]), Variable(inputs[2]))
    let scores = Variable(inputs[0]).headScores(memory, layout, scale: 0.3, mask: mask)
    let weights = scores.headSoftmax(layout, mask: mask)
    let sums = weights.headSum(of: memory, layout).value
    for sentence in 0..<2 {
      let found = layout.sentence(sentence, of: weights.value)
      for head in 0..<heads {
        for t in 0..<queries.lengths[sentence] {
          let expected = expectedWeights(sentence, head, t, mask)
          for s in expected.indices {
            #expect(abs(found[head, t, s] - expected[s]) < 1e-6)
            #expect((found[head, t, s] == 0) == (expected[s] == 0))
            #expect((layout.sentence(sentence, of: scores.value)[head, t, s] == -.infinity) == (expected[s] == 0))
          }
          for u in 0..<9 {
            let sum = expected.indices.reduce(Float(0)) {
              $0 + expected[$1] * inputs[2][positions.starts[sentence] + $1, head * 9 + u]
            }
            #expect(abs(sums[queries.starts[sentence] + t, head * 9 + u] - sum) < 1e-6)
          }
        }
      }
    }
  }

  private func expectedWeights(_ sentence: Int, _ head: Int, _ t: Int, _ mask: HeadMask) -> [Float] {
    let (rows, length) = (queries.lengths[sentence], positions.lengths[sentence])
    let exponentials = (0..<length).map { s -> Float in
      let entry = (sentence == 0 ? 0 : 15) + t * length + s
      if mask.isCausal && s > t + length - rows || mask.open?[entry] == 0 { return 0 }
      let product = (0..<11).reduce(Float(0)) {
        $0 + inputs[0][queries.starts[sentence] + t, head * 11 + $1]
          * inputs[1][positions.starts[sentence] + s, head * 11 + $1]
      }
      return Tensor(0.3 * product).exp().scalar
    }
    let sum = exponentials.reduce(0, +)
    return exponentials.map { sum == 0 ? 0 : $0 / sum }
  }

  @Test func aQueryToWhichAllIsClosedLooksNowhere() {
    let one = HeadLayout(queries: Packing([2]), memory: Packing([3]), heads: 1)
    let tape = Tape()
    let q = tape.leaf(numbers([2, 4], seed: 1))
    let memory = HeadMemory.packed(
      keys: Variable(numbers([3, 4], seed: 2)), values: Variable(numbers([3, 4], seed: 3)), Packing([3]))
    let mask = HeadMask(open: [0, 0, 0, 1, 0, 1])
    let weights = q.headScores(memory, one, scale: 1, mask: mask).headSoftmax(one, mask: mask)
    #expect(weights.shape == [1, 2, 3])
    #expect(Array(weights.value.elements[0..<3]) == [0, 0, 0])
    #expect(weights.value[0, 1, 1] == 0 && weights.value[0, 1, 0] > 0)
    let gradient = tape.gradients(of: weights.headSum(of: memory, one).sum())[q]
    #expect(gradient?.elements.allSatisfy(\.isFinite) == true)
    #expect(gradient?.rows(0..<1).elements == [0, 0, 0, 0])
  }

  /// Enough work for the threads to share: the same bits as alone, forward and back.
  @Test func threadsChangeNoBit() {
    let packing = Packing((0..<12).map { 9 + $0 })
    let layout = HeadLayout(queries: packing, memory: packing, heads: 4)
    let parts = (0..<3).map { numbers([packing.rows, 4 * 48], seed: $0) }
    func run() -> [Tensor?] {
      let tape = Tape()
      let leaves = parts.map { tape.leaf($0) }
      let memory = HeadMemory.packed(keys: leaves[1], values: leaves[2], packing)
      let weights = leaves[0].headScores(memory, layout, scale: 0.1, mask: .causal).headSoftmax(layout, mask: .causal)
      let result = weights.headSum(of: memory, layout)
      let gradients = tape.gradients(of: (result * result).sum())
      return [result.value] + leaves.map { gradients[$0] }
    }
    let before = Threads.count
    defer { Threads.count = before }
    Threads.count = 1
    let alone = run()
    Threads.count = 3
    #expect(run() == alone)
    #expect(alone.allSatisfy { $0 != nil })
  }

  @Test func storesAndSelectedSentencesHoldTheSameMemory() {
    let packed = memory(Variable(inputs[1]), Variable(inputs[2]))
    let stores = (0..<2).map { sentence in
      var store = KeyValueStore(keyWidth: 22, valueWidth: 18, capacity: 1)
      for row in positions.range(sentence) {
        store.append(keys: inputs[1].rows(row..<(row + 1)), values: inputs[2].rows(row..<(row + 1)))
      }
      return store
    }
    func attend(_ memory: HeadMemory) -> Tensor {
      let layout = HeadLayout(queries: Packing([3, 1]), memory: memory.packing, heads: heads)
      return Variable(inputs[0]).headScores(memory, layout, scale: 1).headSoftmax(layout).headSum(of: memory, layout)
        .value
    }
    #expect(attend(.stored(stores)) == attend(packed))
    #expect(attend(packed.sentences([1, 0])) == attend(.stored([stores[1], stores[0]])))
    #expect(attend(packed.sentences([1, 1])) == attend(.stored(stores).sentences([1, 1])))
    #expect(attend(packed.sentences([1, 1])) != attend(packed))
  }
}
