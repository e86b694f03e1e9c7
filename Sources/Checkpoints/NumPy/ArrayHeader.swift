/// The header of a `.npy` array (NumPy Enhancement Proposal 1): a magic number, a version, and a Python dictionary.
struct ArrayHeader {
  static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)
  static let longest = 1 << 16

  let type: DataType
  let shape: [Int]
  let isColumnsFirst: Bool
  let isBigEndian: Bool
  /// Where the numbers start.
  let length: Int

  /// - Parameter bytes: the start of the array; its numbers need not be among them.
  /// - Throws: `damaged`, or `unsupported` for an array whose numbers are not stored as such.
  init(_ bytes: UnsafeRawBufferPointer) throws(CheckpointError.Rule) {
    var reader = ByteReader(bytes, .numpy)
    let magic = try reader.take(Self.magic.count, "its magic number")
    guard bytes[magic].elementsEqual(Self.magic) else { throw .damaged(.numpy, "it lacks the magic number") }
    let version: UInt8 = try reader.number("its version")
    _ = try reader.number("its version", as: UInt8.self)
    guard (1...3).contains(version) else { throw .unsupported(.numpy, "version \(version) of the format") }
    let count =
      version == 1
      ? Int(try reader.number("its header", as: UInt16.self)) : Int(try reader.number("its header", as: UInt32.self))
    guard count <= Self.longest else { throw .damaged(.numpy, "its header claims \(count) bytes") }
    let text = try reader.text(count, "its header")
    length = reader.position

    var parser = PythonLiteral(text)
    guard case .dictionary(let fields)? = parser.whole() else {
      throw .damaged(.numpy, "its header is not a dictionary")
    }
    guard Set(fields.keys) == ["descr", "fortran_order", "shape"] else {
      throw .damaged(.numpy, "its header does not hold descr, fortran_order and shape")
    }
    guard case .bool(let columnsFirst)? = fields["fortran_order"] else {
      throw .damaged(.numpy, "fortran_order is not True or False")
    }
    guard case .tuple(let sizes)? = fields["shape"] else { throw .damaged(.numpy, "its shape is not a tuple") }
    guard case .text(let descriptor)? = fields["descr"] else {
      throw .unsupported(.numpy, "an array of records")
    }
    var shape: [Int] = []
    for size in sizes {
      guard case .int(let number) = size, number >= 0 else { throw .badShape }
      shape.append(number)
    }
    guard shape.count <= 64 else { throw .tooManyDimensions(shape.count) }
    self.shape = shape
    isColumnsFirst = columnsFirst
    isBigEndian = descriptor.hasPrefix(">")
    type = try Self.type(descriptor)
  }

  /// Of a type string such as `<f4`.
  private static func type(_ descriptor: String) throws(CheckpointError.Rule) -> DataType {
    let kind = descriptor.drop { "<>|=".contains($0) }
    switch kind {
    case "b1", "?": return .bool
    case "u1", "B": return .uint8
    case "i1", "b": return .int8
    case "u2": return .uint16
    case "i2": return .int16
    case "f2": return .float16
    case "u4": return .uint32
    case "i4": return .int32
    case "f4": return .float32
    case "u8": return .uint64
    case "i8": return .int64
    case "f8": return .float64
    case "c8": return .complex64
    case "c16": return .complex128
    default: break
    }
    guard !kind.hasPrefix("O") else {
      throw .unsupported(.numpy, "an array of Python objects, which only Python could unpickle")
    }
    // Text and bytes of a fixed length; a character is of four bytes.
    guard let first = kind.first, "SUVa".contains(first), let length = Int(kind.dropFirst()), length > 0,
      length <= 1 << 20
    else { throw .unknownType(descriptor) }
    return DataType(String(kind), bytes: first == "U" ? 4 * length : length, .opaque)
  }

  /// The tensor and its numbers in `base`, the whole array.
  ///
  /// - Parameter available: bytes of the array, header included.
  func entry(
    _ name: String, in base: any TensorSource, available: Int
  ) throws(CheckpointError.Rule) -> CheckpointContents.Entry {
    let byteCount = try type.byteCount(of: shape)
    guard byteCount == available - length else {
      throw .sizeMismatch(expected: byteCount, found: available - length)
    }
    let info = TensorInfo(name: name, type: type, shape: shape, byteCount: byteCount)
    let numbers = PartSource(base: base, range: length..<available)
    let width = type.bytesPerBlock
    guard isColumnsFirst && shape.count > 1 || isBigEndian && width > 1 else {
      return CheckpointContents.Entry(info: info, source: numbers)
    }
    let swapped = !isBigEndian ? 1 : type == .complex64 || type == .complex128 ? width / 2 : type.isNumeric ? width : 4
    guard
      let source = StridedSource(
        numbers, offset: 0, shape: shape, strides: shape.strides(columnsFirst: isColumnsFirst),
        available: byteCount / width, width: width, swapped: type.name.first == "S" ? 1 : swapped)
    else { throw .badShape }
    return CheckpointContents.Entry(info: info, source: source)
  }
}

/// A part of a longer run of bytes.
struct PartSource: TensorSource {
  let base: any TensorSource
  let range: Range<Int>

  func bytes() throws(CheckpointError.Rule) -> TensorBytes { try base.bytes().part(range) }

  func forEachPiece(_ body: (UnsafeRawBufferPointer) -> Void) throws(CheckpointError.Rule) {
    var pieces = PieceBuffer()
    var position = 0
    try base.forEachPiece { piece in
      let wanted = range.clamped(to: position..<(position + piece.count))
      if !wanted.isEmpty {
        pieces.append(
          UnsafeRawBufferPointer(rebasing: piece[(wanted.lowerBound - position)..<(wanted.upperBound - position)]), body
        )
      }
      position += piece.count
    }
    pieces.finish(body)
  }
}
