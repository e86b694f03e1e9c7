import Foundation
import Tensors
import TestSupport
import Testing

@testable import Checkpoints

@Suite struct LoadingTests {
  /// The numbers of `Tests/Reference/safetensors_golden.py`, as torch rounds them.
  private static let exact: [Float] = [
    1 / 3, -2.7182817, 1 + 0x1p-11, 1 + 3 * 0x1p-11, 65504, 6e-8, -1e-6, 0, -0.0, .infinity, 1e-3, 257,
  ]
  private static let halves: [Float] = [
    0.33325195, -2.71875, 1, 1.0019531, 65504, 5.9604645e-08, -1.013279e-06, 0, -0.0, .infinity, 0.0010004044, 257,
  ]
  private static let brainHalves: [Float] = [
    0.33398438, -2.71875, 1, 1, 65536, 6.0070306e-08, -9.983778e-07, 0, -0.0, .infinity, 0.0009994507, 256,
  ]

  private func golden() throws -> SafetensorsArchive {
    try SafetensorsArchive(path: fixture("golden_three_types.safetensors"))
  }

  @Test func everyFloatingPointTypeIsWidened() throws {
    let archive = try golden()
    #expect(try archive.tensor(named: "decoder.attention.query.weight") == Tensor([3, 4], Self.exact))
    #expect(try archive.tensor(named: "embedding", shape: [4, 3]) == Tensor([4, 3], Self.halves))
    #expect(try archive.tensor(named: "état/层") == Tensor([12], Self.brainHalves))
    #expect(try archive.tensor(named: "a scalar") == Tensor(0.1))
    #expect(try archive.tensor(named: "empty").count == 0)
  }

  @Test func aMatrixIsReadInItsOwnTypeAndOutlivesTheArchive() throws {
    let matrix = try golden().matrix(named: "embedding")
    #expect(matrix.elementType == .float16)
    #expect(matrix.tensor() == Tensor([4, 3], Self.halves))
  }

  /// A header of odd length puts every number at an odd address.
  @Test func aMatrixThatIsNotAlignedIsCopied() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/odd.safetensors"
      let header = #"{"w":{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]}}"#
      let padding = header.utf8.count.isMultiple(of: 2) ? " " : ""
      let numbers: [Float] = [1.5, -2]
      let bytes =
        withUnsafeBytes(of: UInt64(header.utf8.count + padding.count).littleEndian, Array.init)
        + Array((header + padding).utf8) + numbers.withUnsafeBytes(Array.init)
      try AtomicFile.write(bytes, to: path)
      let archive = try SafetensorsArchive(path: path)
      #expect(try archive.matrix(named: "w").tensor() == Tensor([1, 2], numbers))
      #expect(try archive.tensor(named: "w") == Tensor([1, 2], numbers))
    }
  }

  @Test func whatDoesNotFitTheModelIsAnError() throws {
    let archive = try golden()
    func expect(_ rule: CheckpointError.Rule, _ name: String, _ body: () throws -> Void) {
      #expect(throws: CheckpointError(file: archive.file, tensor: name, rule: rule), performing: body)
    }
    expect(.shapeDiffers(expected: [3, 4], found: [4, 3]), "embedding") {
      _ = try archive.matrix(named: "embedding", shape: [3, 4])
    }
    expect(.shapeDiffers(expected: [0, 0], found: [12]), "état/层") { _ = try archive.matrix(named: "état/层") }
    expect(.noSuchTensor, "none") { _ = try archive.tensor(named: "none") }
    let integers = try SafetensorsArchive(path: fixture("ok_dtype_I64.safetensors"))
    let refusal = CheckpointError(file: integers.file, tensor: "t", rule: .notFloatingPoint(.int64))
    #expect(throws: refusal) { try integers.tensor(named: "t") }
  }

  @Test func moreDimensionsThanATensorHasAreAnError() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/deep.safetensors"
      let header = #"{"w":{"dtype":"F32","shape":[0,1,1,1,1],"data_offsets":[0,0]}}"#
      try AtomicFile.write(
        withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian, Array.init) + Array(header.utf8), to: path)
      let archive = try SafetensorsArchive(path: path)
      let refusal = CheckpointError(file: path, tensor: "w", rule: .tooManyDimensions(5))
      #expect(throws: refusal) { try archive.tensor(named: "w") }
    }
  }
}
