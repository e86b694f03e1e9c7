import CZip
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
  private let opened: OpenedZip
  /// Libzip's number for it.
  private let index: UInt64
  private let method: Method
  private let checksum: UInt32
  /// What was read and found right; a packed entry stays in memory, since views of one storage ask for it again and
  /// again.
  private let checked = Mutex<TensorBytes?>(nil)

  init(_ opened: OpenedZip, _ index: UInt64) throws(CheckpointError.Rule) {
    var entry = czip_entry()
    var reason = czip_reason()
    guard czip_describe(opened.archive, index, &entry, &reason) == 1 else { throw .damaged(.zip, reason.said) }
    guard let name = String(validatingCString: entry.name) else {
      throw .damaged(.zip, "the name of an entry is not UTF-8")
    }
    guard entry.encryption == 0 else { throw .unsupported(.zip, "the entry '\(name)' is encrypted") }
    guard let method = Method(rawValue: entry.method) else {
      throw .unsupported(
        .zip, "the entry '\(name)' is packed in a way (\(entry.method)) that is neither stored nor deflate")
    }
    let count = UInt64(opened.mapping.count)
    guard entry.place <= count, entry.packed_size <= count - entry.place, let byteCount = Int(exactly: entry.size)
    else {
      throw .damaged(.zip, "the entry '\(name)' lies outside the file")
    }
    guard method == .deflated || entry.size == entry.packed_size else {
      throw .damaged(.zip, "the stored entry '\(name)' has two sizes")
    }
    self.name = name
    self.byteCount = byteCount
    range = Int(entry.place)..<Int(entry.place + entry.packed_size)
    self.opened = opened
    self.index = index
    self.method = method
    checksum = entry.checksum
  }

  private var packed: TensorBytes { TensorBytes(opened.mapping, range: range) }

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
    guard method == .stored else {
      return try forEachUnpackedPiece { piece in
        body(piece)
        return true
      }
    }
    var found = crc32(0, nil, 0)
    packed.forEachPiece { piece in
      found = crc32(found, piece.bindMemory(to: UInt8.self).baseAddress, UInt32(piece.count))
      body(piece)
    }
    guard found == UInt(checksum) else {
      throw .damaged(.zip, "the entry '\(name)' does not have the checksum that its directory gives")
    }
  }

  /// The first bytes, at most `pieceLength`, not compared with the checksum.
  func prefix() throws(CheckpointError.Rule) -> TensorBytes {
    guard method == .deflated else { return packed.part(0..<min(byteCount, pieceLength)) }
    var prefix = TensorBytes(HeldBytes(count: 0) { _ in })
    try forEachUnpackedPiece { piece in
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

  /// Pieces of `pieceLength` but for the last, compared with the checksum behind it.
  ///
  /// - Parameter body: false stops.
  private func forEachUnpackedPiece(_ body: (UnsafeRawBufferPointer) -> Bool) throws(CheckpointError.Rule) {
    var reason = czip_reason()
    guard let file = czip_begin_reading(opened.archive, index, &reason) else {
      throw .damaged(.zip, "the entry '\(name)' cannot be unpacked, \(reason.said)")
    }
    defer { czip_end_reading(opened.archive, file) }
    let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: pieceLength, alignment: 64)
    defer { memory.deallocate() }
    var produced = 0
    while true {
      let length = Int(czip_read(opened.archive, file, memory.baseAddress, UInt64(pieceLength)))
      guard length >= 0 else { throw .damaged(.zip, "the entry '\(name)' cannot be unpacked") }
      produced += length
      guard produced <= byteCount, length > 0 || produced == byteCount else {
        throw .damaged(.zip, "the entry '\(name)' unpacks to another size")
      }
      guard length > 0, body(UnsafeRawBufferPointer(rebasing: memory[..<length])) else { return }
    }
  }
}
