import Synchronization

/// The keys and values of one sentence's positions so far, in one attention layer: what incremental decoding keeps.
///
/// A value: a copy is a fork, an earlier copy is an earlier state. Copies share one buffer as long as each appends
/// where the buffer ends; the first that would write over another's rows moves to a buffer of its own.
public struct KeyValueStore: Sendable {
  /// Numbers in one key and one value, all heads side by side.
  public let keyWidth: Int
  public let valueWidth: Int
  /// Positions held.
  public private(set) var count = 0
  private var buffer: Buffer

  /// - Parameter capacity: positions for which there is room before the buffer grows.
  public init(keyWidth: Int, valueWidth: Int, capacity: Int = 16) {
    self.keyWidth = keyWidth
    self.valueWidth = valueWidth
    buffer = Buffer(rows: max(capacity, 1), width: keyWidth + valueWidth)
  }

  /// Numbers from one position's key to the next one's.
  package var stride: Int { keyWidth + valueWidth }
  /// The first key; valid while this value lives.
  package var keys: UnsafePointer<Float> { UnsafePointer(buffer.memory.pointer) }
  /// The first value; valid while this value lives.
  package var values: UnsafePointer<Float> { keys + keyWidth }

  /// Adds positions at the end: `[n, keyWidth]` and `[n, valueWidth]`.
  public mutating func append(keys: Tensor, values: Tensor) {
    let added = keys.shape.rows
    precondition(keys.shape.columns == keyWidth && values.shape.columns == valueWidth && values.shape.rows == added)
    claim(added)
    let start = buffer.memory.pointer + count * stride
    keys.withUnsafeElements { keys in
      values.withUnsafeElements { values in
        for row in 0..<added {
          (start + row * stride).update(from: keys + row * keyWidth, count: keyWidth)
          (start + row * stride + keyWidth).update(from: values + row * valueWidth, count: valueWidth)
        }
      }
    }
    count += added
  }

  /// Forgets every position from `length` on.
  public mutating func truncate(to length: Int) { count = min(count, max(length, 0)) }

  /// Makes the `added` rows after the last one this value's own.
  private mutating func claim(_ added: Int) {
    let end = count + added
    // Rows beyond ours that nobody else can see are free again.
    if isKnownUniquelyReferenced(&buffer) { buffer.claimed.store(count, ordering: .relaxed) }
    if end <= buffer.rows, buffer.claim(count..<end) { return }
    let larger = Buffer(rows: end <= buffer.rows ? buffer.rows : max(end, 2 * buffer.rows), width: stride)
    larger.memory.pointer.update(from: buffer.memory.pointer, count: count * stride)
    larger.claimed.store(end, ordering: .relaxed)
    buffer = larger
  }
}

/// Rows that several stores read.
///
/// Sendable because a row is written once, by the one store whose atomic exchange claimed it, before any store counts
/// it among its rows.
private final class Buffer: @unchecked Sendable {
  let memory: Storage
  let rows: Int
  let claimed = Atomic<Int>(0)

  init(rows: Int, width: Int) {
    memory = Storage(count: rows * width)
    self.rows = rows
  }

  func claim(_ range: Range<Int>) -> Bool {
    claimed.compareExchange(
      expected: range.lowerBound, desired: range.upperBound, ordering: .acquiringAndReleasing
    ).exchanged
  }
}
