import CZlib

/// A zip archive of files stored as they are (PKWARE's APPNOTE 6.3, without ZIP64), written from front to back.
struct ZipWriter {
  /// What the format's 32-bit fields can say.
  static let longest = Int(UInt32.max)

  private(set) var bytes: [UInt8] = []
  private var directory: [UInt8] = []
  private var count: UInt16 = 0

  /// - Throws: `FigureError` where the archive would grow beyond 4 GiB.
  mutating func add(_ name: String, _ contents: [UInt8]) throws(FigureError) {
    guard bytes.count + contents.count + directory.count + 1024 < Self.longest else {
      throw FigureError("the trace is too large for a zip archive, which ends at 4 GiB; choose csv or json")
    }
    let offset = UInt32(bytes.count)
    let entry = Self.entry(name, contents)
    bytes += [0x50, 0x4b, 0x03, 0x04] + entry + Array(name.utf8) + contents
    // Made by version 2.0; no comment, disk 0, no attributes.
    directory += [0x50, 0x4b, 0x01, 0x02, 20, 0] + entry + [UInt8](repeating: 0, count: 10) + offset.littleEndianBytes
    directory += Array(name.utf8)
    count += 1
  }

  /// The whole archive.
  consuming func finish() -> [UInt8] {
    let start = UInt32(bytes.count)
    bytes += directory
    bytes += [0x50, 0x4b, 0x05, 0x06, 0, 0, 0, 0] + count.littleEndianBytes + count.littleEndianBytes
    return bytes + UInt32(directory.count).littleEndianBytes + start.littleEndianBytes + [0, 0]
  }

  /// The fields that the local header and the directory share: version 2.0, UTF-8 names, stored, 1 January 1980 (so that
  /// equal traces are equal files), checksum, sizes.
  private static func entry(_ name: String, _ contents: [UInt8]) -> [UInt8] {
    let size = UInt32(contents.count).littleEndianBytes
    let check = UInt32(truncatingIfNeeded: crc32_z(0, contents, contents.count))
    return [20, 0, 0x00, 0x08, 0, 0, 0, 0, 0x21, 0] + check.littleEndianBytes + size + size
      + UInt16(name.utf8.count).littleEndianBytes + [0, 0]
  }
}

extension FixedWidthInteger {
  var littleEndianBytes: [UInt8] { withUnsafeBytes(of: littleEndian) { Array($0) } }
}

extension Array where Element: FixedWidthInteger {
  var littleEndianBytes: [UInt8] { self.map(\.littleEndian).withUnsafeBytes { bytes in [UInt8](bytes) } }
}
