import Foundation
import JSON
import Testing

@testable import Checkpoints

@Suite struct KerasTests {
  @Test func everyDatasetReadsAsHDF5ReadsIt() throws { try ReferenceFiles("keras").compareAll() }

  @Test func weightsStandInTheModelsOrder() throws {
    let names = try Checkpoint(path: fixture("keras/split.h5")).tensors.map(\.name)
    #expect(names == ["b/b/kernel:0", "b/b/bias:0", "a/a/kernel:0", "a/a/bias:0", "c/c/kernel:0", "c/c/bias:0"])
    let labels = try Checkpoint(path: fixture("keras/keras2.h5")).tensors.map(\.label)
    #expect(labels.first == "bidirectional/forward_reader/gru_cell/kernel:0")
    #expect(labels.last == "logits/bias:0")
  }

  @Test func configurationAndVersionsAreMetadata() throws {
    for (file, version) in [
      ("keras2.keras", "2.21.0"), ("keras3.keras", "3.15.1"), ("keras2.h5", "2.21.0"), ("keras3.h5", "3.15.1"),
    ] {
      let checkpoint = try Checkpoint(path: fixture("keras/" + file))
      #expect(checkpoint.format == .keras)
      #expect(checkpoint.metadata["keras_version"] == version, "\(file)")
      let json = try #require(checkpoint.metadata["config"])
      let value = try Array(json.utf8).withUnsafeBytes { try JSONReader.read($0) }
      guard case .object(let members) = value else { throw CheckpointError.Rule.headerNotObject }
      #expect(members.contains { $0.key == "class_name" })
    }
    #expect(try Checkpoint(path: fixture("keras/keras3.weights.h5")).format == .keras)
    #expect(try Checkpoint(path: fixture("keras/old.hdf5")).format == .hdf5)
  }

  @Test func numbersThatLieInARowStayInTheFile() throws {
    let archive = try Checkpoint(path: fixture("keras/keras3.keras"))
    for tensor in archive.tensors { #expect(try archive.bytes(of: tensor.name).owner is MappedFile) }
    let plain = try Checkpoint(path: fixture("keras/old.hdf5"))
    #expect(try plain.bytes(of: "deep/er/plain").owner is MappedFile)
    #expect(!(try plain.bytes(of: "deep/er/packed").owner is MappedFile))
  }

  @Test func whatLeadsOutOfTheFileOrRoundInItIsRefused() throws {
    let cases: [(file: String, tensor: String?, rule: CheckpointError.Rule)] = [
      ("circle.hdf5", nil, .damaged(.hdf5, "the group is met twice, so groups may go round in a circle: a/again")),
      ("outside.hdf5", nil, .damaged(.hdf5, "a link that leads elsewhere is not followed: secret")),
      ("storage.hdf5", nil, .damaged(.hdf5, "numbers in another file are not read: secret")),
      ("virtual.hdf5", nil, .damaged(.hdf5, "numbers in another file are not read: secret")),
    ]
    for (file, tensor, rule) in cases {
      let path = try fixture("keras/" + file)
      #expect(throws: CheckpointError(file: path, tensor: tensor, rule: rule)) { try Checkpoint(path: path) }
    }
    let bomb = try fixture("keras/bomb.hdf5")
    let size = try #require(FileManager.default.attributesOfItem(atPath: bomb)[.size] as? Int)
    #expect(throws: CheckpointError(file: bomb, tensor: "zeros", rule: .expands(stored: size))) {
      try Checkpoint(path: bomb)
    }
  }

  @Test func filesCutShortAreRefused() throws {
    for (file, step) in [("old.hdf5", 397), ("new.hdf5", 397), ("keras3.keras", 1501)] {
      try Damage.cutEverywhere(fixture("keras/" + file), step: step)
    }
  }

  /// The library crashes on some of these, in its own process.
  @Test func anyDamageEndsInOneLine() throws {
    for (seed, file) in ["old.hdf5", "new.hdf5", "keras2.h5", "keras3.keras"].enumerated() {
      try Damage.flip(fixture("keras/" + file), seed: UInt64(seed), count: 60)
    }
  }
}
