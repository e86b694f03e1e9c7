/// A CTranslate2 `model.bin`: after a version and the name of a specification come the variables one by one, each with
/// its name, shape, type and numbers, and since version 3 further names for some of them.
///
/// The layout is that of `python/ctranslate2/specs/model_spec.py` in <https://github.com/OpenNMT/CTranslate2>.
enum CTranslate2Reader {
  private static let versions: ClosedRange<UInt32> = 1...6
  /// What a file of a later version may say; anything above is another format.
  private static let conceivable: ClosedRange<UInt32> = 1...32

  /// Whether a file may be one, by its first bytes.
  static func begins(_ start: [UInt8]) -> Bool {
    guard start.count >= 8 else { return false }
    let version = (0..<4).reduce(UInt32(0)) { $0 | UInt32(start[$1]) << UInt32(8 * $1) }
    // A safetensors header of so few bytes has zeros there.
    return conceivable.contains(version) && start[4..<8].contains { $0 != 0 }
  }

  static func read(_ mapping: MappedFile) throws(CheckpointError.Rule) -> CheckpointContents {
    try TensorBytes(mapping).withUnsafeBytes { bytes throws(CheckpointError.Rule) in
      var file = ByteReader(bytes, .ctranslate2)
      var contents = CheckpointContents(format: .ctranslate2, storedBytes: mapping.count)
      let version: UInt32 = try file.number("its version")
      guard versions.contains(version) else { throw .unsupported(.ctranslate2, "version \(version) of the format") }
      contents.metadata["version"] = String(version)
      if version >= 2 {
        contents.metadata["specification"] = try name(&file)
        contents.metadata["revision"] = String(try file.number("its revision", as: UInt32.self))
      }
      // Not believed: the variables end where the file does.
      let count: UInt32 = try file.number("its number of variables")
      for _ in 0..<count { contents.entries.append(try variable(&file, version, mapping)) }
      if version >= 3 { try readAliases(&file, into: &contents) }
      guard file.isAtEnd else { throw file.damaged("bytes stand behind its last variable") }
      return contents
    }
  }

  /// A text with its length before it and a zero at its end, which the length counts.
  private static func name(_ file: inout ByteReader) throws(CheckpointError.Rule) -> String {
    let length = Int(try file.number("a name", as: UInt16.self))
    guard length > 0 else { throw file.damaged("a name has no end") }
    let text = try file.text(length - 1, "a name")
    guard try file.number("a name", as: UInt8.self) == 0, !text.contains("\0") else {
      throw file.damaged("a name has no end")
    }
    return text
  }

  private static func variable(
    _ file: inout ByteReader, _ version: UInt32, _ mapping: MappedFile
  ) throws(CheckpointError.Rule) -> CheckpointContents.Entry {
    let name = try name(&file)
    let rank: UInt8 = try file.number("a variable's shape")
    guard rank <= 64 else { throw .tooManyDimensions(Int(rank)) }
    var shape: [Int] = []
    for _ in 0..<rank { shape.append(Int(try file.number("a variable's shape", as: UInt32.self))) }
    let code: UInt8 = try file.number("a variable's type")
    guard let type = version >= 4 ? types[code] : typesByWidth[code] else { throw .unknownType("number \(code)") }
    let size = Int(try file.number("a variable's size", as: UInt32.self))
    let byteCount = try type.byteCount(of: shape)
    let (found, overflow) = size.multipliedReportingOverflow(by: version >= 4 ? 1 : type.bytesPerBlock)
    guard !overflow, found == byteCount else {
      throw file.damaged("'\(name)' has \(found) bytes where its shape needs \(byteCount)")
    }
    let range = try file.take(byteCount, "a variable's numbers")
    let info = TensorInfo(name: name, type: type, shape: shape, byteCount: byteCount)
    return CheckpointContents.Entry(info: info, source: StoredSource(stored: TensorBytes(mapping, range: range)))
  }

  /// Further names of variables, such as the decoder's embedding that is the encoder's.
  private static func readAliases(
    _ file: inout ByteReader, into contents: inout CheckpointContents
  ) throws(CheckpointError.Rule) {
    let places = Dictionary(
      contents.entries.enumerated().map { ($0.element.info.name, $0.offset) }, uniquingKeysWith: { first, _ in first })
    let count: UInt32 = try file.number("its number of aliases")
    for _ in 0..<count {
      let alias = try name(&file)
      let original = try name(&file)
      guard let place = places[original] else {
        throw file.damaged("'\(alias)' stands for '\(original)', which is not there")
      }
      var entry = contents.entries[place]
      entry.info.name = alias
      entry.info.label = original
      contents.entries.append(entry)
    }
  }

  private static let types: [UInt8: DataType] = [
    0: .float32, 1: .int8, 2: .int16, 3: .int32, 4: .float16, 5: .bfloat16,
  ]
  /// The first versions gave only the width of a number.
  private static let typesByWidth: [UInt8: DataType] = [4: .float32, 2: .int16, 1: .int8]
}
