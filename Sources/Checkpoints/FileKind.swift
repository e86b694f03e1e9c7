#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// What lies at a path, links followed.
public enum FileKind: Sendable {
  case folder
  /// A file whose bytes stay.
  case file
  /// A pipe, a device or the like.
  case other

  /// nil where nothing is, or nothing that may be looked at.
  public init?(path: String) {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    switch status.st_mode & S_IFMT {
    case S_IFDIR: self = .folder
    case S_IFREG: self = .file
    default: self = .other
    }
  }
}

extension String {
  /// Of a path what stands before its last part, with the slash; nothing for a name alone.
  var folderOfPath: String { lastIndex(of: "/").map { String(self[...$0]) } ?? "" }
}
