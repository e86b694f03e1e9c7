import Foundation
import TestSupport
import Testing

@testable import Checkpoints

@Suite struct AtomicFileTests {
  private func withFolder(_ body: (URL) throws -> Void) throws {
    try withTemporaryFolder { try body(URL(filePath: $0, directoryHint: .isDirectory)) }
  }

  @Test func aFileIsReplacedAndNothingIsLeftBeside() throws {
    try withFolder { folder in
      let path = folder.appending(path: "a").path
      try AtomicFile.write([1, 2], to: path)
      try AtomicFile.write([3], to: path)
      #expect(FileManager.default.contents(atPath: path) == Data([3]))
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["a"])
    }
  }

  @Test func whatFailsLeavesTheOldFile() throws {
    struct Failure: Error {}
    try withFolder { folder in
      let path = folder.appending(path: "a").path
      try AtomicFile.write([1, 2], to: path)
      #expect(throws: Failure.self) {
        try AtomicFile.replace(path) { writer in
          try [UInt8](repeating: 9, count: 10).withUnsafeBytes { try writer.write($0) }
          throw Failure()
        }
      }
      #expect(FileManager.default.contents(atPath: path) == Data([1, 2]))
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["a"])
    }
  }

  /// Renaming over `/dev/null` would take it from every other program.
  @Test func aPipeIsWrittenToAndNeverReplaced() throws {
    try withFolder { folder in
      let path = folder.appending(path: "pipe").path
      try #require(mkfifo(path, 0o600) == 0)
      let reader = open(path, O_RDONLY | O_NONBLOCK)
      try #require(reader >= 0)
      defer { close(reader) }
      try AtomicFile.write([1, 2, 3], to: path)
      var bytes = [UInt8](repeating: 0, count: 8)
      #expect(read(reader, &bytes, 8) == 3 && bytes.prefix(3) == [1, 2, 3])
      let kind = try FileManager.default.attributesOfItem(atPath: path)[.type] as? FileAttributeType
      #expect(kind != .typeRegular)
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["pipe"])
    }
  }
}
