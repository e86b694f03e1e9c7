import JSON
import Tensors

/// Writes named tensors as one `.safetensors` file that the reference library opens.
///
/// The bytes depend on the tensors alone, not on the order in which they were added: wider types first, so that every
/// tensor is aligned to its own width, and by name within a type.
public struct SafetensorsWriter {
  private struct Item {
    var name: String
    var type: ElementType
    var tensor: Tensor
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
    guard name != SafetensorsHeader.metadataName else { throw CheckpointError.Rule.reservedName }
    items.append(Item(name: name, type: type, tensor: tensor))
  }

  /// Replaces `path` with the file, all at once.
  ///
  /// - Throws: `CheckpointError`: `outOfRange` if a finite number would become infinite, `repeatedName` if a name was
  ///   added twice, `system` if the disk refuses.
  public func write(to path: String) throws {
    let items = items.sorted {
      ($1.type.byteCount, $0.type.rawValue, $0.name) < ($0.type.byteCount, $1.type.rawValue, $1.name)
    }
    if let twice = Dictionary(grouping: items, by: \.name).values.first(where: { $0.count > 1 }) {
      throw CheckpointError(file: path, tensor: twice[0].name, rule: .repeatedName)
    }
    try AtomicFile.replace(path) { writer in
      try header(of: items).withUnsafeBytes { try writer.write($0) }
      for item in items {
        do {
          try Self.write(item, to: &writer)
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
      let end = offset + item.tensor.count * item.type.byteCount
      let entry: [(key: String, value: JSONValue)] = [
        ("dtype", .string(item.type.rawValue)), ("shape", .array(item.tensor.shape.dimensions.map(JSONValue.int))),
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
  private static func write(_ item: Item, to writer: inout AtomicFile.Writer) throws {
    try item.tensor.withUnsafeElements { elements in
      let values = UnsafeBufferPointer(start: elements, count: item.tensor.count)
      let pieceLength = 1 << 16
      for start in stride(from: 0, to: values.count, by: pieceLength) {
        let piece = values[start..<min(start + pieceLength, values.count)]
        switch item.type {
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
