/// The table of keys and values in a checkpoint's index, of LevelDB's format
/// (<https://github.com/google/leveldb/blob/main/doc/table_format.md>): blocks with checksums, found by a block of their
/// own; in a block each key gives only what differs from the key before it.
enum SortedTable {
  static let magic: UInt64 = 0xdb47_7524_8b80_fb57
  static let footerLength = 48
  private static let trailerLength = 5
  /// Names of variables are not longer.
  private static let longestKey = 4096

  static func ends(_ bytes: UnsafeRawBufferPointer) -> Bool {
    bytes.count >= 8
      && UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: bytes.count - 8, as: UInt64.self)) == magic
  }

  /// Every pair, keys ascending.
  ///
  /// - Parameter body: gets value bytes that are valid only as long as it runs.
  /// - Throws: `damaged`, and what `body` throws.
  static func forEach(
    _ bytes: UnsafeRawBufferPointer,
    _ body: (_ key: [UInt8], _ value: UnsafeRawBufferPointer) throws(CheckpointError.Rule) -> Void
  ) throws(CheckpointError.Rule) {
    guard bytes.count >= footerLength, ends(bytes) else {
      throw .damaged(.tensorflow, "the index does not end as a table does")
    }
    var footer = ByteReader(bytes, .tensorflow, at: bytes.count - footerLength)
    // The block of filters comes first; checkpoints have none.
    for _ in 0..<2 { _ = try footer.varint("the footer") }
    var last: [UInt8]?
    var claimed = 0
    try forEachInBlock(bytes, try handle(&footer)) { _, value throws(CheckpointError.Rule) in
      var place = ByteReader(value, .tensorflow)
      try forEachInBlock(bytes, try handle(&place)) { key, value throws(CheckpointError.Rule) in
        guard last.map({ $0.lexicographicallyPrecedes(key) }) ?? true else {
          throw .damaged(.tensorflow, "the keys of the index are out of order")
        }
        claimed += key.count
        guard claimed <= Checkpoint.limit(stored: bytes.count) else { throw .expands(stored: bytes.count) }
        last = key
        try body(key, value)
      }
    }
  }

  /// Where a block lies, without its trailer.
  private static func handle(_ reader: inout ByteReader) throws(CheckpointError.Rule) -> Range<Int> {
    let start = try reader.length("a block's place")
    let (end, overflow) = start.addingReportingOverflow(try reader.length("a block's place"))
    guard !overflow else { throw .damaged(.tensorflow, "a block of the index lies outside it") }
    return start..<end
  }

  private static func forEachInBlock(
    _ bytes: UnsafeRawBufferPointer, _ range: Range<Int>,
    _ body: ([UInt8], UnsafeRawBufferPointer) throws(CheckpointError.Rule) -> Void
  ) throws(CheckpointError.Rule) {
    guard bytes.count >= footerLength + trailerLength,
      range.upperBound <= bytes.count - footerLength - trailerLength
    else { throw .damaged(.tensorflow, "a block of the index lies outside it") }
    var trailer = ByteReader(bytes, .tensorflow, at: range.upperBound)
    let packing: UInt8 = try trailer.number("a block")
    let checksum: UInt32 = try trailer.number("a block")
    guard CRC32C(UnsafeRawBufferPointer(rebasing: bytes[range.lowerBound...range.upperBound])).masked == checksum else {
      throw .damaged(.tensorflow, "a block of the index does not have its checksum")
    }
    let block = UnsafeRawBufferPointer(rebasing: bytes[range])
    switch packing {
    case 0: try forEachEntry(block, body)
    case 1:
      let unpacked = try Snappy.unpack(block)
      let held = TensorBytes(HeldBytes(count: unpacked.count) { $0.copyBytes(from: unpacked) })
      try held.withUnsafeBytes { block throws(CheckpointError.Rule) in try forEachEntry(block, body) }
    default: throw .unsupported(.tensorflow, "a block of the index is packed in an unknown way (\(packing))")
    }
  }

  static func forEachEntry(
    _ block: UnsafeRawBufferPointer,
    _ body: ([UInt8], UnsafeRawBufferPointer) throws(CheckpointError.Rule) -> Void
  ) throws(CheckpointError.Rule) {
    guard block.count >= 4 else { throw .damaged(.tensorflow, "a block of the index is too short") }
    // At the end stand the places of whole keys, for searching, and how many of them there are.
    var tail = ByteReader(block, .tensorflow, at: block.count - 4)
    let restarts = Int(try tail.number("a block", as: UInt32.self))
    guard restarts <= block.count / 4 - 1 else { throw .damaged(.tensorflow, "a block of the index is too short") }
    let end = block.count - 4 * (restarts + 1)
    var reader = ByteReader(UnsafeRawBufferPointer(rebasing: block[..<end]), .tensorflow)
    var key: [UInt8] = []
    while !reader.isAtEnd {
      let shared = try reader.length("a key")
      let count = try reader.length("a key")
      let valueLength = try reader.length("a key")
      guard shared <= key.count, count <= longestKey - shared else {
        throw .damaged(.tensorflow, "a key of the index is malformed")
      }
      key.removeSubrange(shared...)
      key += reader.bytes[try reader.take(count, "a key")]
      try body(key, UnsafeRawBufferPointer(rebasing: reader.bytes[try reader.take(valueLength, "a value")]))
    }
  }
}
