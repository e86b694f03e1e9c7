/// Reads little-endian numbers and texts from untrusted bytes, one after the other, never past the end.
struct ByteReader {
  let bytes: UnsafeRawBufferPointer
  let format: CheckpointFormat
  private(set) var position: Int

  init(_ bytes: UnsafeRawBufferPointer, _ format: CheckpointFormat, at position: Int = 0) {
    self.bytes = bytes
    self.format = format
    self.position = min(max(0, position), bytes.count)
  }

  var available: Int { bytes.count - position }
  var isAtEnd: Bool { position == bytes.count }

  /// - Parameter what: the thing being read, for the error.
  mutating func number<Number: FixedWidthInteger>(
    _ what: StaticString, as _: Number.Type = Number.self
  ) throws(CheckpointError.Rule) -> Number {
    let start = try take(MemoryLayout<Number>.size, what)
    return Number(littleEndian: bytes.loadUnaligned(fromByteOffset: start.lowerBound, as: Number.self))
  }

  /// A number that counts things of this machine.
  mutating func count(_ what: StaticString) throws(CheckpointError.Rule) -> Int {
    guard let count = Int(exactly: try number(what, as: UInt64.self)) else { throw damaged("\(what) is too large") }
    return count
  }

  /// Steps over `count` bytes and says where they lie.
  mutating func take(_ count: Int, _ what: StaticString) throws(CheckpointError.Rule) -> Range<Int> {
    guard count >= 0, count <= available else { throw damaged("it ends inside \(what)") }
    defer { position += count }
    return position..<(position + count)
  }

  mutating func text(_ count: Int, _ what: StaticString) throws(CheckpointError.Rule) -> String {
    let range = try take(count, what)
    guard let text = String(validating: bytes[range], as: UTF8.self) else { throw damaged("\(what) is not UTF-8") }
    return text
  }

  func damaged(_ what: String) -> CheckpointError.Rule { .damaged(format, what) }
}
