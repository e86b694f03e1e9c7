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
/// All sources of a batch have one length, except in batches made of what was left over of neighbouring lengths. A model
/// that packs its sentences has no padding: then any lengths share a batch, like ones where it can be had.
public struct Batching: Sendable, Equatable {
  /// The most sentences of a batch; nil for no such bound.
  public var sentences: Int?
  /// The most positions of a batch on either side, nil for no such bound: tokens where the model packs its sentences,
  /// else rows times the longest row.
  public var tokens: Int?
  public var isPacked = false

  /// So many batches' worth of examples are sorted by target length together: more saves more work on short rows, but
  /// makes the batches less random.
  private static let poolBatches = 8

  public init(sentences: Int? = nil, tokens: Int? = nil, isPacked: Bool = false) {
    self.sentences = sentences
    self.tokens = tokens
    self.isPacked = isPacked
  }

  /// The batches of one epoch as indices of `pairs`: each once, in an order that `seed` and `epoch` decide.
  public func batches(of pairs: [EncodedPair], seed: UInt64, epoch: Int) -> [[Int]] {
    var randomness = Randomness(seed: seed, stream: UInt64(epoch))
    var indices = Array(pairs.indices)
    randomness.shuffle(&indices)
    let byLength = Dictionary(grouping: indices) { isPacked ? 0 : pairs[$0].source.count }
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
    let poolSize = Self.poolBatches * rows(of: indices, in: pairs)
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
    var load = Load()
    for index in indices {
      if !batch.isEmpty && !fits(load.adding(pairs[index])) {
        batches.append(batch)
        (batch, load) = ([], Load())
      }
      batch.append(index)
      load = load.adding(pairs[index])
    }
    if batch.count < sentences ?? .max { return batch }
    batches.append(batch)
    return []
  }

  /// About how many examples make a batch.
  private func rows(of indices: [Int], in pairs: [EncodedPair]) -> Int {
    let load = indices.reduce(Load()) { $0.adding(pairs[$1]) }
    let byTokens = tokens.map { $0 / max(1, max(load.source, load.target) / max(1, indices.count)) }
    return max(1, min(sentences ?? .max, byTokens ?? .max, indices.count))
  }

  private func fits(_ load: Load) -> Bool {
    guard load.rows <= sentences ?? .max else { return false }
    return isPacked ? max(load.source, load.target) <= tokens ?? .max : load.rows * load.longest <= tokens ?? .max
  }
}

/// What a batch holds: rows, its longest row, and the tokens of each side.
private struct Load {
  var rows = 0
  var longest = 0
  var source = 0
  var target = 0

  func adding(_ pair: EncodedPair) -> Load {
    Load(
      rows: rows + 1, longest: max(longest, pair.source.count, pair.target.count), source: source + pair.source.count,
      target: target + pair.target.count)
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
