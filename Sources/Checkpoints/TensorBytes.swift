/// Bytes that never change as long as their holder lives.
protocol ByteOwner: AnyObject, Sendable {
  var base: UnsafeRawPointer { get }
  var count: Int { get }
}

/// Bytes in memory, for numbers that do not lie in a file as they are needed: compressed, strided, in parts.
///
/// `@unchecked Sendable`: the bytes are written by `init` alone, before anyone else has the object.
final class HeldBytes: ByteOwner, @unchecked Sendable {
  private let storage: UnsafeMutableRawBufferPointer
  var base: UnsafeRawPointer { UnsafeRawPointer(storage.baseAddress!) }
  let count: Int

  /// - Parameter fill: writes all of the `count` bytes, which are zero before.
  init<E: Error>(count: Int, _ fill: (UnsafeMutableRawBufferPointer) throws(E) -> Void) throws(E) {
    self.count = count
    // One byte more, so that there always is an address.
    storage = .allocate(byteCount: count + 1, alignment: 64)
    storage.initializeMemory(as: UInt8.self, repeating: 0)
    // If this throws, `deinit` lets the memory go.
    try fill(UnsafeMutableRawBufferPointer(rebasing: storage[..<count]))
  }

  deinit { storage.deallocate() }
}

/// A run of bytes in a mapped file, or in memory where they had to be put together; either stays as long as any such
/// value lives.
public struct TensorBytes: Sendable {
  private let holder: any ByteOwner
  private let range: Range<Int>

  /// - Precondition: `range` lies within the holder; archives check this when they open.
  init(_ holder: any ByteOwner, range: Range<Int>) {
    precondition(range.lowerBound >= 0 && range.upperBound <= holder.count)
    self.holder = holder
    self.range = range
  }

  init(_ holder: any ByteOwner) { self.init(holder, range: 0..<holder.count) }

  public var count: Int { range.count }

  /// Keeps the bytes alive: hold it as long as a pointer into them is in use.
  public var owner: any AnyObject & Sendable { holder }

  /// A part, counted from this run's own start.
  ///
  /// - Precondition: `part` lies within `0..<count`.
  func part(_ part: Range<Int>) -> TensorBytes {
    precondition(part.lowerBound >= 0 && part.upperBound <= count)
    return TensorBytes(holder, range: (range.lowerBound + part.lowerBound)..<(range.lowerBound + part.upperBound))
  }

  /// Lends the bytes for the length of `body`; the pointer need not be aligned.
  public func withUnsafeBytes<R, E: Error>(_ body: (UnsafeRawBufferPointer) throws(E) -> R) throws(E) -> R {
    defer { withExtendedLifetime(holder) {} }
    return try body(UnsafeRawBufferPointer(start: holder.base + range.lowerBound, count: range.count))
  }
}
