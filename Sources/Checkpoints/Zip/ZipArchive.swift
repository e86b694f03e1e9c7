/// The entries of a ZIP file (PKWARE APPNOTE 6.3.10, with its 64-bit fields), checked against each other when opened.
///
/// Read here and not through a library, since none tells where a stored entry lies, and weights are to stay mapped.
struct ZipArchive {
  private static let endSignature: UInt32 = 0x0605_4b50
  private static let endLength = 22
  private static let wideEndSignature: UInt32 = 0x0606_4b50
  private static let wideLocatorSignature: UInt32 = 0x0706_4b50
  private static let wideLocatorLength = 20
  private static let entrySignature: UInt32 = 0x0201_4b50
  private static let localSignature: UInt32 = 0x0403_4b50
  private static let longestComment = Int(UInt16.max)

  /// In the order of the central directory.
  let entries: [ZipEntry]
  private let places: [String: Int]

  subscript(_ name: String) -> ZipEntry? { places[name].map { entries[$0] } }

  /// - Throws: `damaged`, `unsupported`, `repeatedName`, or `expands` if the entries claim too much together.
  init(_ mapping: MappedFile) throws(CheckpointError.Rule) {
    entries = try TensorBytes(mapping).withUnsafeBytes { bytes throws(CheckpointError.Rule) in
      try Self.entries(bytes, mapping)
    }
    var places: [String: Int] = [:]
    var claimed = 0
    for (index, entry) in entries.enumerated() {
      guard places.updateValue(index, forKey: entry.name) == nil else {
        throw .damaged(.zip, "the entry '\(entry.name)' stands twice")
      }
      let (sum, overflow) = claimed.addingReportingOverflow(entry.byteCount)
      guard !overflow, sum <= Checkpoint.limit(stored: mapping.count) else { throw .expands(stored: mapping.count) }
      claimed = sum
    }
    self.places = places
  }

  private struct Directory {
    var range: Range<Int>
    var count: Int
  }

  private static func entries(
    _ bytes: UnsafeRawBufferPointer, _ mapping: MappedFile
  ) throws(CheckpointError.Rule) -> [ZipEntry] {
    let directory = try directory(bytes)
    var reader = ByteReader(
      UnsafeRawBufferPointer(rebasing: bytes[..<directory.range.upperBound]), .zip, at: directory.range.lowerBound)
    var entries: [(start: Int, entry: ZipEntry)] = []
    for _ in 0..<directory.count { entries.append(try entry(&reader, directory, mapping)) }
    guard reader.isAtEnd else { throw .damaged(.zip, "its directory has bytes behind its last entry") }
    var end = 0
    for (start, entry) in entries.sorted(by: { $0.start < $1.start }) {
      guard start >= end else { throw .damaged(.zip, "the entry '\(entry.name)' overlaps another") }
      end = entry.range.upperBound
    }
    return entries.map(\.entry)
  }

  /// Where the central directory lies: said by a record at the very end, behind which only a comment may stand.
  private static func directory(_ bytes: UnsafeRawBufferPointer) throws(CheckpointError.Rule) -> Directory {
    guard bytes.count >= endLength else { throw .damaged(.zip, "it ends before its directory") }
    var start = bytes.count - endLength
    let lowest = max(0, start - longestComment)
    while true {
      if bytes[start] == UInt8(truncatingIfNeeded: endSignature) {
        let signature = UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: start, as: UInt32.self))
        let comment = Int(UInt16(littleEndian: bytes.loadUnaligned(fromByteOffset: start + 20, as: UInt16.self)))
        if signature == endSignature && start + endLength + comment == bytes.count { break }
      }
      guard start > lowest else { throw .damaged(.zip, "it has no directory at its end") }
      start -= 1
    }
    var reader = ByteReader(bytes, .zip, at: start + 4)
    let disk: UInt16 = try reader.number("the end record")
    _ = try reader.number("the end record", as: UInt16.self)
    let entriesHere: UInt16 = try reader.number("the end record")
    let entries: UInt16 = try reader.number("the end record")
    let size: UInt32 = try reader.number("the end record")
    let offset: UInt32 = try reader.number("the end record")
    if let wide = try wideDirectory(bytes, before: start) { return wide }
    guard disk == 0, entriesHere == entries else { throw .unsupported(.zip, "an archive of several parts") }
    return try directory(offset: Int(offset), size: Int(size), count: Int(entries), before: start)
  }

  /// The 64-bit form of the end record, if there is one.
  private static func wideDirectory(
    _ bytes: UnsafeRawBufferPointer, before end: Int
  ) throws(CheckpointError.Rule) -> Directory? {
    guard end >= wideLocatorLength else { return nil }
    var locator = ByteReader(bytes, .zip, at: end - wideLocatorLength)
    guard try locator.number("the locator", as: UInt32.self) == wideLocatorSignature else { return nil }
    _ = try locator.number("the locator", as: UInt32.self)
    let start = try locator.count("the locator")
    guard start <= end - wideLocatorLength else { throw .damaged(.zip, "its locator points behind itself") }
    var reader = ByteReader(bytes, .zip, at: start)
    guard try reader.number("the end record", as: UInt32.self) == wideEndSignature else {
      throw .damaged(.zip, "its locator points at no end record")
    }
    _ = try reader.take(28, "the end record")
    let count = try reader.count("the end record")
    let size = try reader.count("the end record")
    let offset = try reader.count("the end record")
    return try directory(offset: offset, size: size, count: count, before: start)
  }

  private static func directory(
    offset: Int, size: Int, count: Int, before end: Int
  ) throws(CheckpointError.Rule) -> Directory {
    guard offset <= end, size <= end - offset else { throw .damaged(.zip, "its directory lies outside the file") }
    // An entry takes 46 bytes and its name.
    guard count <= size / 46 else { throw .damaged(.zip, "its directory is too short for \(count) entries") }
    return Directory(range: offset..<(offset + size), count: count)
  }

  private static func entry(
    _ reader: inout ByteReader, _ directory: Directory, _ mapping: MappedFile
  ) throws(CheckpointError.Rule) -> (start: Int, entry: ZipEntry) {
    guard try reader.number("an entry", as: UInt32.self) == entrySignature else {
      throw .damaged(.zip, "its directory holds something that is no entry")
    }
    _ = try reader.take(4, "an entry")
    let flags: UInt16 = try reader.number("an entry")
    let method: UInt16 = try reader.number("an entry")
    _ = try reader.take(4, "an entry")
    let checksum: UInt32 = try reader.number("an entry")
    let sizes = [try reader.number("an entry", as: UInt32.self), try reader.number("an entry", as: UInt32.self)]
    let lengths = [
      Int(try reader.number("an entry", as: UInt16.self)), Int(try reader.number("an entry", as: UInt16.self)),
      Int(try reader.number("an entry", as: UInt16.self)),
    ]
    _ = try reader.take(8, "an entry")
    let offset: UInt32 = try reader.number("an entry")
    let name = try reader.text(lengths[0], "the name of an entry")
    let extra = try reader.take(lengths[1], "an entry")
    _ = try reader.take(lengths[2], "an entry")
    // Stored size, full size, offset: each stands in the 64-bit field if it is all ones here.
    let wide = try wideNumbers(
      UnsafeRawBufferPointer(rebasing: reader.bytes[extra]), [sizes[1], sizes[0], offset])

    guard flags & 1 == 0 else { throw .unsupported(.zip, "the entry '\(name)' is encrypted") }
    guard let method = ZipEntry.Method(rawValue: method) else {
      throw .unsupported(.zip, "the entry '\(name)' is packed in a way (\(method)) that is neither stored nor deflate")
    }
    guard method == .deflated || wide[0] == wide[1] else {
      throw .damaged(.zip, "the stored entry '\(name)' has two sizes")
    }
    let start = try dataStart(reader.bytes, localHeader: wide[2], name, before: directory.range.lowerBound)
    guard wide[1] <= directory.range.lowerBound - start else {
      throw .damaged(.zip, "the entry '\(name)' reaches into the directory")
    }
    let entry = ZipEntry(
      name: name, method: method, checksum: checksum, byteCount: wide[0], range: start..<(start + wide[1]), mapping)
    return (wide[2], entry)
  }

  /// The numbers in order, those of all ones taken from the extra field with the id 1.
  private static func wideNumbers(
    _ extra: UnsafeRawBufferPointer, _ narrow: [UInt32]
  ) throws(CheckpointError.Rule) -> [Int] {
    guard narrow.contains(.max) else { return narrow.map(Int.init) }
    var fields = ByteReader(extra, .zip)
    while !fields.isAtEnd {
      let id: UInt16 = try fields.number("an extra field")
      let range = try fields.take(Int(try fields.number("an extra field", as: UInt16.self)), "an extra field")
      guard id == 1 else { continue }
      var field = ByteReader(UnsafeRawBufferPointer(rebasing: extra[range]), .zip)
      var numbers: [Int] = []
      for number in narrow {
        numbers.append(number == .max ? try field.count("a 64-bit field") : Int(number))
      }
      return numbers
    }
    return narrow.map(Int.init)
  }

  /// Behind the header that stands before the data, whose extra field may differ from the directory's.
  private static func dataStart(
    _ bytes: UnsafeRawBufferPointer, localHeader: Int, _ name: String, before directory: Int
  ) throws(CheckpointError.Rule) -> Int {
    guard localHeader < directory else { throw .damaged(.zip, "the entry '\(name)' lies outside the file") }
    var reader = ByteReader(UnsafeRawBufferPointer(rebasing: bytes[..<directory]), .zip, at: localHeader)
    guard try reader.number("an entry", as: UInt32.self) == localSignature else {
      throw .damaged(.zip, "the entry '\(name)' has no header of its own")
    }
    _ = try reader.take(22, "an entry")
    let nameLength = Int(try reader.number("an entry", as: UInt16.self))
    let extraLength = Int(try reader.number("an entry", as: UInt16.self))
    guard try reader.text(nameLength, "the name of an entry") == name else {
      throw .damaged(.zip, "the entry '\(name)' has another name in its own header")
    }
    return try reader.take(extraLength, "an entry").upperBound
  }
}
