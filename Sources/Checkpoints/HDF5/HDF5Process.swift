import CDoors
import CHDF5

/// The HDF5 library at work on one file, in a process of its own; see `chdf5.h` for why.
struct HDF5Process: ~Copyable {
  private var child: cdoors_child
  /// Nobody waits for it any more.
  private var isOver = false

  /// Lists the file, or reads the numbers of the dataset at `path`.
  init(_ file: TensorBytes, reading path: String? = nil) throws(CheckpointError.Rule) {
    var child = cdoors_child()
    let error = file.withUnsafeBytes { bytes in
      if let path {
        chdf5_read(bytes.baseAddress, bytes.count, path, &child)
      } else {
        chdf5_list(bytes.baseAddress, bytes.count, &child)
      }
    }
    guard error == 0 else { throw .system(operation: "start a process for HDF5", code: error) }
    self.child = child
  }

  deinit {
    var child = child
    if !isOver { _ = cdoors_end(&child, 1) }
  }

  /// Lends what comes, in pieces of at most `pieceLength`, until it ends; `body` ends it with false.
  ///
  /// - Returns: whether the library came to its end.
  mutating func run(_ body: (UnsafeRawBufferPointer) -> Bool) -> Bool {
    let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: pieceLength, alignment: 64)
    defer { memory.deallocate() }
    var goesOn = true
    while goesOn {
      let count = cdoors_receive(&child, memory.baseAddress, memory.count)
      if count <= 0 { break }
      goesOn = body(UnsafeRawBufferPointer(rebasing: memory[..<count]))
    }
    isOver = true
    return cdoors_end(&child, goesOn ? 0 : 1) != 0
  }
}

/// A dataset whose numbers the library has to put in a row: packed, in chunks, or of the other byte order.
struct HDF5Source: StreamedSource {
  let file: TensorBytes
  let path: String
  let byteCount: Int

  func forEachPiece(_ body: (UnsafeRawBufferPointer) -> Void) throws(CheckpointError.Rule) {
    var process = try HDF5Process(file, reading: path)
    var pieces = PieceBuffer()
    var received = 0
    let isDone = process.run { piece in
      received += piece.count
      if received <= byteCount { pieces.append(piece, body) }
      return received <= byteCount
    }
    guard isDone, received == byteCount else { throw .damaged(.hdf5, "the numbers of '\(path)' cannot be read") }
    pieces.finish(body)
  }
}
