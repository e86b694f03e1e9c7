import Synchronization

/// Bytes whose checksum is compared when they are asked for the first time.
final class ChecksummedSource: TensorSource {
  private let stored: TensorBytes
  /// Nil where there is none over the bytes as they stand.
  private let checksum: UInt32?
  private let isChecked = Mutex(false)

  init(_ stored: TensorBytes, checksum: UInt32?) {
    self.stored = stored
    self.checksum = checksum
  }

  /// - Throws: `damaged` if the checksum differs.
  func bytes() throws(CheckpointError.Rule) -> TensorBytes {
    if let checksum, !isChecked.withLock({ $0 }) {
      guard stored.withUnsafeBytes({ CRC32C($0).masked }) == checksum else {
        throw .damaged(.tensorflow, "its numbers do not have the checksum that the index gives")
      }
      isChecked.withLock { $0 = true }
    }
    return stored
  }
}

/// A variable that was saved in parts, each a box of the whole.
struct PartitionedSource: TensorSource {
  struct Part {
    var starts: [Int]
    var shape: [Int]
    var source: ChecksummedSource
  }

  private let shape: [Int]
  private let width: Int
  private let parts: [Part]

  /// - Returns: nil unless the parts make up the whole, each number once.
  init?(shape: [Int], width: Int, parts: [Part]) {
    let whole = shape.reduce(1, *)
    var covered = 0
    for (index, part) in parts.enumerated() {
      for ((start, length), size) in zip(zip(part.starts, part.shape), shape) {
        guard start <= size, length <= size - start else { return nil }
      }
      for other in parts[..<index] where Self.overlap(part, other) { return nil }
      covered += part.shape.reduce(1, *)
    }
    guard covered == whole else { return nil }
    self.shape = shape
    self.width = width
    self.parts = parts
  }

  private static func overlap(_ one: Part, _ other: Part) -> Bool {
    one.shape.indices.allSatisfy {
      one.starts[$0] < other.starts[$0] + other.shape[$0] && other.starts[$0] < one.starts[$0] + one.shape[$0]
    }
  }

  func bytes() throws(CheckpointError.Rule) -> TensorBytes {
    let held = try HeldBytes(count: shape.reduce(width, *)) { memory throws(CheckpointError.Rule) in
      for part in parts {
        try part.source.bytes().withUnsafeBytes { copy($0, of: part, to: memory) }
      }
    }
    return TensorBytes(held)
  }

  /// Row by row, with an index for each dimension but the last.
  private func copy(_ bytes: UnsafeRawBufferPointer, of part: Part, to memory: UnsafeMutableRawBufferPointer) {
    if bytes.isEmpty { return }
    let strides = shape.strides(columnsFirst: false)
    let length = (part.shape.last ?? 1) * width
    var index = [Int](repeating: 0, count: part.shape.count)
    for row in 0..<(bytes.count / length) {
      let start = zip(zip(part.starts, index), strides).reduce(0) { $0 + ($1.0.0 + $1.0.1) * $1.1 } * width
      UnsafeMutableRawBufferPointer(rebasing: memory[start..<(start + length)])
        .copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[(row * length)..<((row + 1) * length)]))
      var dimension = index.count - 2
      while dimension >= 0 {
        index[dimension] += 1
        if index[dimension] < part.shape[dimension] { break }
        index[dimension] = 0
        dimension -= 1
      }
    }
  }
}
