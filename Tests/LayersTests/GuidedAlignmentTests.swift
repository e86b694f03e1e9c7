import Autograd
import Tensors
import Testing

@testable import Layers

/// One head learns where the others look together.
@Suite struct GuidedAlignmentTests {
  /// Two sentences, of 2 rows by 3 columns and 1 by 2, two heads.
  let layout = HeadLayout(queries: Packing([2, 1]), memory: Packing([3, 2]), heads: 2)

  private func weights(_ layout: HeadLayout) -> [Int: Variable] {
    // Head 0 is guided in layer 1; all others look at column 1, 2, then 0.
    let guided: [Float] = [0.9, 0.1, 0, 1, 0, 0]
    let others: [Float] = [0.2, 0.7, 0.1, 0, 0.1, 0.9]
    let first = others + others + [0.6, 0.4] + [0.6, 0.4]
    let second = guided + others + [0, 1] + [0.6, 0.4]
    return [0: Variable(Tensor([16], first)), 1: Variable(Tensor([16], second))]
  }

  @Test func labelsAreWhereTheOthersLook() {
    let guidance = GuidedAlignment(layer: 1, head: 0, weight: 1)
    #expect(guidance.labels(weights(layout), layout) == [1, 5, 12])
    let other = GuidedAlignment(layer: 1, head: 1, weight: 1)
    #expect(other.labels(weights(layout), layout).first == 6 + 1)
  }

  @Test func onlyTheGuidedHeadIsPulled() throws {
    let tape = Tape()
    let leaves = weights(layout).mapValues { tape.leaf($0.value) }
    let guidance = GuidedAlignment(layer: 1, head: 0, weight: 0.5)
    let loss = try #require(guidance.loss(leaves, layout))
    let gradients = tape.gradients(of: loss)
    let (first, second) = (try #require(leaves[0]), try #require(leaves[1]))
    #expect(gradients[first] == nil)
    let pulled = try #require(gradients[second]).elements.enumerated().filter { $0.element != 0 }.map(\.offset)
    #expect(pulled == [1, 5, 12])
    #expect(guidance.loss([0: first], layout) == nil)
  }
}
