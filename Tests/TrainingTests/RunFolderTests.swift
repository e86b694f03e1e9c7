import Foundation
import Layers
import Models
import Testing

@testable import Training

extension TrainingSessionTests {
  /// A run of three epochs that keeps all its snapshots.
  private func trained(_ extra: (inout Recipe) -> Void = { _ in }) throws -> TrainingState {
    var recipe = try recipe(epochs: 3)
    recipe.output.snapshotsKept = 10
    extra(&recipe)
    return try run(TrainingSession(recipe))
  }

  @Test func everySnapshotOpensAsAModel() throws {
    let state = try trained()
    let run = try #require(RunFolder(path: folder.path("run")))
    #expect(run.entries.map(\.label) == ["epoch 1", "epoch 2", "epoch 3", "the model"])
    #expect(run.index(of: folder.path("run")) == 2)
    #expect(run.index(of: run.entries[0].path) == 0)
    #expect(RunFolder(path: run.entries[0].path) == run)
    var translations: Set<[Float]> = []
    for entry in run.entries.dropLast() {
      let model = try ModelFolder(path: entry.path)
      #expect(
        model.description.name
          == "run step \(entry.label.suffix(1).first == "1" ? 2 : entry.label.suffix(1).first == "2" ? 4 : 6) \(entry.label)"
      )
      var session = try model.session("two red cat")
      session.run()
      translations.insert(session.trace.steps.map(\.probability))
    }
    // Each has parameters of its own, and the last those that the run ended with.
    #expect(translations.count == 3)
    let last = try ModelFolder(path: folder.path("run"))
    let configuration = try #require(last.configuration as? Seq2SeqConfiguration)
    let expected = try Seq2Seq(configuration, parameters: state.parameters)
    let ids = try #require(last.source).encode("two red cat").map(\.id)
    #expect(
      try last.model.translate([ids], maximumLength: 5) == expected.translate([ids], maximumLength: 5))
  }

  @Test func aModelFolderIsNoRunAndARunWithoutItsConfigurationSaysHowToMend() throws {
    _ = try trained()
    #expect(RunFolder(path: folder.path("model")) == nil)
    #expect(RunFolder(path: folder.path("nothing")) == nil)
    try FileManager.default.removeItem(atPath: folder.path("run/config.json"))
    let text = message { _ = try ModelFolder(path: folder.path("run")) }
    #expect(text?.contains("config.json") == true && text?.contains("--resume") == true)
  }

  @Test func anAverageIsWhatASnapshotShows() throws {
    let state = try trained { $0.training.averageDecay = 0.5 }
    let average = try #require(state.average)
    #expect(average != state.parameters)
    let folder = try ModelFolder(path: folder.path("run"))
    let configuration = try #require(folder.configuration as? Seq2SeqConfiguration)
    let ids = try #require(folder.source).encode("two red cat").map(\.id)
    func logits(_ model: some SequenceModel) -> [Float] {
      model.begin(ids).state.map { Array($0.step(configuration.startID).logits.elements) } ?? []
    }
    func distance(_ parameters: ParameterSet) throws -> Float {
      let other = logits(try Seq2Seq(configuration, parameters: parameters))
      return zip(logits(folder.model), other).map { abs($0 - $1) }.max() ?? .infinity
    }
    // Matrices are read where they lie in the file, whose sums are in another order.
    #expect(try distance(average) < 1e-5)
    #expect(try distance(state.parameters) > 1e-3)
  }
}
