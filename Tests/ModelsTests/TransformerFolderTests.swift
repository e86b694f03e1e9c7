import Checkpoints
import Foundation
import Tensors
import Testing
import Traces

@testable import Models

/// Transformers as model folders without tokenizers.
@Suite struct TransformerFolderTests {
  /// Writes a model of random weights and hands its folder to `body`.
  private func withFolder(
    _ kind: TransformerConfiguration.Kind, limit: Int = 6, omitting omitted: String? = nil,
    _ body: (_ path: String, _ model: Transformer) throws -> Void
  ) throws {
    let path = FileManager.default.temporaryDirectory.appending(path: "heed-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: path) }
    let configuration = RandomTransformer.configuration(kind) {
      ($0.positions, $0.maximumTargetLength, $0.maximumSourceLength) = (.learned, limit, 5)
    }
    let parameters = try Transformer.initialParameters(configuration, seed: 3)
    var writer = SafetensorsWriter()
    for name in parameters.names where name != omitted {
      if let tensor = parameters[name] { try writer.add(name, tensor) }
    }
    try writer.write(to: path + "/model.safetensors")
    try AtomicFile.write(configuration.json(), to: path + "/config.json")
    try body(path, Transformer(configuration, parameters: parameters))
  }

  @Test(arguments: TransformerConfiguration.Kind.allCases)
  func whatWasWrittenOpensAndGivesTheSame(_ kind: TransformerConfiguration.Kind) throws {
    try withFolder(kind) { path, model in
      let folder = try ModelFolder(path: path)
      #expect(folder.description.architecture == "heed-transformer")
      #expect(folder.description.summary == model.configuration.summary)
      var opened = try folder.session(ids: [1, 9, 13, 7])
      opened.run()
      var built = RandomTransformer.session(model, source: [1, 9, 13, 7], limit: 6)
      built.run()
      #expect(opened.trace.steps.map(\.token.id) == built.trace.steps.map(\.token.id))
      #expect(opened.trace.steps.count == (kind == .encoderOnly ? 0 : 6))
      for layout in model.attention {
        let mean = HeadSelection.mean(site: layout.site, layer: nil)
        let (a, b) = (try #require(opened.trace.matrix(mean)), try #require(built.trace.matrix(mean)))
        // Products read in the file add up in another order.
        #expect(a.rows == b.rows && a.columns == b.columns)
        #expect(zip(a.weights, b.weights).allSatisfy { abs($0 - $1) < 1e-5 })
      }
    }
  }

  @Test func lengthsBeyondThePositionsAreRefused() throws {
    try withFolder(.encoderDecoder) { path, _ in
      let folder = try ModelFolder(path: path)
      #expect(throws: ModelError("7 target tokens; the model has positions for 6")) {
        try folder.session(ids: [5, 2], maximumLength: 7)
      }
      #expect(throws: ModelError.self) { try folder.session(ids: [5, 6, 7, 8, 9, 2]) }
      #expect(throws: ModelError.self) { try folder.session(ids: []) }
      #expect(throws: ModelError.self) { try folder.session(ids: [5, 23]) }
    }
  }

  @Test func aMissingParameterIsNamed() throws {
    let name = "decoder.layers.1.cross_attention.key.kernel"
    try withFolder(.encoderDecoder, omitting: name) { path, _ in
      #expect(
        throws: ModelError(
          "\(path)/model.safetensors: parameter '\(name)' is missing; the file does not fit its config.json")
      ) { try ModelFolder(path: path) }
    }
  }
}
