#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// Writes files so that a reader, or a power cut, sees the old contents or the new and nothing between.
public enum AtomicFile {
  /// Runs `body` on a new file beside `path` and renames that over `path` once its bytes are on the disk. If anything
  /// fails the new file is removed and `path` is as it was.
  ///
  /// A pipe or a device, such as `/dev/null`, holds nothing to keep: it is written to, and never replaced.
  ///
  /// - Throws: `CheckpointError` with `system`, or what `body` throws.
  public static func replace(_ path: String, with body: (inout Writer) throws -> Void) throws {
    if isPipeOrDevice(path) { return try writeThrough(path, with: body) }
    let partial = "\(path).\(getpid()).partial"
    let descriptor = open(partial, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else {
      throw CheckpointError(file: path, rule: .system(operation: "write the file", code: errno))
    }
    var writer = Writer(path: path, descriptor: descriptor)
    do {
      try body(&writer)
      try writer.finish()
      guard rename(partial, path) == 0 else { throw writer.failure("replace the file") }
    } catch {
      writer.closeOnce()
      unlink(partial)
      throw error
    }
  }

  private static func isPipeOrDevice(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && ![S_IFREG, S_IFDIR].contains(status.st_mode & S_IFMT)
  }

  private static func writeThrough(_ path: String, with body: (inout Writer) throws -> Void) throws {
    var writer = Writer(path: path, descriptor: open(path, O_WRONLY | O_CLOEXEC))
    guard writer.isOpen else { throw writer.failure("write to it") }
    defer { writer.closeOnce() }
    try body(&writer)
  }

  /// Replaces `path` with these bytes.
  ///
  /// - Throws: `CheckpointError` with `system`.
  public static func write(_ bytes: some Sequence<UInt8>, to path: String) throws {
    let bytes = Array(bytes)
    try replace(path) { writer in try bytes.withUnsafeBytes { try writer.write($0) } }
  }

  /// Where the body of `replace` puts its bytes, in order.
  public struct Writer {
    let path: String
    private var descriptor: Int32

    var isOpen: Bool { descriptor >= 0 }

    init(path: String, descriptor: Int32) {
      self.path = path
      self.descriptor = descriptor
    }

    /// - Throws: `CheckpointError` with `system`, for a full disk above all.
    public mutating func write(_ bytes: UnsafeRawBufferPointer) throws(CheckpointError) {
      var rest = bytes[...]
      while !rest.isEmpty {
        #if canImport(Darwin)
          let written = Darwin.write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
        #else
          let written = Glibc.write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
        #endif
        if written < 0 && errno == EINTR { continue }
        guard written > 0 else { throw failure("write the file") }
        rest = rest.dropFirst(written)
      }
    }

    mutating func finish() throws(CheckpointError) {
      guard fsync(descriptor) == 0 else { throw failure("write the file") }
      closeOnce()
    }

    mutating func closeOnce() {
      if descriptor >= 0 { close(descriptor) }
      descriptor = -1
    }

    func failure(_ operation: String) -> CheckpointError {
      CheckpointError(file: path, rule: .system(operation: operation, code: errno))
    }
  }
}
