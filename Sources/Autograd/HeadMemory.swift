import Tensors

/// What the heads of a layer look back at: keys `[N, H*K]` and values `[N, H*V]`, heads side by side in a row.
public enum HeadMemory {
  /// The rows of a batch of sentences, with their gradients while training.
  case packed(keys: Variable, values: Variable, Packing)
  /// The positions so far of each sentence that is being decoded.
  case stored([KeyValueStore])

  /// How many positions each sentence has.
  public var packing: Packing {
    switch self {
    case .packed(_, _, let packing): packing
    case .stored(let stores): Packing(stores.map(\.count))
    }
  }

  /// Numbers in one key.
  var keyWidth: Int {
    switch self {
    case .packed(let keys, _, _): keys.shape.columns
    case .stored(let stores): stores.first?.keyWidth ?? 0
    }
  }

  /// Numbers in one value.
  var valueWidth: Int {
    switch self {
    case .packed(_, let values, _): values.shape.columns
    case .stored(let stores): stores.first?.valueWidth ?? 0
    }
  }

  /// The memory of some sentences, in any order and as often as wanted, without gradients: for sentences that are
  /// still being decoded, or several continuations of one.
  public func sentences(_ indices: [Int]) -> HeadMemory {
    switch self {
    case .packed(let keys, let values, let packing):
      .packed(keys: Variable(keys.value), values: Variable(values.value), packing.selecting(indices))
    case .stored(let stores): .stored(indices.map { stores[$0] })
    }
  }

  /// Calls `body` with the distance between rows and a function from a sentence to its first key.
  func withKeys(_ body: (_ stride: Int, _ first: (Int) -> UnsafePointer<Float>) -> Void) {
    switch self {
    case .packed(let keys, _, let packing): Self.withRows(keys.value, packing, body)
    case .stored(let stores):
      withExtendedLifetime(stores) { body(stores.first?.stride ?? 0) { stores[$0].keys } }
    }
  }

  /// The same for values.
  func withValues(_ body: (_ stride: Int, _ first: (Int) -> UnsafePointer<Float>) -> Void) {
    switch self {
    case .packed(_, let values, let packing): Self.withRows(values.value, packing, body)
    case .stored(let stores):
      withExtendedLifetime(stores) { body(stores.first?.stride ?? 0) { stores[$0].values } }
    }
  }

  private static func withRows(
    _ rows: Tensor, _ packing: Packing, _ body: (Int, (Int) -> UnsafePointer<Float>) -> Void
  ) {
    let width = rows.shape.columns
    rows.withUnsafeElements { first in body(width) { first + packing.starts[$0] * width } }
  }
}

/// Which positions a query may look at.
public struct HeadMask: Sendable, Hashable {
  /// The queries are the last T of the S positions, and none looks past its own.
  public var isCausal: Bool
  /// For each sentence its `[T, S]` entries, the same for all heads, 0 where closed; nil if everything is open.
  public var open: [UInt8]?

  public init(isCausal: Bool = false, open: [UInt8]? = nil) {
    self.isCausal = isCausal
    self.open = open
  }

  public static let none = HeadMask()
  public static let causal = HeadMask(isCausal: true)

  /// Positions 0 up to this one are open to `row` unless an entry closes them.
  func reach(_ row: Int, _ block: HeadLayout.Block) -> Int {
    isCausal ? max(min(row + 1 + block.memory - block.queries, block.memory), 0) : block.memory
  }

  func check(_ layout: HeadLayout) {
    precondition(open == nil || open!.count * layout.heads == layout.count, "a mask of \(open?.count ?? 0) entries")
  }
}
