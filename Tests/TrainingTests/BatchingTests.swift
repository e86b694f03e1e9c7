import Layers
import Testing

@testable import Training

@Suite struct BatchingTests {
  let pairs: [EncodedPair] = {
    var generator = Randomness(seed: 11)
    return (0..<1000).map { _ in
      let length = 2 + min(generator.below(12), generator.below(12))
      return EncodedPair(
        source: Array(repeating: 1, count: length), target: Array(repeating: 2, count: 1 + generator.below(15)))
    }
  }()

  @Test(arguments: [
    Batching(sentences: 16), Batching(sentences: 1), Batching(sentences: 32, tokens: 100), Batching(tokens: 100),
  ])
  func eachExampleOnceWithinTheBounds(batching: Batching) {
    let batches = batching.batches(of: pairs, seed: 1, epoch: 0)
    #expect(batches.flatMap { $0 }.sorted() == Array(pairs.indices))
    for batch in batches {
      let longest = batch.map { max(pairs[$0].source.count, pairs[$0].target.count) }.max() ?? 0
      #expect(!batch.isEmpty && batch.count <= batching.sentences ?? .max)
      #expect(batch.count * longest <= batching.tokens ?? .max)
    }
  }

  /// Without padding the tokens of each side are bounded, and lengths share a batch so that nearly every one is full.
  @Test(arguments: [nil, 20]) func packedBatchesAreFullOfTokens(sentences: Int?) {
    let batches = Batching(sentences: sentences, tokens: 120, isPacked: true).batches(of: pairs, seed: 1, epoch: 0)
    #expect(batches.flatMap { $0 }.sorted() == Array(pairs.indices))
    let loads = batches.map { batch in
      max(batch.reduce(0) { $0 + pairs[$1].source.count }, batch.reduce(0) { $0 + pairs[$1].target.count })
    }
    #expect(loads.allSatisfy { $0 <= 120 })
    #expect(batches.allSatisfy { $0.count <= sentences ?? .max })
    let full = zip(batches, loads).count { $1 > 100 || $0.count == sentences }
    #expect(full >= batches.count - 1)
    #expect(batches.contains { Set($0.map { pairs[$0].source.count }).count > 1 })
    #expect(
      batches != Batching(sentences: sentences, tokens: 120, isPacked: true).batches(of: pairs, seed: 1, epoch: 1))
  }

  @Test func onlyLeftOversMixSourceLengths() {
    let batches = Batching(sentences: 16).batches(of: pairs, seed: 1, epoch: 0)
    let mixed = batches.filter { Set($0.map { pairs[$0].source.count }).count > 1 }
    // At most 15 examples of each of 12 lengths are left over.
    #expect(mixed.joined().count <= 12 * 15)
    for length in 2...13 {
      let exact = batches.filter { $0.allSatisfy { pairs[$0].source.count == length } && $0.count == 16 }
      #expect(exact.count >= pairs.count { $0.source.count == length } / 16)
    }
  }

  @Test func seedAndEpochDecideTheOrder() {
    let batching = Batching(sentences: 8)
    let first = batching.batches(of: pairs, seed: 1, epoch: 0)
    #expect(first == batching.batches(of: pairs, seed: 1, epoch: 0))
    #expect(first != batching.batches(of: pairs, seed: 1, epoch: 1))
    #expect(first != batching.batches(of: pairs, seed: 2, epoch: 0))
    #expect(first.map(Set.init) != batching.batches(of: pairs, seed: 1, epoch: 1).map(Set.init))
  }

  @Test func anExampleLongerThanTheBoundIsABatchOfItsOwn() {
    let long = EncodedPair(source: Array(repeating: 1, count: 500), target: [2])
    let batches = Batching(sentences: 8, tokens: 100).batches(of: pairs + [long], seed: 1, epoch: 0)
    #expect(batches.contains([1000]))
  }

  @Test func rowsOfABatchEndInOrder() {
    let batch = Batch([[1], [1, 2, 3], [1, 2], [4, 5, 6]].map { EncodedPair(source: [$0.count], target: $0) })
    #expect(batch.targets == [[1, 2, 3], [4, 5, 6], [1, 2], [1]])
    #expect(batch.sources == [[3], [3], [2], [1]])
    #expect(batch.targetTokens == 9)
  }

  @Test func measuringGoesByLengthAndHoldsAll() {
    let batches = Batching(sentences: 64).batchesInOrder(of: pairs)
    #expect(batches.flatMap { $0 }.sorted() == Array(pairs.indices))
    let lengths = batches.flatMap { $0.map { pairs[$0].source.count } }
    #expect(lengths == lengths.sorted())
    #expect(Batching(sentences: 64).batchesInOrder(of: []).isEmpty)
  }
}
