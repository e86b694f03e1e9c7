/// Unpacks one Snappy block (<https://github.com/google/snappy/blob/main/format_description.txt>).
enum Snappy {
  /// No element of the format makes more than this many bytes of one.
  static let largestExpansion = 32

  /// - Throws: `damaged`.
  static func unpack(_ packed: UnsafeRawBufferPointer) throws(CheckpointError.Rule) -> [UInt8] {
    var reader = ByteReader(packed, .tensorflow)
    let count = try reader.varint("a packed block")
    guard count <= packed.count * largestExpansion else { throw damaged }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(Int(count))
    while !reader.isAtEnd {
      let tag = Int(try reader.number("a packed block", as: UInt8.self))
      if tag & 3 == 0 {
        let length = try literalLength(tag >> 2, &reader)
        bytes += packed[try reader.take(length, "a packed block")]
      } else {
        let (length, distance) = try copy(tag, &reader)
        guard distance > 0, distance <= bytes.count else { throw damaged }
        // A copy may reach into what it writes.
        for _ in 0..<length { bytes.append(bytes[bytes.count - distance]) }
      }
      guard bytes.count <= count else { throw damaged }
    }
    guard bytes.count == count else { throw damaged }
    return bytes
  }

  private static func literalLength(_ code: Int, _ reader: inout ByteReader) throws(CheckpointError.Rule) -> Int {
    if code < 60 { return code + 1 }
    var length = 0
    for index in 0..<(code - 59) { length |= Int(try reader.number("a packed block", as: UInt8.self)) << (8 * index) }
    return length + 1
  }

  private static func copy(
    _ tag: Int, _ reader: inout ByteReader
  ) throws(CheckpointError.Rule) -> (length: Int, distance: Int) {
    switch tag & 3 {
    case 1: ((tag >> 2 & 7) + 4, (tag >> 5) << 8 | Int(try reader.number("a packed block", as: UInt8.self)))
    case 2: ((tag >> 2) + 1, Int(try reader.number("a packed block", as: UInt16.self)))
    default: ((tag >> 2) + 1, Int(try reader.number("a packed block", as: UInt32.self)))
    }
  }

  private static var damaged: CheckpointError.Rule { .damaged(.tensorflow, "a packed block does not unpack") }
}
