import JSON

/// The header of a safetensors file, checked against every rule of the format.
///
/// Layout (<https://github.com/huggingface/safetensors#format>): the header's length as a little-endian `UInt64`, the
/// header as a UTF-8 JSON object that may end in spaces, then the data, which the tensors cover without gap or overlap.
struct SafetensorsHeader {
  /// The reference library's own limit.
  static let lengthLimit = 100_000_000
  static let lengthBytes = 8
  /// The format needs three levels; an unknown field is allowed a few more before it is refused by name.
  static let depthLimit = 16
  static let metadataName = "__metadata__"

  /// A tensor and where its bytes lie, counted from the start of the data.
  struct Entry: Equatable {
    var info: TensorInfo
    var range: Range<Int>
  }

  /// By position of the data.
  let entries: [Entry]
  let metadata: [String: String]
  /// Where the data starts in the file.
  let dataStart: Int

  /// Where a tensor's bytes lie in the file.
  func place(of entry: Entry) -> Range<Int> {
    let start = dataStart + entry.range.lowerBound
    return start..<(start + entry.range.count)
  }

  /// - Parameter bytes: the whole file.
  /// - Throws: `CheckpointError` that names `file`, and the tensor where one is at fault.
  init(_ bytes: UnsafeRawBufferPointer, file: String) throws(CheckpointError) {
    let header: Range<Int>
    do {
      header = try Self.range(in: bytes)
    } catch {
      throw CheckpointError(file: file, rule: error)
    }
    dataStart = header.upperBound

    var names: Set<String> = []
    var metadata: [String: String] = [:]
    var entries: [Entry] = []
    var wrong: CheckpointError?
    func take(_ name: String, _ value: JSONValue) -> Bool {
      do throws(CheckpointError.Rule) {
        guard names.insert(name).inserted else { throw .repeatedName }
        if name == Self.metadataName {
          metadata = try Self.metadata(value)
        } else {
          entries.append(try Self.entry(name, value))
        }
        return true
      } catch {
        wrong = CheckpointError(file: file, tensor: name == Self.metadataName ? nil : name, rule: error)
        return false
      }
    }
    do {
      try Self.forEachMember(UnsafeRawBufferPointer(rebasing: bytes[header]), take)
    } catch {
      throw CheckpointError(file: file, rule: error)
    }
    if let wrong { throw wrong }
    self.metadata = metadata
    self.entries = try Self.covering(bytes.count - dataStart, entries, file: file)
  }

  /// Where the header's JSON lies in the file.
  private static func range(in bytes: UnsafeRawBufferPointer) throws(CheckpointError.Rule) -> Range<Int> {
    guard bytes.count >= lengthBytes else { throw .fileTooShort(bytes: bytes.count) }
    let length = UInt64(littleEndian: bytes.loadUnaligned(as: UInt64.self))
    guard length <= lengthLimit else { throw .headerTooLong(bytes: length, limit: lengthLimit) }
    let available = bytes.count - lengthBytes
    guard length <= available else { throw .headerPastEnd(bytes: Int(length), available: available) }
    return lengthBytes..<(lengthBytes + Int(length))
  }

  private static func forEachMember(
    _ header: UnsafeRawBufferPointer, _ body: (String, JSONValue) -> Bool
  ) throws(CheckpointError.Rule) {
    guard String(validating: header, as: UTF8.self) != nil else { throw .headerNotUTF8 }
    guard header.first == UInt8(ascii: "{") else { throw .headerNotObject }
    do { _ = try JSONReader.forEachMember(of: header, deepest: depthLimit, body) } catch { throw .json(error) }
  }

  private static func metadata(_ value: JSONValue) throws(CheckpointError.Rule) -> [String: String] {
    guard case .object(let members) = value else { throw .metadataNotStrings }
    var metadata: [String: String] = [:]
    for (name, value) in members {
      guard case .string(let text) = value else { throw .metadataNotStrings }
      guard metadata.updateValue(text, forKey: name) == nil else { throw .repeatedName }
    }
    return metadata
  }

  private static func entry(_ name: String, _ value: JSONValue) throws(CheckpointError.Rule) -> Entry {
    guard case .object(let members) = value else { throw .entryNotObject }
    var (typeField, shapeField, offsetsField): (JSONValue?, JSONValue?, JSONValue?) = (nil, nil, nil)
    func set(_ field: inout JSONValue?, _ value: JSONValue) throws(CheckpointError.Rule) {
      guard field == nil else { throw .repeatedName }
      field = value
    }
    for (field, value) in members {
      switch field {
      case "dtype": try set(&typeField, value)
      case "shape": try set(&shapeField, value)
      case "data_offsets": try set(&offsetsField, value)
      default: throw .unknownField(field)
      }
    }
    guard let typeField else { throw .missingField("dtype") }
    guard let shapeField else { throw .missingField("shape") }
    guard let offsetsField else { throw .missingField("data_offsets") }

    guard case .string(let typeName) = typeField else { throw .unknownType("(not a string)") }
    guard let type = DataType.safetensors[typeName] else { throw .unknownType(typeName) }
    guard let shape = wholeNumbers(shapeField) else { throw .badShape }
    guard let offsets = wholeNumbers(offsetsField), offsets.count == 2 else { throw .badOffsets }
    guard offsets[0] <= offsets[1] else { throw .offsetsReversed(begin: offsets[0], end: offsets[1]) }
    let byteCount = try type.byteCount(of: shape)
    let range = offsets[0]..<offsets[1]
    guard byteCount == range.count else { throw .sizeMismatch(expected: byteCount, found: range.count) }
    return Entry(info: TensorInfo(name: name, type: type, shape: shape, byteCount: byteCount), range: range)
  }

  /// The numbers of a JSON list of integers from 0 up, or nil if it is anything else.
  private static func wholeNumbers(_ value: JSONValue) -> [Int]? {
    guard case .array(let elements) = value else { return nil }
    var numbers: [Int] = []
    for element in elements {
      guard case .number(let digits) = element, let number = Int(digits), number >= 0, digits != "-0" else {
        return nil
      }
      numbers.append(number)
    }
    return numbers
  }

  /// The entries by position, which must cover `available` bytes one after the other.
  private static func covering(
    _ available: Int, _ entries: [Entry], file: String
  ) throws(CheckpointError) -> [Entry] {
    // Names break ties, so that tensors of no bytes keep one order.
    let sorted = entries.sorted { one, other in
      if one.range.lowerBound != other.range.lowerBound { return one.range.lowerBound < other.range.lowerBound }
      if one.range.upperBound != other.range.upperBound { return one.range.upperBound < other.range.upperBound }
      return one.info.name < other.info.name
    }
    var end = 0
    for entry in sorted {
      let rule: CheckpointError.Rule? =
        if entry.range.lowerBound < end {
          .overlap(begin: entry.range.lowerBound, previousEnd: end)
        } else if entry.range.lowerBound > end {
          .hole(from: end, to: entry.range.lowerBound)
        } else if entry.range.upperBound > available {
          .offsetsPastEnd(end: entry.range.upperBound, available: available)
        } else {
          nil
        }
      if let rule { throw CheckpointError(file: file, tensor: entry.info.name, rule: rule) }
      end = entry.range.upperBound
    }
    guard end == available else {
      throw CheckpointError(file: file, rule: .dataNotCovered(covered: end, available: available))
    }
    return sorted
  }
}
