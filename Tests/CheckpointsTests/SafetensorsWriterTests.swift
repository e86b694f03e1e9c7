import Foundation
import Tensors
import TestSupport
import Testing

@testable import Checkpoints

@Suite struct SafetensorsWriterTests {
  /// The numbers of `Tests/Reference/safetensors_golden.py`.
  private static let values: [Float] = [
    1 / 3, -2.7182817, 1 + 0x1p-11, 1 + 3 * 0x1p-11, 65504, 6e-8, -1e-6, 0, -0.0, .infinity, 1e-3, 257,
  ]

  @Test func bytesEqualThoseOfTheReferenceLibrary() throws {
    try withTemporaryFolder { folder in
      var writer = SafetensorsWriter(metadata: ["format": "pt"])
      try writer.add("état/层", Tensor([12], Self.values), as: .bfloat16)
      try writer.add("empty", Tensor([0, 5], [Float]()))
      try writer.add("decoder.attention.query.weight", Tensor([3, 4], Self.values))
      try writer.add("embedding", Tensor([4, 3], Self.values), as: .float16)
      try writer.add("a scalar", Tensor(0.1))
      let path = folder + "/model.safetensors"
      try writer.write(to: path)
      let written = try Data(contentsOf: URL(filePath: path))
      #expect(try written == Data(contentsOf: URL(filePath: fixture("golden_three_types.safetensors"))))
      let files = try FileManager.default.contentsOfDirectory(atPath: folder)
      #expect(files == ["model.safetensors"])
    }
  }

  @Test func metadataAndNamesSurviveQuoting() throws {
    try withTemporaryFolder { folder in
      let awkward = "a\"b\\c\n\u{1}\u{7f}é层🙂/"
      var writer = SafetensorsWriter(metadata: [awkward: awkward])
      try writer.add(awkward, Tensor([2], [1, 2]))
      let path = folder + "/awkward.safetensors"
      try writer.write(to: path)
      let archive = try SafetensorsArchive(path: path)
      #expect(archive.metadata == [awkward: awkward])
      #expect(archive.tensors.map(\.name) == [awkward])
    }
  }

  @Test func bfloat16RoundsToTheNearestEven() throws {
    #expect(try bfloat16Bits(of: 1) == 0x3f80)
    #expect(try bfloat16Bits(of: Float(bitPattern: 0x3f80_8000)) == 0x3f80)
    #expect(try bfloat16Bits(of: Float(bitPattern: 0x3f81_8000)) == 0x3f82)
    #expect(try bfloat16Bits(of: Float(bitPattern: 0x3f80_8001)) == 0x3f81)
    let quiet = try bfloat16Bits(of: Float(bitPattern: 0x7f80_0001))
    #expect(Float(bitPattern: UInt32(quiet) << 16).isNaN)
    #expect(try bfloat16Bits(of: -.infinity) == 0xff80)
  }

  @Test func aNumberThatDoesNotFitLeavesTheOldFileInPlace() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/model.safetensors"
      try AtomicFile.write("old".utf8, to: path)
      for (value, type, stored) in [
        (Float(65520), ElementType.float16, DataType.float16), (.greatestFiniteMagnitude, .bfloat16, .bfloat16),
      ] {
        var writer = SafetensorsWriter()
        try writer.add("w", Tensor([2], [0, value]), as: type)
        #expect(throws: CheckpointError(file: path, tensor: "w", rule: .outOfRange(value: value, stored))) {
          try writer.write(to: path)
        }
      }
      #expect(try String(contentsOfFile: path, encoding: .utf8) == "old")
      let files = try FileManager.default.contentsOfDirectory(atPath: folder)
      #expect(files == ["model.safetensors"])
    }
  }

  @Test func mistakesOfTheCallerAreErrors() throws {
    var writer = SafetensorsWriter()
    #expect(throws: CheckpointError.Rule.reservedName) { try writer.add("__metadata__", Tensor([0], [Float]())) }
    try writer.add("w", Tensor([1], [1]))
    try writer.add("w", Tensor([1], [2]))
    try withTemporaryFolder { folder in
      let path = folder + "/twice.safetensors"
      #expect(throws: CheckpointError(file: path, tensor: "w", rule: .repeatedName)) { try writer.write(to: path) }
      let files = try FileManager.default.contentsOfDirectory(atPath: folder)
      #expect(files == [])
    }
  }

  @Test func aFolderThatIsNotThereIsNamed() throws {
    let path = "/nonexistent/model.safetensors"
    let expected = CheckpointError(file: path, rule: .system(operation: "write the file", code: ENOENT))
    #expect(throws: expected) { try SafetensorsWriter().write(to: path) }
  }
}
