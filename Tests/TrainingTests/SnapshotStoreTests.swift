import Foundation
import Layers
import Testing

@testable import Training

@Suite struct SnapshotStoreTests {
  let folder: TemporaryFolder
  let store: SnapshotStore
  let initial = TrainingState(
    progress: TrainingProgress(fingerprint: "f"), parameters: LengthModel().initialParameters(seed: 1),
    optimizer: Adam(LengthModel().initialParameters(seed: 1)), average: nil)

  init() throws {
    folder = try TemporaryFolder()
    store = SnapshotStore(run: folder.path("run"), kept: 2)
  }

  func state(step: Int) throws -> TrainingState {
    var state = initial
    for number in 0..<step {
      let (_, gradients) = try LengthModel().lossAndGradients(
        of: Batch(LengthModel.pairs(4)), parameters: state.parameters, seed: 1, step: number)
      state.optimizer.update(&state.parameters, gradients, rate: 0.1)
    }
    state.progress.step = step
    return state
  }

  @Test func keepsTheLatestAndReadsBackTheSameBits() throws {
    #expect(try store.latest(like: initial) == nil)
    for step in [1, 2, 10] { try store.save(state(step: step)) }
    #expect(
      store.list().map(\.lastPathComponent) == ["step-000000002-epoch-000000000", "step-000000010-epoch-000000000"])
    let latest = try #require(try store.latest(like: initial))
    let expected = try state(step: 10)
    #expect(latest.parameters == expected.parameters)
    #expect(latest.optimizer.first == expected.optimizer.first && latest.optimizer.second == expected.optimizer.second)
    #expect(latest.progress == expected.progress)
  }

  /// A kill during the write leaves a folder of the other name, which is not taken for a snapshot and not in the way.
  @Test func halfASnapshotIsNone() throws {
    try store.save(state(step: 1))
    let partial = store.folder.appendingPathComponent(".partial")
    try FileManager.default.createDirectory(at: partial, withIntermediateDirectories: true)
    try Data("half".utf8).write(to: partial.appendingPathComponent("state.safetensors"))
    #expect(try store.latest(like: initial)?.progress.step == 1)
    try store.save(state(step: 2))
    #expect(try store.latest(like: initial)?.progress.step == 2)
    #expect(!FileManager.default.fileExists(atPath: partial.path))
  }

  @Test func aDamagedSnapshotIsNamed() throws {
    let snapshot = try store.save(state(step: 3))
    let tensors = snapshot.appendingPathComponent("state.safetensors")
    let whole = try Data(contentsOf: tensors)
    try whole.prefix(whole.count - 5).write(to: tensors)
    #expect(message { _ = try store.latest(like: initial) }?.hasPrefix(tensors.path) == true)
    try Data("{".utf8).write(to: snapshot.appendingPathComponent("progress.json"))
    #expect(message { _ = try store.latest(like: initial) }?.hasPrefix(snapshot.path) == true)
  }

  @Test func anotherShapeIsNamed() throws {
    try store.save(state(step: 3))
    var other = initial
    other.parameters["bias"] = .init([2], repeating: 0)
    #expect(message { _ = try store.latest(like: other) }?.contains("parameters.bias") == true)
  }
}
