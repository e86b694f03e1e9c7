import CZip

/// The entries of a ZIP file, as libzip finds them and checks them against each other.
struct ZipArchive {
  /// In the order of the central directory.
  let entries: [ZipEntry]
  private let places: [String: Int]

  /// Whether a file begins with an entry, or with the directory of an archive without any.
  static func begins(_ bytes: UnsafeRawBufferPointer) -> Bool {
    bytes.starts(with: [0x50, 0x4b, 3, 4]) || bytes.starts(with: [0x50, 0x4b, 5, 6])
  }

  subscript(_ name: String) -> ZipEntry? { places[name].map { entries[$0] } }

  /// - Throws: `damaged`, `unsupported`, or `expands` if the entries claim too much together.
  init(_ mapping: MappedFile) throws(CheckpointError.Rule) {
    let opened = try OpenedZip(mapping)
    var entries: [ZipEntry] = []
    var places: [String: Int] = [:]
    var claimed = 0
    for index in 0..<czip_count(opened.archive) {
      let entry = try ZipEntry(opened, index)
      guard places.updateValue(entries.count, forKey: entry.name) == nil else {
        throw .damaged(.zip, "the entry '\(entry.name)' stands twice")
      }
      let (sum, overflow) = claimed.addingReportingOverflow(entry.byteCount)
      guard !overflow, sum <= Checkpoint.limit(stored: mapping.count) else { throw .expands(stored: mapping.count) }
      claimed = sum
      entries.append(entry)
    }
    var end = 0
    for entry in entries.sorted(by: { $0.range.lowerBound < $1.range.lowerBound }) where !entry.range.isEmpty {
      guard entry.range.lowerBound >= end else { throw .damaged(.zip, "the entry '\(entry.name)' overlaps another") }
      end = entry.range.upperBound
    }
    self.entries = entries
    self.places = places
  }
}

/// A mapped archive in libzip's hands.
///
/// `@unchecked Sendable`: the door lets one thread at a time in.
final class OpenedZip: @unchecked Sendable {
  let mapping: MappedFile
  let archive: OpaquePointer

  init(_ mapping: MappedFile) throws(CheckpointError.Rule) {
    if let missing = czip_load() {
      throw .unsupported(.zip, "Scripts/dependencies installs libzip, which is missing: \(String(cString: missing))")
    }
    var reason = czip_reason()
    guard let archive = czip_open(mapping.base, UInt64(mapping.count), &reason) else {
      throw .damaged(.zip, reason.said)
    }
    self.mapping = mapping
    self.archive = archive
  }

  deinit { czip_close(archive) }
}

extension czip_reason {
  /// For the end of a line about what was tried.
  var said: String {
    withUnsafeBytes(of: text) { "libzip says: " + String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
  }
}
