/// The Castagnoli checksum (RFC 3720, appendix B.4), eight bytes at a time.
struct CRC32C {
  private(set) var value: UInt32 = 0

  /// `tables[k][b]` is the checksum of `b` with `k` zero bytes behind it.
  private static let tables: [[UInt32]] = {
    let first = (0..<256).map { byte -> UInt32 in
      (0..<8).reduce(UInt32(byte)) { sum, _ in sum & 1 == 0 ? sum >> 1 : sum >> 1 ^ 0x82f6_3b78 }
    }
    var tables = [first]
    for level in 1..<8 { tables.append(tables[level - 1].map { $0 >> 8 ^ first[Int($0 & 0xff)] }) }
    return tables
  }()
  private static let table: [UInt32] = tables.reversed().flatMap { $0 }

  init(_ bytes: UnsafeRawBufferPointer = UnsafeRawBufferPointer(start: nil, count: 0)) { extend(bytes) }

  mutating func extend(_ bytes: UnsafeRawBufferPointer) {
    var sum = ~value
    Self.table.withUnsafeBufferPointer { table in
      var position = 0
      while position + 8 <= bytes.count {
        let word = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self)) ^ UInt64(sum)
        sum =
          table[Int(word & 0xff)] ^ table[256 + Int(word >> 8 & 0xff)] ^ table[512 + Int(word >> 16 & 0xff)]
          ^ table[768 + Int(word >> 24 & 0xff)] ^ table[1024 + Int(word >> 32 & 0xff)]
          ^ table[1280 + Int(word >> 40 & 0xff)] ^ table[1536 + Int(word >> 48 & 0xff)]
          ^ table[1792 + Int(word >> 56)]
        position += 8
      }
      for byte in bytes[position...] { sum = sum >> 8 ^ table[1792 + Int(UInt8(truncatingIfNeeded: sum) ^ byte)] }
    }
    value = ~sum
  }

  /// As LevelDB and TensorFlow store it, so that a checksum of checksums is not special.
  var masked: UInt32 { (value >> 15 | value << 17) &+ 0xa282_ead8 }
}
