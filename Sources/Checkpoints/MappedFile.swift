#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// A file mapped for reading; unmapped when the last holder lets go.
///
/// Files of this project are replaced by renaming, so a mapping keeps the old contents. A file that another program
/// shortens in place while it is mapped cannot be read safely by anyone.
///
/// `@unchecked Sendable`: `base` and `count` never change after `init`, the pages are mapped `PROT_READ` only, and
/// nothing else owns them, so any number of threads may read.
final class MappedFile: @unchecked Sendable {
  let base: UnsafeRawPointer
  let count: Int

  /// - Throws: `missing`, `notRegularFile` or `system`; an empty file maps to no bytes.
  init(path: String) throws(CheckpointError.Rule) {
    var status = stat()
    guard stat(path, &status) == 0 else {
      throw errno == ENOENT || errno == ENOTDIR ? .missing : .system(operation: "read the file", code: errno)
    }
    // Before opening, since opening a pipe would wait for its writer.
    guard status.st_mode & S_IFMT == S_IFREG else { throw .notRegularFile }
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .system(operation: "open the file", code: errno) }
    defer { close(descriptor) }
    guard fstat(descriptor, &status) == 0 else { throw .system(operation: "read the file", code: errno) }
    count = Int(status.st_size)
    guard count > 0 else {
      base = UnsafeRawPointer(bitPattern: 1)!  // Never read: there are no bytes.
      return
    }
    guard let pages = mmap(nil, count, PROT_READ, MAP_PRIVATE, descriptor, 0), pages != MAP_FAILED else {
      throw .system(operation: "map the file", code: errno)
    }
    base = UnsafeRawPointer(pages)
  }

  deinit {
    if count > 0 { munmap(UnsafeMutableRawPointer(mutating: base), count) }
  }
}

/// A run of bytes in a mapped file; the file stays mapped as long as any such value lives.
public struct MappedBytes: Sendable {
  private let file: MappedFile
  private let range: Range<Int>

  /// - Precondition: `range` lies within the file; archives check this when they open.
  init(file: MappedFile, range: Range<Int>) {
    precondition(range.lowerBound >= 0 && range.upperBound <= file.count)
    self.file = file
    self.range = range
  }

  public var count: Int { range.count }

  /// Keeps the mapping alive: hold it as long as a pointer into these bytes is in use.
  public var owner: any AnyObject & Sendable { file }

  /// Lends the bytes for the length of `body`; the pointer need not be aligned.
  public func withUnsafeBytes<R, E: Error>(_ body: (UnsafeRawBufferPointer) throws(E) -> R) throws(E) -> R {
    defer { withExtendedLifetime(file) {} }
    return try body(UnsafeRawBufferPointer(start: file.base + range.lowerBound, count: range.count))
  }
}
