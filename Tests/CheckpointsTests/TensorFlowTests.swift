import Foundation
import TestSupport
import Testing

@testable import Checkpoints

@Suite struct TensorFlowTests {
  @Test func everyVariableReadsAsTensorFlowReadsIt() throws { try ReferenceFiles("tensorflow").compareAll() }

  @Test func aCheckpointIsFoundByAnyOfItsPaths() throws {
    let paths = ["", "/checkpoint", "/ckpt-1", "/ckpt-1.index", "/ckpt-1.data-00000-of-00001"]
    for path in paths {
      let checkpoint = try Checkpoint(path: fixture("tensorflow/keras2") + path)
      #expect(checkpoint.format == .tensorflow)
      #expect(try checkpoint.info(of: "model/gru/cell/kernel").shape == [2, 6])
    }
  }

  /// What `google.protobuf.text_format` 6 writes, and older ones, which escape every byte beyond ASCII.
  @Test func theNewestPrefixIsReadAsAProtocolBuffer() throws {
    let lines = [
      ("poids é-1", #"model_checkpoint_path: "poids é-1""#),
      ("poids é-1", #"model_checkpoint_path: "poids \303\251-1""#),
      ("it's \"1\"\t\\?", #"model_checkpoint_path: "it\'s \"1\"\t\\?""#),
      ("é中😀", #"model_checkpoint_path: '\u00e9\xe4\xB8\xad' "\U0001f600"  # the newest"#),
      ("ckpt-3", #"model_checkpoint_path: "C:\\train\\ckpt-3""#),
      ("ckpt-3", #"model_checkpoint_path: "/elsewhere/ckpt-3""#),
      ("a\u{7}b\n1", "model_checkpoint_path:\"a\\7\" 'b\\0121'\r"),
    ]
    for (prefix, line) in lines {
      try withTemporaryFolder { folder in
        for suffix in [".index", ".data-00000-of-00001"] {
          try FileManager.default.copyItem(
            atPath: fixture("tensorflow/keras2/ckpt-1" + suffix), toPath: "\(folder)/\(prefix)\(suffix)")
        }
        try Data((line + "\nall_model_checkpoint_paths: \"other\"\n").utf8).write(
          to: URL(filePath: folder + "/checkpoint"))
        #expect(try Checkpoint(path: folder).info(of: "model/gru/cell/kernel").shape == [2, 6], "\(line)")
      }
    }
  }

  @Test func aLineThatIsNoStringNamesNoPrefix() throws {
    for value in [
      #""ckpt-1"#, #"ckpt-1"#, #""ckpt-1\""#, #""\400""#, #""\xg""#, #""\u12""#, #""\ud800""#, #""\q""#, #""\377""#,
      #""\0""#,
      #""""#, "", #""a" b"#, "\"\(String(repeating: "a", count: 5000))\"",
    ] {
      try withTemporaryFolder { folder in
        let path = folder + "/checkpoint"
        try Data("model_checkpoint_path: \(value)\n".utf8).write(to: URL(filePath: path))
        let rule = CheckpointError.Rule.damaged(
          .tensorflow, "it names no prefix in a line 'model_checkpoint_path:'")
        #expect(throws: CheckpointError(file: path, rule: rule), "\(value)") { try Checkpoint(path: path) }
      }
    }
  }

  @Test func numbersThatChangedAreNoticed() throws {
    try withTemporaryFolder { folder in
      for suffix in [".index", ".data-00000-of-00001"] {
        try FileManager.default.copyItem(
          atPath: fixture("tensorflow/kinds" + suffix), toPath: folder + "/kinds" + suffix)
      }
      let data = folder + "/kinds.data-00000-of-00001"
      var bytes = try Data(contentsOf: URL(filePath: data))
      bytes[0] ^= 1
      try bytes.write(to: URL(filePath: data))
      let checkpoint = try Checkpoint(path: folder + "/kinds")
      let changed = checkpoint.tensors.filter { (try? checkpoint.bytes(of: $0.name)) == nil }
      #expect(changed.count == 1)
      try FileManager.default.removeItem(atPath: data)
      #expect(throws: CheckpointError(file: data, rule: .missing)) { try Checkpoint(path: folder + "/kinds") }
    }
  }

  /// The examples of RFC 3720, appendix B.4.
  @Test func checksums() {
    func sum(_ bytes: [UInt8]) -> UInt32 { bytes.withUnsafeBytes { CRC32C($0).value } }
    #expect(sum([UInt8](repeating: 0, count: 32)) == 0x8a91_36aa)
    #expect(sum([UInt8](repeating: 0xff, count: 32)) == 0x62a8_ab43)
    #expect(sum(Array(0..<32)) == 0x46dd_794e)
    #expect(sum(Array((0..<32).reversed())) == 0x113f_db5c)
    #expect(sum([]) == 0)
  }

  /// Of `ordered_code_test.cc`: where a byte is added.
  @Test func orderedCodes() {
    let cases: [(number: Int, code: [UInt8])] = [
      (0, [0x80]), (-1, [0x7f]), (63, [0xbf]), (-64, [0x40]), (64, [0xc0, 0x40]), (-65, [0x3f, 0xbf]),
      (1 << 13 - 1, [0xdf, 0xff]), (1 << 13, [0xe0, 0x20, 0x00]),
      (.max, [0xff, 0xc0, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]),
    ]
    for (number, code) in cases { #expect(BundleEntry.orderedCode(number) == code, "\(number)") }
  }

  @Test func packedBlocks() {
    func unpacked(_ packed: [UInt8]) -> [UInt8]? {
      let bytes = TensorBytes(HeldBytes(count: packed.count) { $0.copyBytes(from: packed) })
      return try? bytes.withUnsafeBytes { bytes throws(CheckpointError.Rule) in try Snappy.unpack(bytes) }
    }
    #expect(unpacked([0]) == [])
    #expect(unpacked([3, 8, 1, 2, 3]) == [1, 2, 3])
    // Three bytes, then eleven from three back, which runs into itself.
    #expect(unpacked([14, 8, 1, 2, 3, 7 << 2 | 1, 3]) == [1, 2, 3, 1, 2, 3, 1, 2, 3, 1, 2, 3, 1, 2])
    #expect(unpacked([4, 0, 9, 2 << 2 | 2, 1, 0]) == [9, 9, 9, 9])
    #expect(unpacked([4, 0, 9, 2 << 2 | 3, 1, 0, 0, 0]) == [9, 9, 9, 9])
    #expect(unpacked([3, 60 << 2, 2, 1, 2, 3]) == [1, 2, 3])
    for broken: [UInt8] in [
      [], [1], [3, 8, 1, 2], [2, 8, 1, 2, 3], [14, 8, 1, 2, 3, 7 << 2 | 1, 4], [4, 0, 9, 2 << 2 | 2, 0, 0],
      [255, 255, 255, 255, 15, 0, 1], [4, 63 << 2, 255, 255, 255, 255],
    ] {
      #expect(unpacked(broken) == nil, "\(broken)")
    }
  }

  @Test func anIndexCutAnywhereIsRefused() throws {
    for (file, step) in [("kinds.index", 1), ("packed.index", 1), ("keras3/ckpt-1.index", 7)] {
      try Damage.cutEverywhere(fixture("tensorflow/" + file), step: step)
    }
  }

  @Test func anyDamageEndsInOneLine() throws {
    for (seed, file) in ["kinds.index", "parts.index", "packed.index", "keras2/ckpt-1.index"].enumerated() {
      try Damage.flip(fixture("tensorflow/" + file), seed: UInt64(seed), count: 80)
    }
  }

  /// Checksums catch nearly all damage, so the readers behind them are tried on their own.
  @Test func whatHasItsChecksumMayBeWrongAllTheSame() throws {
    func held(_ bytes: [UInt8]) -> TensorBytes {
      TensorBytes(HeldBytes(count: bytes.count) { $0.copyBytes(from: bytes) })
    }
    let index = try [UInt8](Data(contentsOf: URL(filePath: fixture("tensorflow/parts.index"))))
    var values: [[UInt8]] = []
    try held(index).withUnsafeBytes { bytes throws(CheckpointError.Rule) in
      try SortedTable.forEach(bytes) { _, value throws(CheckpointError.Rule) in values.append(Array(value)) }
    }
    #expect(values.count == 9)
    var generator = Damage.Generator(state: 7)
    var accepted = 0
    for _ in 0..<100 {
      for value in values {
        let damaged = held(Damage.mutated(value, &generator))
        if (try? damaged.withUnsafeBytes { bytes throws(CheckpointError.Rule) in try BundleEntry(bytes) }) != nil {
          accepted += 1
        }
        _ = try? ObjectGraph.labels(damaged)
        _ = try? damaged.withUnsafeBytes { bytes throws(CheckpointError.Rule) in
          try SortedTable.forEachEntry(bytes) { key, _ in #expect(key.count <= 4096) }
          _ = try Snappy.unpack(bytes)
        }
      }
    }
    // Neither everything nor nothing.
    #expect(accepted > 50 && accepted < 900)
  }
}
