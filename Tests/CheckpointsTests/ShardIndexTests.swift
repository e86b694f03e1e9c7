import Foundation
import Tensors
import TestSupport
import Testing

@testable import Checkpoints

@Suite struct ShardIndexTests {
  /// Two shards and an index in `folder`.
  private func write(_ map: String, to folder: String) throws {
    for (name, value) in [("one", Float(1)), ("two", 2)] {
      var writer = SafetensorsWriter(metadata: ["format": "pt"])
      try writer.add(name, Tensor([1], [value]))
      try writer.write(to: "\(folder)/\(name).safetensors")
    }
    try AtomicFile.write(#"{"metadata":{},"weight_map":{\#(map)}}"#.utf8, to: folder + "/model.safetensors.index.json")
  }

  @Test func aFolderOfShardsIsOneCheckpoint() throws {
    try withTemporaryFolder { folder in
      try write(#""two":"two.safetensors","one":"one.safetensors""#, to: folder)
      let checkpoint = try Checkpoint(path: folder)
      #expect(checkpoint.format == .safetensors)
      #expect(checkpoint.metadata == ["format": "pt"])
      #expect(checkpoint.tensors.map(\.name) == ["two", "one"])
      #expect(try checkpoint.tensor(named: "one") == Tensor([1], [1]))
      #expect(try checkpoint.tensor(named: "two") == Tensor([1], [2]))
    }
  }

  @Test func whatTheIndexPromisesMustBeThere() throws {
    try withTemporaryFolder { folder in
      let index = folder + "/model.safetensors.index.json"
      let cases: [(map: String, error: CheckpointError)] = [
        (
          #""three":"two.safetensors""#,
          CheckpointError(file: folder + "/two.safetensors", tensor: "three", rule: .noSuchTensor)
        ),
        (#""one":"none.safetensors""#, CheckpointError(file: folder + "/none.safetensors", rule: .missing)),
        (#""one":"../one.safetensors""#, CheckpointError(file: index, rule: .badShardName("one"))),
        (#""one":1"#, CheckpointError(file: index, rule: .badShardName("one"))),
        (#""one":"one.safetensors","one":"two.safetensors""#, CheckpointError(file: index, rule: .repeatedName)),
      ]
      for (map, error) in cases {
        try write(map, to: folder)
        #expect(throws: error) { try Checkpoint(path: folder) }
      }
    }
  }

  @Test func anIndexCannotLeadToItself() throws {
    try withTemporaryFolder { folder in
      try write(#""one":"model.safetensors.index.json""#, to: folder)
      let error = #expect(throws: CheckpointError.self) { try Checkpoint(path: folder) }
      #expect(error?.file == folder + "/model.safetensors.index.json")
    }
  }

  @Test func aFolderWithoutCheckpointSaysSo() throws {
    try withTemporaryFolder { folder in
      #expect(throws: CheckpointError(file: folder, rule: .ambiguousFolder([]))) { try Checkpoint(path: folder) }
      let text = folder + "/notes.txt"
      try AtomicFile.write("Nothing to see here.".utf8, to: text)
      #expect(throws: CheckpointError(file: text, rule: .unknownFormat)) { try Checkpoint(path: text) }
    }
  }

  @Test func theOnlyCheckpointOfAFolderIsFoundWhateverItsName() throws {
    try withTemporaryFolder { folder in
      try FileManager.default.copyItem(atPath: fixture("numpy/stored.npz"), toPath: folder + "/weights.npz")
      #expect(try Checkpoint(path: folder).format == .numpy)
      try FileManager.default.copyItem(atPath: fixture("pytorch/bare.pt"), toPath: folder + "/bare.pt")
      let both = CheckpointError(file: folder, rule: .ambiguousFolder(["bare.pt", "weights.npz"]))
      #expect(throws: both) { try Checkpoint(path: folder) }
    }
  }

  /// The length of its header, 123, is the code of a brace, with which an index begins.
  @Test func aSafetensorsFileIsNotTakenForAnIndex() throws {
    let path = try fixture("bad_hole_between_tensors.safetensors")
    #expect(throws: CheckpointError(file: path, tensor: "b", rule: .hole(from: 4, to: 8))) {
      try Checkpoint(path: path)
    }
  }
}
