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
final class MappedFile: ByteOwner, @unchecked Sendable {
  /// As it was given.
  let path: String
  let base: UnsafeRawPointer
  let count: Int

  /// - Throws: `missing`, `notRegularFile` or `system`; an empty file maps to no bytes.
  init(path: String) throws(CheckpointError.Rule) {
    self.path = path
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
