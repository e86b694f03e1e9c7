extension ByteReader {
  /// Seven bits a byte, the lowest first.
  mutating func varint(_ what: StaticString) throws(CheckpointError.Rule) -> UInt64 {
    var value: UInt64 = 0
    for shift in stride(from: 0, to: 64, by: 7) {
      let byte: UInt8 = try number(what)
      value |= UInt64(byte & 0x7f) << shift
      if byte < 0x80 { return value }
    }
    throw damaged("\(what) holds a number without end")
  }

  mutating func length(_ what: StaticString) throws(CheckpointError.Rule) -> Int {
    guard let length = Int(exactly: try varint(what)) else { throw damaged("\(what) is too large") }
    return length
  }
}

/// The fields of one message (<https://protobuf.dev/programming-guides/encoding>), in the order that they stand.
struct ProtocolBuffer {
  enum Value {
    case number(UInt64)
    case bytes(UnsafeRawBufferPointer)

    var number: UInt64 { if case .number(let number) = self { number } else { 0 } }
    var message: UnsafeRawBufferPointer? { if case .bytes(let bytes) = self { bytes } else { nil } }
    var text: String? { message.flatMap { String(validating: $0, as: UTF8.self) } }
  }

  private var reader: ByteReader
  private let what: StaticString

  /// - Parameter what: the message, for errors.
  init(_ bytes: UnsafeRawBufferPointer, _ what: StaticString) {
    reader = ByteReader(bytes, .tensorflow)
    self.what = what
  }

  mutating func next() throws(CheckpointError.Rule) -> (field: UInt64, value: Value)? {
    if reader.isAtEnd { return nil }
    let tag = try reader.varint(what)
    switch tag & 7 {
    case 0: return (tag >> 3, .number(try reader.varint(what)))
    case 1: return (tag >> 3, .number(try reader.number(what, as: UInt64.self)))
    case 5: return (tag >> 3, .number(UInt64(try reader.number(what, as: UInt32.self))))
    case 2:
      let range = try reader.take(try reader.length(what), what)
      return (tag >> 3, .bytes(UnsafeRawBufferPointer(rebasing: reader.bytes[range])))
    default: throw reader.damaged("\(what) is malformed")
    }
  }
}
