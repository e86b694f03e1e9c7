/// Cuts a stream of bytes into pieces of `pieceLength`, so that each but the last holds whole numbers.
struct PieceBuffer: ~Copyable {
  private let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: pieceLength, alignment: 64)
  private var used = 0

  deinit { memory.deallocate() }

  mutating func append(_ bytes: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) -> Void) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let length = min(rest.count, pieceLength - used)
      UnsafeMutableRawBufferPointer(rebasing: memory[used..<(used + length)])
        .copyMemory(from: UnsafeRawBufferPointer(rebasing: rest.prefix(length)))
      used += length
      rest = rest.dropFirst(length)
      if used == pieceLength { finish(body) }
    }
  }

  /// Lends what is left.
  mutating func finish(_ body: (UnsafeRawBufferPointer) -> Void) {
    if used > 0 { body(UnsafeRawBufferPointer(rebasing: memory[..<used])) }
    used = 0
  }
}
