import CZlib
import Foundation
import TestSupport
import Testing

@testable import Checkpoints

/// A fuzz target for each format of checkpoints, behind its outer checks where it has any: lengths are made to fit and
/// checksums to hold, so that what lies inside is read.
@Suite struct FuzzTests {
  /// Opens what `make` gives as a file, again and again.
  private func fuzz(
    _ name: String, seed: UInt64, count: Int, location: SourceLocation = #_sourceLocation,
    _ make: (inout Fuzzer) throws -> [UInt8]
  ) throws {
    var fuzzer = Fuzzer(seed: seed)
    try withTemporaryFolder { folder in
      let path = "\(folder)/\(name)"
      for _ in 0..<count {
        try Data(make(&fuzzer)).write(to: URL(filePath: path))
        Damage.survives(path, location: location)
      }
    }
  }

  private func bytes(_ name: String) throws -> [UInt8] {
    try [UInt8](Data(contentsOf: URL(filePath: fixture(name))))
  }

  @Test func safetensors() throws {
    let whole = try bytes("golden_three_types.safetensors")
    try fuzz("x.safetensors", seed: 1, count: 400) { $0.bytes(from: whole) }
    let length = Int(UInt64(littleEndian: whole.withUnsafeBytes { $0.loadUnaligned(as: UInt64.self) }))
    let header = String(decoding: whole[8..<(8 + length)], as: UTF8.self)
    try fuzz("x.safetensors", seed: 2, count: 600) { fuzzer in
      let header = Array(fuzzer.text(from: header).utf8)
      let parts: [[UInt8]] = [Self.numbers([(header.count, 8)]), header, Array(whole[(8 + length)...])]
      return parts.flatMap { $0 }
    }
  }

  @Test func shardIndices() throws {
    try withTemporaryFolder { folder in
      let shard = try Data(contentsOf: URL(filePath: fixture("golden_three_types.safetensors")))
      for name in ["a", "b"] { try shard.write(to: URL(filePath: "\(folder)/\(name).safetensors")) }
      let index =
        #"{"metadata": {"total_size": 96}, "weight_map": {"embedding": "a.safetensors", "empty": "b.safetensors", "#
        + #""a scalar": "a.safetensors"}}"#
      let path = folder + "/model.safetensors.index.json"
      var fuzzer = Fuzzer(seed: 3)
      for _ in 0..<400 {
        try Data(fuzzer.text(from: index).utf8).write(to: URL(filePath: path))
        Damage.survives(path)
      }
    }
  }

  @Test func gguf() throws {
    let whole = try bytes("gguf/tiny.gguf")
    try fuzz("x.gguf", seed: 4, count: 500) { $0.bytes(from: whole) }
  }

  @Test func cTranslate2() throws {
    for (seed, version) in (1...6).enumerated() {
      let whole = CTranslate2Tests.file(version: UInt32(version))
      try fuzz("model.bin", seed: UInt64(seed), count: 150) { $0.bytes(from: whole) }
    }
  }

  @Test func arrays() throws {
    let names = try FileManager.default.contentsOfDirectory(atPath: fixture("numpy")).sorted()
    for name in names where name.hasSuffix(".npy") {
      let whole = try bytes("numpy/" + name)
      try fuzz("x.npy", seed: 5, count: 40) { $0.bytes(from: whole) }
    }
    for name in names where name.hasSuffix(".npz") {
      try fuzzMembers(of: "numpy/" + name, seed: 6, count: 150) { _ in true }
    }
  }

  @Test func pyTorch() throws {
    for (seed, name) in ["views.pt", "nested.pt", "script.pt"].enumerated() {
      try fuzzMembers(of: "pytorch/" + name, seed: UInt64(seed), count: 250) { $0.hasSuffix("data.pkl") }
    }
    for (seed, name) in ["views-legacy.pt", "nested-legacy.pt", "bare-legacy.pt"].enumerated() {
      let whole = try bytes("pytorch/" + name)
      try fuzz("x.pt", seed: UInt64(seed), count: 250) { $0.bytes(from: whole) }
    }
  }

  @Test func zipDirectories() throws {
    let name = try #require(try archive())
    let whole = try bytes("numpy/" + name)
    // The directory lies at the end, where changes at random places seldom fall.
    let start = whole.count - min(whole.count, 400)
    try fuzz("x.npz", seed: 7, count: 400) { fuzzer in
      Array(whole[..<start]) + fuzzer.bytes(from: Array(whole[start...]))
    }
  }

  /// Each file costs a process, so there are few.
  @Test func hdf5() throws {
    for (seed, name) in ["keras/old.hdf5", "keras/new.hdf5", "keras/keras3.weights.h5"].enumerated() {
      let whole = try bytes(name)
      try fuzz("x.h5", seed: UInt64(seed), count: 50) { $0.bytes(from: whole) }
    }
    try fuzzMembers(of: "keras/keras3.keras", seed: 8, count: 40) { $0.hasSuffix(".h5") || $0.hasSuffix(".json") }
  }

  /// The values of an index, whose blocks get their checksums again.
  @Test func tensorFlow() throws {
    for (seed, name) in ["kinds.index", "parts.index", "keras2/ckpt-1.index"].enumerated() {
      let path = try fixture("tensorflow/" + name)
      try Damage.flip(path, seed: UInt64(seed) + 20, count: 60)
    }
    let state = "model_checkpoint_path: \"ckpt-1\"\nall_model_checkpoint_paths: \"ckpt-1\"\n"
    try fuzz("checkpoint", seed: 9, count: 100) { Array($0.text(from: state).utf8) }
  }

  private func archive() throws -> String? {
    try FileManager.default.contentsOfDirectory(atPath: fixture("numpy")).sorted().first { $0.hasSuffix(".npz") }
  }

  /// Changes one member of an archive and puts all together again with right sizes and checksums.
  private func fuzzMembers(
    of name: String, seed: UInt64, count: Int, location: SourceLocation = #_sourceLocation,
    _ isChanged: (String) -> Bool
  ) throws {
    let zip = try ZipArchive(MappedFile(path: fixture(name)))
    let members = try zip.entries.map { (name: $0.name, bytes: try $0.bytes().withUnsafeBytes { [UInt8]($0) }) }
    let places = members.indices.filter { isChanged(members[$0].name) }
    #expect(!places.isEmpty, sourceLocation: location)
    try fuzz((name as NSString).lastPathComponent, seed: seed, count: count, location: location) { fuzzer in
      var changed = members
      let place = places[Int.random(in: places.indices, using: &fuzzer)]
      changed[place].bytes = fuzzer.bytes(from: members[place].bytes)
      return Self.archive(changed)
    }
  }

  /// A ZIP archive of stored members.
  static func archive(_ members: [(name: String, bytes: [UInt8])]) -> [UInt8] {
    var file: [UInt8] = []
    var directory: [UInt8] = []
    for (name, bytes) in members {
      let sum = Int(bytes.withUnsafeBufferPointer { crc32(0, $0.baseAddress, UInt32($0.count)) })
      // Time, checksum, both sizes, lengths of the name and of what else there is.
      let common = numbers([(0, 4), (sum, 4), (bytes.count, 4), (bytes.count, 4), (name.utf8.count, 2), (0, 2)])
      directory += numbers([(0x0201_4b50, 4), (20, 2), (20, 2), (0, 2), (0, 2)])
      directory += common
      directory += numbers([(0, 2), (0, 2), (0, 2), (0, 4), (file.count, 4)])
      directory += Array(name.utf8)
      file += numbers([(0x0403_4b50, 4), (20, 2), (0, 2), (0, 2)])
      file += common
      file += Array(name.utf8)
      file += bytes
    }
    let end = numbers([
      (0x0605_4b50, 4), (0, 4), (members.count, 2), (members.count, 2), (directory.count, 4), (file.count, 4), (0, 2),
    ])
    return [file, directory, end].flatMap { $0 }
  }

  /// Little-endian numbers of so many bytes each.
  private static func numbers(_ numbers: [(value: Int, width: Int)]) -> [UInt8] {
    var bytes: [UInt8] = []
    for (value, width) in numbers {
      bytes += withUnsafeBytes(of: UInt64(value).littleEndian, Array.init).prefix(width)
    }
    return bytes
  }
}
