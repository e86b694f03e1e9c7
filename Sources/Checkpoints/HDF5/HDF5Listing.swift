/// Everything in an HDF5 file, group by group.
struct HDF5Listing {
  struct Dataset {
    var type: DataType
    var shape: [Int]
    /// Where the numbers lie in the file, if they lie there as they are needed.
    var place: Int?
  }

  struct Object {
    /// From the root, without a stroke at the start; empty for the root itself.
    var path: String
    /// Those that are texts.
    var attributes: [String: [String]] = [:]
    /// Nil for a group.
    var dataset: Dataset?

    /// The list that Keras writes as `name`, or in parts as `name0`, `name1` and so on where it is too long for one
    /// attribute.
    func list(_ name: String) -> [String]? {
      if let whole = attributes[name] { return whole }
      var parts: [String] = []
      var index = 0
      while let part = attributes["\(name)\(index)"] {
        parts += part
        index += 1
      }
      return index > 0 ? parts : nil
    }
  }

  /// The library's answer is not longer than this; a model of a million groups is no model.
  private static let longest = 256 << 20

  private(set) var objects: [Object] = []
  private let places: [String: Int]

  subscript(_ path: String) -> Object? { places[path].map { objects[$0] } }

  static func isHDF5(_ bytes: UnsafeRawBufferPointer) -> Bool {
    let signature: [UInt8] = [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a]
    // At the start, or behind a block of the user's of 512 bytes or a power of two times that.
    var start = 0
    while start <= bytes.count - signature.count, start <= 1 << 20 {
      if bytes[start...].starts(with: signature) { return true }
      start = start == 0 ? 512 : 2 * start
    }
    return false
  }

  /// - Throws: `damaged` or `unsupported` in the words of the door.
  init(_ file: TensorBytes) throws(CheckpointError.Rule) {
    var process = try HDF5Process(file)
    var answer: [UInt8] = []
    let isDone = process.run { piece in
      answer += piece
      return answer.count <= Self.longest
    }
    let held = TensorBytes(HeldBytes(count: answer.count) { $0.copyBytes(from: answer) })
    guard
      let objects = try held.withUnsafeBytes({ bytes throws(CheckpointError.Rule) in try Self.objects(bytes) }), isDone
    else { throw .damaged(.hdf5, "the HDF5 library fails on it or comes to no end") }
    self.objects = objects
    places = Dictionary(
      objects.enumerated().map { ($0.element.path, $0.offset) }, uniquingKeysWith: { first, _ in first })
  }

  /// Nil if the answer breaks off, as it does when the library crashes.
  private static func objects(_ bytes: UnsafeRawBufferPointer) throws(CheckpointError.Rule) -> [Object]? {
    var reader = ByteReader(bytes, .hdf5)
    var objects: [Object] = []
    while !reader.isAtEnd {
      guard let kind: UInt8 = try? reader.number("the answer") else { return nil }
      switch UnicodeScalar(kind) {
      case "G":
        guard let path = text(&reader) else { return nil }
        objects.append(Object(path: path))
      case "D":
        guard let object = try dataset(&reader) else { return nil }
        objects.append(object)
      case "A":
        guard let name = text(&reader), let count = try? reader.count("the answer"), count <= reader.available,
          !objects.isEmpty
        else { return nil }
        var texts: [String] = []
        for _ in 0..<count {
          guard let text = text(&reader) else { return nil }
          texts.append(text)
        }
        objects[objects.count - 1].attributes[name] = texts
      case "E": throw .damaged(.hdf5, text(&reader) ?? "the HDF5 library fails on it")
      case "Z": return objects
      default: return nil
      }
    }
    return nil
  }

  /// Bytes that are not UTF-8 are replaced, since names in old files are of any encoding.
  private static func text(_ reader: inout ByteReader) -> String? {
    guard let count = try? reader.count("the answer"), let range = try? reader.take(count, "the answer") else {
      return nil
    }
    return String(decoding: reader.bytes[range], as: UTF8.self)
  }

  private static func dataset(_ reader: inout ByteReader) throws(CheckpointError.Rule) -> Object? {
    guard let path = text(&reader), let typeName = text(&reader), let width = try? reader.count("the answer"),
      let rank = try? reader.count("the answer"), rank <= 64, let type = type(typeName, width)
    else { return nil }
    var shape: [Int] = []
    for _ in 0..<rank {
      guard let size: UInt64 = try? reader.number("the answer") else { return nil }
      guard let size = Int(exactly: size) else { throw .shapeOverflow }
      shape.append(size)
    }
    guard let place: UInt64 = try? reader.number("the answer") else { return nil }
    return Object(path: path, dataset: Dataset(type: type, shape: shape, place: Int(exactly: place)))
  }

  private static func type(_ name: String, _ width: Int) -> DataType? {
    switch name {
    case "STRING", "V2": width > 0 ? DataType(name == "V2" ? name : "S\(width)", bytes: width, .opaque) : nil
    default: DataType.safetensors[name]
    }
  }
}
