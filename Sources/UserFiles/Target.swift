import Checkpoints
import Foundation

/// A place that a file is to be written to.
public enum Target {
  /// Whether it may be written there: false where a file is there that is not to be replaced.
  ///
  /// - Parameter isSame: says of a file that is there whether it holds already what is to be written.
  /// - Throws: `UserFileError` for a folder.
  public static func isFree(
    _ path: String, replaces: Bool, isSame: (Data) -> Bool = { _ in false }
  ) throws(UserFileError) -> Bool {
    guard let kind = FileKind(path: path) else { return true }
    if kind == .folder { throw UserFileError("\(path): is a folder; give the name of a file") }
    return replaces || FileManager.default.contents(atPath: path).map(isSame) ?? false
  }
}
