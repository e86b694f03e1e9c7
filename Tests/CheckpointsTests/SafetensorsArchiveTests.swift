import Foundation
import JSON
import TestSupport
import Testing

@testable import Checkpoints

/// A fixture's path.
func fixture(_ name: String) throws -> String {
  try #require(Bundle.module.url(forResource: "Fixtures/\(name)", withExtension: nil)).path
}

@Suite struct SafetensorsArchiveTests {
  /// The reference library's verdicts; see `Tests/Reference/safetensors_golden.py`.
  private struct Manifest: Decodable {
    struct Case: Decodable {
      var verdict: String
      var keys: [String]?
    }
    var cases: [String: Case]
  }

  private func manifest() throws -> Manifest {
    try JSONDecoder().decode(Manifest.self, from: Data(contentsOf: URL(filePath: fixture("manifest.json"))))
  }

  /// What we say of each file that the library refuses, and of the one where we are stricter.
  private static let refusals: [String: (tensor: String?, rule: CheckpointError.Rule)] = [
    "bad_7_bytes": (nil, .fileTooShort(bytes: 7)),
    "bad_duplicate_keys": ("t", .repeatedName),
    "bad_extra_field": ("t", .unknownField("extra")),
    "bad_float_dim": ("t", .badShape),
    "bad_header_len_huge": (nil, .headerTooLong(bytes: 1 << 63, limit: 100_000_000)),
    "bad_header_len_past_eof": (nil, .headerPastEnd(bytes: 1000, available: 65)),
    "bad_header_not_utf8": (nil, .headerNotUTF8),
    "bad_header_trailing_garbage": (nil, .json(JSONError(reason: .trailingCharacters, offset: 65))),
    "bad_hole_between_tensors": ("b", .hole(from: 4, to: 8)),
    "bad_metadata_non_string": (nil, .metadataNotStrings),
    "bad_negative_dim": ("t", .badShape),
    "bad_offsets_reversed": ("t", .offsetsReversed(begin: 16, end: 0)),
    "bad_shape_overflow": ("t", .shapeOverflow),
    "bad_three_offsets": ("t", .badOffsets),
    "bad_truncated_data": ("t", .offsetsPastEnd(end: 16, available: 12)),
  ]

  @Test func everyFixtureGetsItsVerdict() throws {
    let cases = try manifest().cases
    #expect(Set(cases.keys.filter { $0.hasPrefix("bad_") }) == Set(Self.refusals.keys))
    for (name, expected) in cases {
      let path = try fixture(name + ".safetensors")
      if let refusal = Self.refusals[name] {
        #expect(throws: CheckpointError(file: path, tensor: refusal.tensor, rule: refusal.rule)) {
          try SafetensorsArchive(path: path)
        }
      } else {
        let archive = try SafetensorsArchive(path: path)
        #expect(expected.verdict == "accept")
        #expect(Set(archive.tensors.map(\.name)) == Set(expected.keys ?? []))
      }
    }
  }

  @Test func errorsAreOneLineThatNamesFileTensorRuleAndRemedy() throws {
    let path = try fixture("bad_hole_between_tensors.safetensors")
    let error = #expect(throws: CheckpointError.self) { try SafetensorsArchive(path: path) }
    #expect(
      error?.description
        == "\(path): tensor 'b': bytes 4 to 8 before its data belong to no tensor; "
        + "the file is damaged or not safetensors: copy or export it again")
  }

  @Test func namesFromAFileCannotBreakTheLineOrTheTerminal() {
    let error = CheckpointError(
      file: "f", tensor: "a\nb\u{1b}[2J" + String(repeating: "x", count: 100), rule: .badShape)
    #expect(error.description.hasPrefix("f: tensor 'a\\u{a}b\\u{1b}[2Jxxx"))
    #expect(error.description.contains("x…'"))
    #expect(!error.description.unicodeScalars.contains { $0.properties.generalCategory == .control })
  }

  @Test func goldenFileReadsAsItsWriterMeant() throws {
    let archive = try SafetensorsArchive(path: fixture("golden_three_types.safetensors"))
    #expect(archive.metadata == ["format": "pt"])
    #expect(
      archive.tensors == [
        TensorInfo(name: "a scalar", type: .float32, shape: [], byteCount: 4),
        TensorInfo(name: "decoder.attention.query.weight", type: .float32, shape: [3, 4], byteCount: 48),
        TensorInfo(name: "empty", type: .float32, shape: [0, 5], byteCount: 0),
        TensorInfo(name: "état/层", type: .bfloat16, shape: [12], byteCount: 24),
        TensorInfo(name: "embedding", type: .float16, shape: [4, 3], byteCount: 24),
      ])
    let scalar = try archive.bytes(of: "a scalar").withUnsafeBytes { $0.loadUnaligned(as: Float.self) }
    #expect(scalar == 0.1)
    #expect(try archive.bytes(of: "empty").count == 0)
  }

  @Test func bytesOutliveTheArchive() throws {
    let bytes = try SafetensorsArchive(path: fixture("ok_dtype_I16.safetensors")).bytes(of: "t")
    #expect(bytes.withUnsafeBytes(Array.init) == [0, 1, 2, 3, 4, 5])
  }

  @Test func askingForATensorThatIsNotThereIsAnError() throws {
    let path = try fixture("ok_basic.safetensors")
    let archive = try SafetensorsArchive(path: path)
    let expected = CheckpointError(file: path, tensor: "u", rule: .noSuchTensor)
    #expect(throws: expected) { try archive.info(of: "u") }
    #expect(throws: expected) { try archive.bytes(of: "u") }
  }

  @Test func whatIsNotAFileIsRefusedWithoutWaiting() throws {
    for (path, rule) in [
      ("/nonexistent/model.safetensors", CheckpointError.Rule.missing), ("/", .notRegularFile),
      ("/dev/null", .notRegularFile), ("/etc/passwd/x", .missing),
    ] {
      #expect(throws: CheckpointError(file: path, rule: rule)) { try SafetensorsArchive(path: path) }
    }
    try withTemporaryFolder { folder in
      let empty = folder + "/empty.safetensors"
      try Data().write(to: URL(filePath: empty))
      #expect(throws: CheckpointError(file: empty, rule: .fileTooShort(bytes: 0))) {
        try SafetensorsArchive(path: empty)
      }
    }
  }
}
