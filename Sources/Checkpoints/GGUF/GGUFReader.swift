/// GGUF, versions 2 and 3 (<https://github.com/ggml-org/ggml/blob/master/docs/gguf.md>): metadata with types, then the
/// names, shapes and places of the tensors, then their numbers.
struct GGUFReader {
  static let magic = Array("GGUF".utf8)
  /// Longer lists, such as vocabularies, are shown as their length.
  static let longestList = 16
  static let longestText = 1 << 16

  private var reader: ByteReader
  private let mapping: MappedFile

  static func read(_ mapping: MappedFile) throws(CheckpointError.Rule) -> CheckpointContents {
    try TensorBytes(mapping).withUnsafeBytes { bytes throws(CheckpointError.Rule) in
      var reader = GGUFReader(reader: ByteReader(bytes, .gguf, at: magic.count), mapping: mapping)
      return try reader.contents()
    }
  }

  private mutating func contents() throws(CheckpointError.Rule) -> CheckpointContents {
    let version: UInt32 = try reader.number("its version")
    guard version & 0xffff != 0 else { throw .unsupported(.gguf, "a file of the other byte order") }
    guard (2...3).contains(version) else { throw .unsupported(.gguf, "version \(version) of the format") }
    let tensorCount = try reader.count("the number of tensors")
    let pairCount = try reader.count("the number of metadata entries")
    var contents = CheckpointContents(format: .gguf, storedBytes: mapping.count)
    for _ in 0..<pairCount {
      let key = try text("a metadata key")
      let type: UInt32 = try reader.number("a metadata entry")
      guard contents.metadata.updateValue(try value(type, depth: 0), forKey: key) == nil else {
        throw .damaged(.gguf, "the metadata entry '\(key)' stands twice")
      }
    }
    var infos: [(info: TensorInfo, offset: Int)] = []
    for _ in 0..<tensorCount { infos.append(try tensor()) }
    let alignment = Int(contents.metadata["general.alignment"] ?? "32") ?? 0
    guard alignment > 0, alignment <= 1 << 20 else { throw .damaged(.gguf, "its alignment is no sensible number") }
    let start = (reader.position + alignment - 1) / alignment * alignment
    contents.entries = try entries(infos, start, alignment)
    return contents
  }

  /// The numbers of all tensors, which must lie apart and within the file.
  private func entries(
    _ infos: [(info: TensorInfo, offset: Int)], _ start: Int, _ alignment: Int
  ) throws(CheckpointError.Rule) -> [CheckpointContents.Entry] {
    let available = max(0, mapping.count - start)
    var end = 0
    for (info, offset) in infos.sorted(by: { $0.offset < $1.offset }) {
      guard offset.isMultiple(of: alignment) else { throw .damaged(.gguf, "'\(info.name)' is not aligned") }
      guard offset >= end else { throw .damaged(.gguf, "'\(info.name)' overlaps another tensor") }
      guard offset <= available, info.byteCount <= available - offset else {
        throw .damaged(.gguf, "'\(info.name)' ends behind the file")
      }
      end = offset + info.byteCount
    }
    return infos.map { info, offset in
      let range = (start + offset)..<(start + offset + info.byteCount)
      return CheckpointContents.Entry(
        info: info, source: StoredSource(stored: TensorBytes(mapping, range: info.byteCount == 0 ? 0..<0 : range)))
    }
  }

  private mutating func tensor() throws(CheckpointError.Rule) -> (info: TensorInfo, offset: Int) {
    let name = try text("a tensor's name")
    let rank: UInt32 = try reader.number("a tensor's shape")
    guard rank <= 8 else { throw .tooManyDimensions(Int(rank)) }
    var shape: [Int] = []
    for _ in 0..<rank { shape.append(try reader.count("a tensor's shape")) }
    let code: UInt32 = try reader.number("a tensor's type")
    guard let type = Self.types[code] else { throw .unknownType("number \(code)") }
    // The file gives the dimension that changes fastest first, and packs blocks along it.
    guard (shape.first ?? 0).isMultiple(of: type.numbersPerBlock) else { throw .partialByte }
    shape.reverse()
    let offset = try reader.count("a tensor's place")
    let info = TensorInfo(name: name, type: type, shape: shape, byteCount: try type.byteCount(of: shape))
    return (info, offset)
  }

  private mutating func text(_ what: StaticString) throws(CheckpointError.Rule) -> String {
    let count = try reader.count(what)
    guard count <= Self.longestText else { throw .damaged(.gguf, "\(what) claims \(count) bytes") }
    return try reader.text(count, what)
  }

  /// A metadata value as text.
  private mutating func value(_ type: UInt32, depth: Int) throws(CheckpointError.Rule) -> String {
    switch type {
    case 0: String(try reader.number("a metadata entry", as: UInt8.self))
    case 1: String(try reader.number("a metadata entry", as: Int8.self))
    case 2: String(try reader.number("a metadata entry", as: UInt16.self))
    case 3: String(try reader.number("a metadata entry", as: Int16.self))
    case 4: String(try reader.number("a metadata entry", as: UInt32.self))
    case 5: String(try reader.number("a metadata entry", as: Int32.self))
    case 6: "\(Float(bitPattern: try reader.number("a metadata entry")))"
    case 7: try reader.number("a metadata entry", as: UInt8.self) == 0 ? "false" : "true"
    case 8: try longText()
    case 9: try list(depth: depth)
    case 10: String(try reader.number("a metadata entry", as: UInt64.self))
    case 11: String(try reader.number("a metadata entry", as: Int64.self))
    case 12: "\(Double(bitPattern: try reader.number("a metadata entry")))"
    default: throw .damaged(.gguf, "a metadata entry is of the unknown type \(type)")
    }
  }

  /// A value may be a whole template or licence.
  private mutating func longText() throws(CheckpointError.Rule) -> String {
    try reader.text(try reader.count("a metadata entry"), "a metadata entry")
  }

  private mutating func list(depth: Int) throws(CheckpointError.Rule) -> String {
    guard depth < 4 else { throw .damaged(.gguf, "its metadata is nested too deeply") }
    let type: UInt32 = try reader.number("a list")
    let count = try reader.count("a list")
    // The shortest item takes a byte.
    guard count <= reader.available else { throw .damaged(.gguf, "it ends inside a list") }
    var items: [String] = []
    for index in 0..<count {
      let item = try value(type, depth: depth + 1)
      if index < Self.longestList { items.append(item) }
    }
    if count > Self.longestList { items.append("… \(count) items") }
    return "[" + items.joined(separator: ", ") + "]"
  }

  /// By the numbers of `ggml_type`; with the sizes of blocks that ggml gives.
  private static let types: [UInt32: DataType] = {
    var types: [UInt32: DataType] = [
      0: .float32, 1: .float16, 24: .int8, 25: .int16, 26: .int32, 27: .int64, 28: .float64, 30: .bfloat16,
    ]
    let blocks: [(code: UInt32, name: String, numbers: Int, bytes: Int)] = [
      (2, "Q4_0", 32, 18), (3, "Q4_1", 32, 20), (6, "Q5_0", 32, 22), (7, "Q5_1", 32, 24), (8, "Q8_0", 32, 34),
      (9, "Q8_1", 32, 40), (10, "Q2_K", 256, 84), (11, "Q3_K", 256, 110), (12, "Q4_K", 256, 144),
      (13, "Q5_K", 256, 176), (14, "Q6_K", 256, 210), (15, "Q8_K", 256, 292), (16, "IQ2_XXS", 256, 66),
      (17, "IQ2_XS", 256, 74), (18, "IQ3_XXS", 256, 98), (19, "IQ1_S", 256, 50), (20, "IQ4_NL", 32, 18),
      (21, "IQ3_S", 256, 110), (22, "IQ2_S", 256, 82), (23, "IQ4_XS", 256, 136), (29, "IQ1_M", 256, 56),
      (34, "TQ1_0", 256, 54), (35, "TQ2_0", 256, 66), (39, "MXFP4", 32, 17), (40, "NVFP4", 64, 36),
      (41, "Q1_0", 128, 18),
    ]
    for block in blocks {
      types[block.code] = DataType(block.name, bytes: block.bytes, .opaque, numbers: block.numbers)
    }
    return types
  }()
}
