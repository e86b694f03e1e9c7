/// Where the numbers of one tensor come from, row-major and little-endian.
protocol TensorSource: Sendable {
  /// All bytes, in the file if they lie there as they are needed.
  func bytes() throws(CheckpointError.Rule) -> TensorBytes
  /// Lends all bytes in order, in pieces of bounded length that end between numbers.
  func forEachPiece(_ body: (UnsafeRawBufferPointer) -> Void) throws(CheckpointError.Rule)
}

/// Pieces are of this many bytes but for the last: whole numbers of every type, small enough for a cache.
let pieceLength = 3 << 15

extension TensorBytes {
  /// Lends all bytes in order, in pieces of at most `pieceLength`.
  func forEachPiece(_ body: (UnsafeRawBufferPointer) -> Void) {
    withUnsafeBytes { bytes in
      for start in stride(from: 0, to: bytes.count, by: pieceLength) {
        body(UnsafeRawBufferPointer(rebasing: bytes[start..<min(start + pieceLength, bytes.count)]))
      }
    }
  }
}

extension TensorSource {
  func forEachPiece(_ body: (UnsafeRawBufferPointer) -> Void) throws(CheckpointError.Rule) {
    try bytes().forEachPiece(body)
  }
}

/// Bytes that lie ready.
struct StoredSource: TensorSource {
  let stored: TensorBytes

  func bytes() -> TensorBytes { stored }
}

/// Bytes that have to be computed, and so come in pieces; together they are put only when asked for.
protocol StreamedSource: TensorSource {
  var byteCount: Int { get }
}

extension StreamedSource {
  func bytes() throws(CheckpointError.Rule) -> TensorBytes { try collected() }

  /// All pieces together, in memory.
  func collected() throws(CheckpointError.Rule) -> TensorBytes {
    let held = try HeldBytes(count: byteCount) { memory throws(CheckpointError.Rule) in
      var position = 0
      try forEachPiece { piece in
        let length = min(piece.count, memory.count - position)
        UnsafeMutableRawBufferPointer(rebasing: memory[position..<(position + length)])
          .copyMemory(from: UnsafeRawBufferPointer(rebasing: piece[..<length]))
        position += length
      }
    }
    return TensorBytes(held)
  }
}
