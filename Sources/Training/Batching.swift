import Layers

/// One example as ids.
public struct EncodedPair: Sendable, Equatable {
  /// What the encoder reads.
  public var source: [Int]
  /// What the decoder is to produce: the end token included, the start token not.
  public var target: [Int]

  public init(source: [Int], target: [Int]) {
    self.source = source
    self.target = target
  }
}

/// Examples that go through the model together, longest target first, so that a decoder can drop rows as they end.
public struct Batch: Sendable, Equatable {
  public var sources: [[Int]]
  public var targets: [[Int]]

  public init(_ pairs: [EncodedPair]) {
    let ordered = pairs.enumerated().sorted {
      ($1.element.target.count, $0.offset) < ($0.element.target.count, $1.offset)
    }
    sources = ordered.map(\.element.source)
    targets = ordered.map(\.element.target)
  }

  /// Real target tokens, without padding.
  public var targetTokens: Int { targets.reduce(0) { $0 + $1.count } }
}

/// Groups examples of like length, so that padding costs nothing.
///
/// All sources of a batch have one length, except in batches made of what was left over of neighbouring lengths.
public struct Batching: Sendable, Equatable {
  /// The most sentences of a batch.
  public var sentences: Int
  /// The most positions of a batch, rows times the longest row; nil for no such bound.
  public var tokens: Int?

  /// So many batches' worth of examples are sorted by target length together: more saves more work on short rows, but
  /// makes the batches less random.
  private static let poolBatches = 8

  public init(sentences: Int, tokens: Int? = nil) {
    self.sentences = sentences
    self.tokens = tokens
  }

  /// The batches of one epoch as indices of `pairs`: each once, in an order that `seed` and `epoch` decide.
  public func batches(of pairs: [EncodedPair], seed: UInt64, epoch: Int) -> [[Int]] {
    var randomness = Randomness(seed: seed, stream: UInt64(epoch))
    var indices = Array(pairs.indices)
    randomness.shuffle(&indices)
    let byLength = Dictionary(grouping: indices) { pairs[$0].source.count }
    var batches: [[Int]] = []
    var leftOver: [Int] = []
    for length in byLength.keys.sorted() {
      leftOver += fill(&batches, pooling: byLength[length] ?? [], of: pairs)
    }
    let rest = fill(&batches, with: leftOver, of: pairs)
    if !rest.isEmpty { batches.append(rest) }
    randomness.shuffle(&batches)
    return batches
  }

  /// Batches in the order of source length, for measuring: nothing is random.
  public func batchesInOrder(of pairs: [EncodedPair]) -> [[Int]] {
    let ordered = pairs.indices.sorted {
      (pairs[$0].source.count, pairs[$0].target.count, $0) < (pairs[$1].source.count, pairs[$1].target.count, $1)
    }
    var batches: [[Int]] = []
    let rest = fill(&batches, with: ordered, of: pairs)
    if !rest.isEmpty { batches.append(rest) }
    return batches
  }

  /// Cuts examples of one source length into batches, one pool at a time; returns those that fill none.
  private func fill(_ batches: inout [[Int]], pooling indices: [Int], of pairs: [EncodedPair]) -> [Int] {
    let (size, overflow) = sentences.multipliedReportingOverflow(by: Self.poolBatches)
    let poolSize = overflow ? indices.count : max(1, size)
    var rest: [Int] = []
    for start in stride(from: 0, to: indices.count, by: poolSize) {
      let pool = rest + indices[start..<min(start + poolSize, indices.count)]
      rest = fill(&batches, with: pool.sorted { pairs[$0].target.count > pairs[$1].target.count }, of: pairs)
    }
    return rest
  }

  /// Cuts `indices` into full batches in their order; returns those at the end that fill none.
  private func fill(_ batches: inout [[Int]], with indices: [Int], of pairs: [EncodedPair]) -> [Int] {
    var batch: [Int] = []
    var longest = 0
    for index in indices {
      let length = max(pairs[index].source.count, pairs[index].target.count)
      if !batch.isEmpty && !fits(rows: batch.count + 1, length: max(longest, length)) {
        batches.append(batch)
        (batch, longest) = ([], 0)
      }
      batch.append(index)
      longest = max(longest, length)
    }
    if batch.count < sentences { return batch }
    batches.append(batch)
    return []
  }

  private func fits(rows: Int, length: Int) -> Bool {
    guard rows <= sentences else { return false }
    guard let tokens else { return true }
    let (positions, overflow) = rows.multipliedReportingOverflow(by: length)
    return !overflow && positions <= tokens
  }
}

extension Randomness {
  /// Fisher and Yates's shuffle, written out because the standard library's may change between versions and a resumed run
  /// must see the same order.
  mutating func shuffle<Element>(_ elements: inout [Element]) {
    for last in stride(from: elements.count - 1, to: 0, by: -1) {
      elements.swapAt(last, Int(next().multipliedFullWidth(by: UInt64(last + 1)).high))
    }
  }
}
