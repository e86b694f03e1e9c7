import CZlib
import Foundation

/// Reads a text file line by line, through zlib: gzip or plain, told apart by content.
///
/// Memory is bounded by one buffer and the longest line, never by what the file unpacks to.
struct LineReader {
  /// Longer lines are refused: a file without line ends would otherwise be held whole.
  static let maximumLineBytes = 1 << 20
  private static let bufferBytes = 1 << 18

  let path: String

  /// Calls `body` with the bytes of each line and its number, counted from 1; line ends (`\n`, `\r\n`) are cut off.
  ///
  /// - Throws: `TrainingError` for a file that cannot be opened or unpacked, and whatever `body` throws.
  func forEachLine(_ body: (_ line: UnsafeRawBufferPointer, _ number: Int) throws -> Void) throws {
    guard let file = gzopen(path, "rb") else {
      throw TrainingError("\(path): cannot be opened: \(String(cString: strerror(errno)))")
    }
    defer { gzclose_r(file) }
    var pending: [UInt8] = []  // The start of a line whose end has not been read yet.
    var number = 0
    func emit(_ bytes: UnsafeRawBufferPointer) throws {
      number += 1
      let hasReturn = bytes.last == UInt8(ascii: "\r")
      try body(UnsafeRawBufferPointer(rebasing: hasReturn ? bytes.dropLast() : bytes[...]), number)
    }

    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.bufferBytes, alignment: 16)
    defer { buffer.deallocate() }
    while true {
      let count = gzread(file, buffer.baseAddress, UInt32(buffer.count))
      try check(file, count: count, line: number + 1)
      if count == 0 { break }
      var rest = UnsafeRawBufferPointer(rebasing: buffer[..<Int(count)])
      while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
        let line = UnsafeRawBufferPointer(rebasing: rest[..<end])
        if pending.isEmpty {
          try emit(line)
        } else {
          pending.append(contentsOf: line)
          try pending.withUnsafeBytes(emit)
          pending.removeAll(keepingCapacity: true)
        }
        rest = UnsafeRawBufferPointer(rebasing: rest[(end + 1)...])
      }
      pending.append(contentsOf: rest)
      if pending.count > Self.maximumLineBytes {
        throw TrainingError("\(path):\(number + 1): longer than \(Self.maximumLineBytes) bytes; is this a text file?")
      }
    }
    if !pending.isEmpty { try pending.withUnsafeBytes(emit) }
  }

  /// Turns zlib's state after a read into an error; a stream that ends too soon is one as well.
  private func check(_ file: gzFile, count: Int32, line: Int) throws {
    var status: Int32 = Z_OK
    let words = gzerror(file, &status)
    if count >= 0 && status == Z_OK { return }
    let reason =
      switch status {
      case Z_ERRNO: String(cString: strerror(errno))
      case Z_BUF_ERROR: "the compressed data end too soon; the file is truncated"
      default: words.map { String(cString: $0) } ?? "the compressed data are damaged"
      }
    throw TrainingError("\(path):\(line): cannot be read: \(reason)")
  }
}
