/// What the index says of one tensor, after `tensorflow/core/protobuf/tensor_bundle.proto`.
struct BundleEntry {
  /// One dimension of a slice: nil means all of it.
  typealias Extent = (start: Int, length: Int?)

  var type: DataType = .float32
  var shape: [Int] = []
  var shard = 0
  var offset = 0
  var size = 0
  var checksum: UInt32 = 0
  /// Of a partitioned variable: its parts, each with an entry of its own.
  var slices: [[Extent]] = []

  init(_ bytes: UnsafeRawBufferPointer) throws(CheckpointError.Rule) {
    var message = ProtocolBuffer(bytes, "an entry of the index")
    var code: UInt64 = 0
    while let (field, value) = try message.next() {
      switch field {
      case 1: code = value.number
      case 2: shape = try Self.shape(value)
      case 3: shard = try Self.size(value)
      case 4: offset = try Self.size(value)
      case 5: size = try Self.size(value)
      case 6: checksum = UInt32(truncatingIfNeeded: value.number)
      case 7: slices.append(try Self.extents(value))
      default: break
      }
    }
    guard let type = Self.types[code] else { throw .unknownType("DataType \(code)") }
    self.type = type
    guard shape.count <= 64 else { throw .tooManyDimensions(shape.count) }
  }

  private static func size(_ value: ProtocolBuffer.Value) throws(CheckpointError.Rule) -> Int {
    guard let size = Int(exactly: value.number) else { throw .damaged(.tensorflow, "a size in the index is negative") }
    return size
  }

  private static func shape(_ value: ProtocolBuffer.Value) throws(CheckpointError.Rule) -> [Int] {
    var shape: [Int] = []
    try forEachMessage(in: value, field: 2) { dimension throws(CheckpointError.Rule) in
      var size = 0
      var message = ProtocolBuffer(dimension, "a shape in the index")
      while let (field, value) = try message.next() {
        if field == 1 { size = try Self.size(value) }
      }
      shape.append(size)
    }
    return shape
  }

  private static func extents(_ value: ProtocolBuffer.Value) throws(CheckpointError.Rule) -> [Extent] {
    var extents: [Extent] = []
    try forEachMessage(in: value, field: 1) { bytes throws(CheckpointError.Rule) in
      var extent: Extent = (0, nil)
      var message = ProtocolBuffer(bytes, "a slice in the index")
      while let (field, value) = try message.next() {
        if field == 1 { extent.start = try Self.size(value) }
        if field == 2 { extent.length = try Self.size(value) }
      }
      extents.append(extent)
    }
    return extents
  }

  private static func forEachMessage(
    in value: ProtocolBuffer.Value, field wanted: UInt64,
    _ body: (UnsafeRawBufferPointer) throws(CheckpointError.Rule) -> Void
  ) throws(CheckpointError.Rule) {
    guard let bytes = value.message else { throw .damaged(.tensorflow, "an entry of the index is malformed") }
    var message = ProtocolBuffer(bytes, "an entry of the index")
    while let (field, value) = try message.next() {
      if field == wanted, let bytes = value.message { try body(bytes) }
    }
  }

  /// The key under which a part of a partitioned variable stands: numbers and texts written so that their order is
  /// that of their bytes (`tensorflow/core/lib/strings/ordered_code.cc`).
  static func key(ofSlice slice: [Extent], of name: [UInt8]) -> [UInt8] {
    var key: [UInt8] = [0]
    for byte in name {
      key.append(byte)
      if byte == 0 { key.append(0xff) }
      if byte == 0xff { key.append(0) }
    }
    key += [0, 1]
    key += slice.isEmpty ? [0] : [1, UInt8(truncatingIfNeeded: slice.count)]
    for extent in slice { key += orderedCode(extent.start) + orderedCode(extent.length ?? -1) }
    return key
  }

  /// Leading ones count the bytes; then the number, its sign first.
  static func orderedCode(_ number: Int) -> [UInt8] {
    let magnitude = number < 0 ? ~number : number
    let bits = Int.bitWidth - magnitude.leadingZeroBitCount
    let length = bits / 7 + 1
    let sign: UInt8 = number < 0 ? 0xff : 0
    var bytes = [sign, sign] + withUnsafeBytes(of: number.bigEndian, Array.init)
    bytes.removeFirst(bytes.count - length)
    let header = UInt16(truncatingIfNeeded: 0xffff << (16 - min(length, 16)))
    bytes[0] ^= UInt8(header >> 8)
    if length > 1 { bytes[1] ^= UInt8(header & 0xff) }
    return bytes
  }

  /// By the numbers of `tensorflow/core/framework/types.proto`; a quantized type is shown as the integers it stores.
  private static let types: [UInt64: DataType] = [
    1: .float32, 2: .float64, 3: .int32, 4: .uint8, 5: .int16, 6: .int8, 7: .text, 8: .complex64, 9: .int64,
    10: .bool, 11: .int8, 12: .uint8, 13: .int32, 14: .bfloat16, 15: .int16, 16: .uint16, 17: .uint16,
    18: .complex128, 19: .float16, 22: .uint32, 23: .uint64, 24: .float8E5M2, 25: .float8E4M3,
    26: .float8E4M3FNUZ, 28: .float8E5M2FNUZ, 29: DataType("I4", bytes: 1, .opaque),
    30: DataType("U4", bytes: 1, .opaque),
  ]
}
