import Foundation
import Synchronization

/// A file descriptor's failure, named for a person.
struct StreamError: Error, CustomStringConvertible {
  let description: String
}

/// Where results go.
enum StandardOutput {
  static var isTerminal: Bool { isatty(STDOUT_FILENO) == 1 }

  /// Width of the terminal; nil where it is not known.
  static var columns: Int? {
    var size = winsize()
    guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
    return Int(size.ws_col)
  }

  /// Writes all of `text`, or ends the program without a word if nobody reads any more (`heed trace … | head`).
  ///
  /// - Throws: `StreamError`, for a full disk above all.
  static func write(_ text: String) throws { try write(Array(text.utf8)) }

  /// The same for bytes.
  static func write(_ bytes: [UInt8]) throws {
    StandardError.writeNotes()
    var rest = bytes[...]
    while !rest.isEmpty {
      let written = rest.withUnsafeBytes { Foundation.write(STDOUT_FILENO, $0.baseAddress, $0.count) }
      if written >= 0 {
        rest = rest.dropFirst(written)
      } else if errno == EPIPE {
        _exit(0)
      } else if errno != EINTR {
        throw StreamError(description: "standard output cannot be written: \(String(cString: strerror(errno)))")
      }
    }
  }
}

/// Where progress and words go.
enum StandardError {
  static func write(_ line: String) {
    FileHandle.standardError.write(Data((line + "\n").utf8))
  }

  private static let notes = Mutex<[String]>([])

  /// Says how something was understood once anything has come of it: with the first result, or at the program's end.
  /// Before an error nothing is said, so that a failure is one line.
  static func note(_ line: String) { notes.withLock { $0.append(line) } }

  static func writeNotes() {
    let lines = notes.withLock { lines in
      defer { lines = [] }
      return lines
    }
    for line in lines { write(line) }
  }
}

/// Sentences, one a line.
enum StandardInput {
  static var isTerminal: Bool { isatty(STDIN_FILENO) == 1 }

  /// Longer lines are refused, so that a stream without line ends is not held whole.
  static let longestLine = 1 << 20

  /// Calls `body` with each line and its number, from 1, as soon as the line has come; line ends (`\n`, `\r\n`) and a
  /// byte order mark at the start are cut off.
  ///
  /// - Throws: `StreamError` that names the line if it is not UTF-8 or too long, and whatever `body` throws.
  static func forEachLine(_ body: (_ line: String, _ number: Int) throws -> Void) throws {
    var pending: [UInt8] = []
    var number = 0
    func emit(_ bytes: ArraySlice<UInt8>) throws {
      number += 1
      var bytes = bytes.last == UInt8(ascii: "\r") ? bytes.dropLast() : bytes
      if number == 1, bytes.starts(with: [0xef, 0xbb, 0xbf]) { bytes = bytes.dropFirst(3) }
      guard let line = String(validating: bytes, as: UTF8.self) else {
        throw StreamError(
          description: "standard input, line \(number): not valid UTF-8; convert it, for example with iconv -t UTF-8")
      }
      try body(line, number)
    }
    while let chunk = try readChunk() {
      var rest = chunk[...]
      while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
        pending += rest[..<end]
        try emit(pending[...])
        pending.removeAll(keepingCapacity: true)
        rest = rest[(end + 1)...]
      }
      pending += rest
      guard pending.count <= longestLine else {
        throw StreamError(
          description: "standard input, line \(number + 1): longer than \(longestLine) bytes; give one sentence a line")
      }
    }
    if !pending.isEmpty { try emit(pending[...]) }
  }

  /// What has come, or nil at the end.
  private static func readChunk() throws -> [UInt8]? {
    while true {
      var count = 0
      let chunk = [UInt8](unsafeUninitializedCapacity: 1 << 16) { buffer, initialized in
        count = read(STDIN_FILENO, buffer.baseAddress, buffer.count)
        initialized = max(0, count)
      }
      if count >= 0 { return count == 0 ? nil : chunk }
      guard errno == EINTR else {
        throw StreamError(description: "standard input cannot be read: \(String(cString: strerror(errno)))")
      }
    }
  }
}
