import Foundation

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// The lines of a text file, left where they lie: a list of words may have millions.
struct PieceLines {
  fileprivate let bytes: [UInt8]
  /// Where each line feed stands, and the end if it has none before it.
  private let ends: [UInt32]

  /// - Throws: `TokenizerError` for what is not UTF-8.
  init(_ data: Data) throws(TokenizerError) {
    let bytes = [UInt8](data)
    guard String(validating: bytes, as: UTF8.self) != nil, bytes.count < UInt32.max else {
      throw TokenizerError("is not UTF-8 text", advice: "give a vocabulary with one piece a line")
    }
    ends = bytes.withUnsafeBytes(Self.ends)
    self.bytes = bytes
  }

  private static func ends(_ bytes: UnsafeRawBufferPointer) -> [UInt32] {
    guard let base = bytes.baseAddress else { return [] }
    var ends: [UInt32] = []
    var start = 0
    while start < bytes.count {
      let found = memchr(base + start, 0x0a, bytes.count - start)
      let end = found.map { UnsafeRawPointer($0) - base } ?? bytes.count
      ends.append(UInt32(end))
      start = end + 1
    }
    return ends
  }

  var count: Int { ends.count }

  subscript(index: Int) -> String { String(decoding: bytes[range(of: index)], as: UTF8.self) }

  /// Without its end, which may be that of any system.
  fileprivate func range(of index: Int) -> Range<Int> {
    let start = index == 0 ? 0 : Int(ends[index - 1]) + 1
    let end = Int(ends[index])
    return start..<(end > start && bytes[end - 1] == 0x0d ? end - 1 : end)
  }

  func contains(_ line: String) -> Bool {
    let wanted = Array(line.utf8)
    return (0..<count).contains { index in
      let range = range(of: index)
      return range.count == wanted.count && bytes[range].elementsEqual(wanted)
    }
  }

  /// Whether a line begins like this and goes on.
  func containsBeginning(_ beginning: String) -> Bool {
    let wanted = Array(beginning.utf8)
    return (0..<count).contains { index in
      let range = range(of: index)
      return range.count > wanted.count && bytes[range.prefix(wanted.count)].elementsEqual(wanted)
    }
  }
}

extension Vocabulary {
  /// The lines as pieces, whose ids are their places.
  ///
  /// - Parameter first: stands in the place of the first line.
  /// Throws: `TokenizerError` for a piece that comes twice.
  init(_ lines: PieceLines, first: String? = nil) throws(TokenizerError) {
    self.init(pieces: lines.count, bytes: lines.bytes.count)
    for id in 0..<lines.count {
      let found = if id == 0, let first { add(first) } else { add(lines.bytes, lines.range(of: id)) }
      guard found == id else { throw TokenizerError("line \(id + 1) has the piece \(lines[id]) again") }
    }
  }
}
