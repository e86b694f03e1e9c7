import CZlib
import Synchronization

/// One file in a ZIP archive; its checksum is compared when it is read for the first time.
final class ZipEntry: StreamedSource {
  enum Method: UInt16 {
    case stored = 0
    case deflated = 8
  }

  let name: String
  let byteCount: Int
  /// Where its packed bytes lie in the file.
  let range: Range<Int>
  private let method: Method
  private let checksum: UInt32
  private let packed: TensorBytes
  /// What was read and found right; a packed entry stays in memory, since views of one storage ask for it again and
  /// again.
  private let checked = Mutex<TensorBytes?>(nil)

  init(name: String, method: Method, checksum: UInt32, byteCount: Int, range: Range<Int>, _ mapping: MappedFile) {
    self.name = name
    self.method = method
    self.checksum = checksum
    self.byteCount = byteCount
    self.range = range
    packed = TensorBytes(mapping, range: range)
  }

  /// - Throws: `damaged` if the bytes do not unpack or their checksum differs.
  func bytes() throws(CheckpointError.Rule) -> TensorBytes {
    if let bytes = checked.withLock({ $0 }) { return bytes }
    let bytes: TensorBytes
    switch method {
    case .stored:
      try forEachPiece { _ in }
      bytes = packed
    case .deflated: bytes = try collected()
    }
    checked.withLock { $0 = bytes }
    return bytes
  }

  func forEachPiece(_ body: (UnsafeRawBufferPointer) -> Void) throws(CheckpointError.Rule) {
    var found = crc32(0, nil, 0)
    try forEachUncheckedPiece { piece in
      found = crc32(found, piece.bindMemory(to: UInt8.self).baseAddress, UInt32(piece.count))
      body(piece)
      return true
    }
    guard found == UInt(checksum) else {
      throw .damaged(.zip, "the entry '\(name)' does not have the checksum that its directory gives")
    }
  }

  /// The first bytes, at most `pieceLength`, not compared with the checksum.
  func prefix() throws(CheckpointError.Rule) -> TensorBytes {
    var prefix = TensorBytes(HeldBytes(count: 0) { _ in })
    try forEachUncheckedPiece { piece in
      prefix = TensorBytes(HeldBytes(count: piece.count) { $0.copyMemory(from: piece) })
      return false
    }
    return prefix
  }

  /// The whole of a text or a header.
  ///
  /// - Throws: also `unsupported` if it is longer than anything of its kind.
  func small(limit: Int = 64 << 20) throws(CheckpointError.Rule) -> TensorBytes {
    guard byteCount <= limit else { throw .unsupported(.zip, "the entry '\(name)' is longer than \(limit) bytes") }
    return try bytes()
  }

  /// - Parameter body: false stops.
  private func forEachUncheckedPiece(_ body: (UnsafeRawBufferPointer) -> Bool) throws(CheckpointError.Rule) {
    switch method {
    case .stored:
      var goesOn = true
      packed.forEachPiece { piece in if goesOn { goesOn = body(piece) } }
    case .deflated:
      let outcome = packed.withUnsafeBytes { Inflation.run($0, byteCount: byteCount, body) }
      guard outcome != .failed else { throw .damaged(.zip, "the entry '\(name)' cannot be unpacked") }
      guard outcome != .wrongSize else { throw .damaged(.zip, "the entry '\(name)' unpacks to another size") }
    }
  }
}

/// Unpacks raw deflate data (RFC 1951) through zlib.
enum Inflation {
  enum Outcome {
    case finished, stopped, failed, wrongSize
  }

  /// Lends what comes out in pieces of `pieceLength`; `body` ends it with false. Never more than `byteCount` bytes.
  static func run(
    _ packed: UnsafeRawBufferPointer, byteCount: Int, _ body: (UnsafeRawBufferPointer) -> Bool
  ) -> Outcome {
    // At one address for its whole life: zlib compares it.
    let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
    stream.initialize(to: z_stream())
    defer { stream.deallocate() }
    // Negative: no header around the data.
    guard inflateInit2_(stream, -MAX_WBITS, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
      return .failed
    }
    defer { inflateEnd(stream) }
    let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: pieceLength, alignment: 64)
    defer { memory.deallocate() }
    var input = packed.bindMemory(to: UInt8.self)[...]
    var produced = 0
    var status = Z_OK
    while status != Z_STREAM_END {
      stream.pointee.next_out = memory.bindMemory(to: UInt8.self).baseAddress
      stream.pointee.avail_out = UInt32(pieceLength)
      while stream.pointee.avail_out > 0 && status != Z_STREAM_END {
        // Lengths are of 32 bits.
        let part = UnsafeBufferPointer(rebasing: input.prefix(1 << 30))
        stream.pointee.next_in = UnsafeMutablePointer(mutating: part.baseAddress)
        stream.pointee.avail_in = UInt32(part.count)
        status = inflate(stream, Z_NO_FLUSH)
        input = input.dropFirst(part.count - Int(stream.pointee.avail_in))
        guard status == Z_OK || status == Z_STREAM_END else { return .failed }
      }
      let length = pieceLength - Int(stream.pointee.avail_out)
      produced += length
      guard produced <= byteCount else { return .wrongSize }
      guard body(UnsafeRawBufferPointer(rebasing: memory[..<length])) else { return .stopped }
    }
    return produced == byteCount && input.isEmpty ? .finished : .wrongSize
  }
}
