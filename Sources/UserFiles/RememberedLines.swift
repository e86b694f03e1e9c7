import Checkpoints
import Foundation

/// A short list that heed keeps between sessions, a line an entry: models that were opened, commands that were typed.
public struct RememberedLines: Sendable {
  /// Longer lists lose their oldest entries, longer lines are left out.
  static let longest = 200
  static let longestLine = 4096

  let file: String

  public static func recentModels(_ folders: UserFolders) -> Self { Self(file: folders.state + "/recent") }
  public static func commandHistory(_ folders: UserFolders) -> Self { Self(file: folders.state + "/history") }

  /// As they stand in the file; none if there is no file, or none that can be read.
  public var lines: [String] {
    guard let bytes = FileManager.default.contents(atPath: file), bytes.count <= Self.longest * Self.longestLine,
      let text = String(validating: bytes, as: UTF8.self)
    else { return [] }
    return text.split(whereSeparator: \.isNewline).map(String.init)
  }

  /// Replaces the file at once.
  ///
  /// - Throws: `CheckpointError` with `system`, or what the file system says of the folder.
  public func write(_ lines: some BidirectionalCollection<String>) throws {
    let kept = lines.filter { !$0.isEmpty && $0.utf8.count < Self.longestLine && !$0.contains(where: \.isNewline) }
    try FileManager.default.createDirectory(
      atPath: (file as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
    try AtomicFile.write(Array(kept.suffix(Self.longest).map { $0 + "\n" }.joined().utf8), to: file)
  }

  /// Puts a line last, and takes it away from where it stood.
  ///
  /// - Throws: as `write`.
  public func remember(_ line: String) throws { try write(lines.filter { $0 != line } + [line]) }
}
