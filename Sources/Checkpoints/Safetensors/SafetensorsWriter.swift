import JSON
import Tensors

/// Writes named tensors as one `.safetensors` file that the reference library opens.
///
/// The bytes depend on the tensors alone, not on the order in which they were added: wider types first, so that every
/// tensor is aligned to its own width, and by name within a type.
public struct SafetensorsWriter {
  private struct Item {
    var name: String
    /// Of the format.
    var type: String
    /// Of one number, in bytes.
    var width: Int
    var shape: [Int]
    var byteCount: Int
    /// Puts the bytes into the file when their turn comes, so that not all of them stand in memory at once.
    var write: (inout AtomicFile.Writer) throws -> Void
  }

  private var items: [Item] = []
  private let metadata: [String: String]

  /// - Parameter metadata: free text to store beside the tensors.
  public init(metadata: [String: String] = [:]) {
    self.metadata = metadata
  }

  /// Adds a tensor, its numbers rounded to the nearest of `type`, ties to even.
  ///
  /// - Throws: `CheckpointError.Rule.reservedName` for the one name that the format keeps for itself.
  public mutating func add(_ name: String, _ tensor: Tensor, as type: ElementType = .float32) throws {
    try add(name, shape: tensor.shape, as: type) { tensor }
  }

  /// The same of a tensor that is made when it is written, and let go after it.
  ///
  /// - Parameter make: gives a tensor of this shape.
  public mutating func add(
    _ name: String, shape: Shape, as type: ElementType, make: @escaping () throws -> Tensor
  ) throws {
    try add(
      Item(
        name: name, type: type.rawValue, width: type.byteCount, shape: shape.dimensions,
        byteCount: shape.count * type.byteCount
      ) { writer in
        let tensor = try make()
        guard tensor.shape == shape else {
          throw CheckpointError.Rule.shapeDiffers(expected: shape.dimensions, found: tensor.shape.dimensions)
        }
        try Self.write(tensor, as: type, to: &writer)
      })
  }

  /// Adds a tensor of another checkpoint as it is stored there.
  ///
  /// - Throws: `CheckpointError.Rule`: `reservedName`, or `unsupported` for a type that the format does not know.
  public mutating func add(_ name: String, of archive: any TensorArchive) throws {
    let info = try archive.info(of: name)
    guard DataType.safetensors[info.type.name] == info.type else {
      throw CheckpointError.Rule.unsupported(.safetensors, "the format has no type for \(info.type.name)")
    }
    try add(
      Item(
        name: name, type: info.type.name, width: info.type.bytesPerBlock, shape: info.shape, byteCount: info.byteCount
      ) { writer in
        var failure: (any Error)?
        try archive.forEachPiece(of: name) { piece in
          if failure != nil { return }
          do { try writer.write(piece) } catch { failure = error }
        }
        if let failure { throw failure }
      })
  }

  private mutating func add(_ item: Item) throws {
    guard item.name != SafetensorsHeader.metadataName else { throw CheckpointError.Rule.reservedName }
    items.append(item)
  }

  /// Replaces `path` with the file, all at once.
  ///
  /// - Throws: `CheckpointError`: `outOfRange` if a finite number would become infinite, `repeatedName` if a name was
  ///   added twice, `system` if the disk refuses.
  public func write(to path: String) throws {
    let items = items.sorted { ($1.width, $0.type, $0.name) < ($0.width, $1.type, $1.name) }
    if let twice = Dictionary(grouping: items, by: \.name).values.first(where: { $0.count > 1 }) {
      throw CheckpointError(file: path, tensor: twice[0].name, rule: .repeatedName)
    }
    try AtomicFile.replace(path) { writer in
      try header(of: items).withUnsafeBytes { try writer.write($0) }
      for item in items {
        do {
          try item.write(&writer)
        } catch let rule as CheckpointError.Rule {
          throw CheckpointError(file: path, tensor: item.name, rule: rule)
        }
      }
    }
  }

  /// The length and the JSON, padded with spaces so that the data starts at a multiple of 8.
  private func header(of items: [Item]) -> [UInt8] {
    var members: [(key: String, value: JSONValue)] = []
    if !metadata.isEmpty {
      let pairs = metadata.sorted { $0.key < $1.key }.map { (key: $0.key, value: JSONValue.string($0.value)) }
      members.append((SafetensorsHeader.metadataName, .object(pairs)))
    }
    var offset = 0
    for item in items {
      let end = offset + item.byteCount
      let entry: [(key: String, value: JSONValue)] = [
        ("dtype", .string(item.type)), ("shape", .array(item.shape.map(JSONValue.int))),
        ("data_offsets", .array([.int(offset), .int(end)])),
      ]
      members.append((item.name, .object(entry)))
      offset = end
    }
    var json = JSONWriter.write(.object(members), style: .compact)
    while !json.count.isMultiple(of: 8) { json.append(UInt8(ascii: " ")) }
    return withUnsafeBytes(of: UInt64(json.count).littleEndian, Array.init) + json
  }

  /// Writes the numbers in pieces, so that a narrower copy of a large table never stands in memory.
  private static func write(_ tensor: Tensor, as type: ElementType, to writer: inout AtomicFile.Writer) throws {
    try tensor.withUnsafeElements { elements in
      let values = UnsafeBufferPointer(start: elements, count: tensor.count)
      let pieceLength = 1 << 16
      for start in stride(from: 0, to: values.count, by: pieceLength) {
        let piece = values[start..<min(start + pieceLength, values.count)]
        switch type {
        case .float32: try writer.write(piece.map(\.bitPattern.littleEndian))
        case .float16: try writer.write(piece.map(float16Bits))
        case .bfloat16: try writer.write(piece.map(bfloat16Bits))
        }
      }
    }
  }
}

extension AtomicFile.Writer {
  fileprivate mutating func write(_ numbers: [some FixedWidthInteger]) throws {
    try numbers.withUnsafeBytes { try write($0) }
  }
}

/// Little-endian bits of the nearest half, ties to even.
///
/// - Throws: `outOfRange` for a finite number that would become infinite.
func float16Bits(of value: Float) throws -> UInt16 {
  let half = Float16(value)
  guard half.isFinite || !value.isFinite else { throw CheckpointError.Rule.outOfRange(value: value, .float16) }
  return half.bitPattern.littleEndian
}

/// Little-endian bits of the nearest number that the upper half of a `Float` can hold, ties to even; a NaN stays one.
///
/// - Throws: `outOfRange` for a finite number that would become infinite.
func bfloat16Bits(of value: Float) throws -> UInt16 {
  let bits = value.bitPattern
  guard value.isFinite else { return (UInt16(bits >> 16) | (value.isNaN ? 0x40 : 0)).littleEndian }
  let rounded = UInt16((bits + 0x7fff + (bits >> 16 & 1)) >> 16)
  guard rounded & 0x7f80 != 0x7f80 else { throw CheckpointError.Rule.outOfRange(value: value, .bfloat16) }
  return rounded.littleEndian
}
