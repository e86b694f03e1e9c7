import Tensors

/// Where the sentences of a batch lie when their rows follow one another without padding: `[N, D]` holds the
/// `lengths[0]` rows of the first sentence, then those of the second.
public struct Packing: Sendable, Hashable {
  public let lengths: [Int]
  /// The first row of each sentence.
  public let starts: [Int]

  /// - Precondition: no length is negative.
  public init(_ lengths: [Int]) {
    var (starts, next) = ([Int](), 0)
    starts.reserveCapacity(lengths.count)
    for length in lengths {
      precondition(length >= 0, "a sentence of \(length) rows")
      starts.append(next)
      next += length
    }
    self.init(lengths: lengths, starts: starts)
  }

  private init(lengths: [Int], starts: [Int]) {
    self.lengths = lengths
    self.starts = starts
  }

  /// One row for each of `count` sentences, as in one step of decoding.
  public static func steps(_ count: Int) -> Packing { Packing(Array(repeating: 1, count: count)) }

  /// How many sentences there are.
  public var count: Int { lengths.count }
  /// N.
  public var rows: Int { lengths.reduce(0, +) }

  public func range(_ sentence: Int) -> Range<Int> { starts[sentence]..<(starts[sentence] + lengths[sentence]) }

  /// The last row of each sentence that has one.
  public var lastRows: [Int] { (0..<count).compactMap { range($0).last } }

  /// Some of the sentences, in any order, of the same rows.
  func selecting(_ sentences: [Int]) -> Packing {
    Packing(lengths: sentences.map { lengths[$0] }, starts: sentences.map { starts[$0] })
  }
}

/// How the scores or weights of a batch lie: those of one sentence after those of another, each `[H, T, S]`.
public struct HeadLayout: Sendable, Hashable {
  public let queries: Packing
  public let memory: Packing
  public let heads: Int
  /// The first weight of each sentence.
  public let starts: [Int]
  /// All weights of all sentences.
  public let count: Int

  /// - Precondition: as many sentences in `queries` as in `memory`.
  public init(queries: Packing, memory: Packing, heads: Int) {
    precondition(queries.count == memory.count, "\(queries.count) sentences look at \(memory.count)")
    var (starts, next) = ([Int](), 0)
    for (queries, memory) in zip(queries.lengths, memory.lengths) {
      starts.append(next)
      next += heads * queries * memory
    }
    self.queries = queries
    self.memory = memory
    self.heads = heads
    self.starts = starts
    count = next
  }

  /// `[H, T, S]` for one sentence, the flat count for several.
  public var shape: Shape { queries.count == 1 ? [heads, queries.lengths[0], memory.lengths[0]] : [count] }

  /// The weights of one sentence, `[H, T, S]`, sharing the storage of `all`.
  public func sentence(_ index: Int, of all: Tensor) -> Tensor {
    let shape: Shape = [heads, queries.lengths[index], memory.lengths[index]]
    return all.reshaped([count]).rows(starts[index]..<(starts[index] + shape.count)).reshaped(shape)
  }

  /// One head of one sentence: its `[T, S]` weights begin at `start`.
  struct Block {
    let sentence: Int
    let head: Int
    let queries: Int
    let memory: Int
    let start: Int
  }

  /// Calls `body` for every head of every sentence, shared over the threads; no two blocks have a weight in common.
  ///
  /// - Parameter width: multiply-adds for each weight.
  func forEachBlock(width: Int, _ body: (Block) -> Void) {
    let blocks = queries.count * heads
    guard blocks > 0 else { return }
    parallelRanges(blocks, cost: (count / blocks + 1) * width) { range in
      for index in range {
        let (sentence, head) = (index / heads, index % heads)
        let (t, s) = (queries.lengths[sentence], memory.lengths[sentence])
        body(Block(sentence: sentence, head: head, queries: t, memory: s, start: starts[sentence] + head * t * s))
      }
    }
  }
}
