import Foundation
import TestSupport
import Testing

@testable import Checkpoints

/// Files of CTranslate2, put together here; whole models are compared with the library's own in the tests of `Models`.
@Suite struct CTranslate2Tests {
  private static func number(_ value: Int, _ width: Int) -> [UInt8] {
    Array(withUnsafeBytes(of: UInt64(value).littleEndian, Array.init).prefix(width))
  }

  private static func text(_ text: String) -> [UInt8] {
    let parts: [[UInt8]] = [number(text.utf8.count + 1, 2), Array(text.utf8), [0]]
    return parts.flatMap { $0 }
  }

  private static func variable(
    _ version: UInt32, _ name: String, _ shape: [Int], type: UInt8, width: Int, _ bytes: [UInt8]
  ) -> [UInt8] {
    let isOld = version < 4
    let parts: [[UInt8]] = [
      text(name), [UInt8(shape.count)], shape.flatMap { number($0, 4) }, [isOld ? UInt8(width) : type],
      number(isOld ? bytes.count / width : bytes.count, 4), bytes,
    ]
    return parts.flatMap { $0 }
  }

  /// Two matrices and a scale; since version 3 one of them has a second name.
  static func file(version: UInt32, aliases: [(String, String)] = [("b", "a")]) -> [UInt8] {
    var file = number(Int(version), 4)
    if version >= 2 {
      file += text("TransformerSpec")
      file += number(7, 4)
    }
    let values: [Float] = [0.5, -1, 2, 4]
    let floats: [UInt8] = values.flatMap { number(Int($0.bitPattern), 4) }
    file += number(3, 4)
    file += variable(version, "a", [2, 2], type: 0, width: 4, floats)
    file += variable(version, "a_scale", [], type: 0, width: 4, Array(floats[..<4]))
    file += variable(version, "q", [2, 3], type: 1, width: 1, [1, 2, 0xff, 0, 0x80, 127])
    if version >= 3 {
      file += number(aliases.count, 4)
      for alias in aliases {
        file += text(alias.0)
        file += text(alias.1)
      }
    }
    return file
  }

  private func withFile(_ bytes: [UInt8], _ body: (String) throws -> Void) throws {
    try withTemporaryFolder { folder in
      try Data(bytes).write(to: URL(filePath: folder + "/model.bin"))
      try body(folder + "/model.bin")
    }
  }

  @Test func everyVersionIsRead() throws {
    for version in UInt32(1)...6 {
      try withFile(Self.file(version: version)) { path in
        let checkpoint = try Checkpoint(path: path)
        #expect(checkpoint.format == .ctranslate2)
        #expect(checkpoint.metadata["version"] == String(version))
        #expect(checkpoint.metadata["specification"] == (version >= 2 ? "TransformerSpec" : nil))
        #expect(checkpoint.tensors.map(\.name) == ["a", "a_scale", "q"] + (version >= 3 ? ["b"] : []))
        #expect(try checkpoint.numbers(of: "a") == [0.5, -1, 2, 4])
        #expect(try checkpoint.numbers(of: "q") == [1, 2, -1, 0, -128, 127])
        #expect(try checkpoint.info(of: "a_scale").shape == [])
        if version >= 3 {
          #expect(try checkpoint.numbers(of: "b") == [0.5, -1, 2, 4])
          #expect(try checkpoint.info(of: "b").label == "a")
        }
        #expect(try checkpoint.bytes(of: "a").owner is MappedFile)
        // The folder is as good as the file.
        #expect(try Checkpoint(path: (path as NSString).deletingLastPathComponent).tensors == checkpoint.tensors)
      }
    }
  }

  @Test func integersAreDividedByTheirScale() throws {
    try withFile(Self.file(version: 6)) { path in
      let checkpoint = try Checkpoint(path: path)
      #expect(try checkpoint.dequantized("q", scale: "a_scale").elements == [2, 4, -2, 0, -256, 254])
      #expect(try checkpoint.dequantized("q", scale: 1000).elements[0] == 0.001)
      #expect(throws: CheckpointError(file: path, tensor: "a", rule: .shapeDiffers(expected: [2], found: [2, 2]))) {
        try checkpoint.dequantized("q", scale: "a")
      }
    }
  }

  @Test func whatIsWrongIsNamed() throws {
    func rule(_ bytes: [UInt8]) throws -> CheckpointError.Rule? {
      var found: CheckpointError.Rule?
      try withFile(bytes) { path in
        do { _ = try Checkpoint(path: path) } catch let error as CheckpointError { found = error.rule }
      }
      return found
    }
    let whole = Self.file(version: 6)
    #expect(try rule(whole) == nil)
    #expect(try rule(Self.file(version: 7)) == .unsupported(.ctranslate2, "version 7 of the format"))
    #expect(try rule(whole + [0]) == .damaged(.ctranslate2, "bytes stand behind its last variable"))
    #expect(
      try rule(Self.file(version: 6, aliases: [("b", "c")]))
        == .damaged(.ctranslate2, "'b' stands for 'c', which is not there"))
    #expect(try rule(Self.file(version: 6, aliases: [("q", "a")])) == .repeatedName)
    // More variables than there are, a dimension of four thousand million, a type that is none.
    var many = whole
    let count = 4 + 2 + 16 + 4
    many.replaceSubrange(count..<(count + 4), with: [0xff, 0xff, 0xff, 0xff])
    #expect(try rule(many) != nil)
    var wide = whole
    let shape = count + 4 + 4 + 1
    wide.replaceSubrange(shape..<(shape + 4), with: [0xff, 0xff, 0xff, 0xff])
    #expect(try rule(wide) == .damaged(.ctranslate2, "'a' has 16 bytes where its shape needs 34359738360"))
    var strange = whole
    strange[shape + 8] = 99
    #expect(try rule(strange) == .unknownType("number 99"))
  }

  @Test func filesCutAnywhereAreRefused() throws {
    for version in [1, 2, 6] {
      try withFile(Self.file(version: UInt32(version))) { try Damage.cutEverywhere($0) }
    }
  }
}
