import Checkpoints
import Foundation
import GoldenFixtures
import Tensors
import Testing
import Traces

@testable import Models

/// A checkpoint of another library and what that library computes from it, from `Tests/Reference/recurrent_checkpoints.py`,
/// `transformer_checkpoints.py` and `numpy_checkpoints.py`.
struct ForeignCase: Sendable, CustomTestStringConvertible {
  /// Of the expected numbers, `Fixtures/foreign-<expected>.safetensors`.
  let expected: String
  /// Below `Fixtures/foreign`.
  let path: String
  var options = OpeningOptions()
  /// Of attention, in absolute terms.
  var tolerance: Float = 1e-5

  init(
    _ expected: String, _ path: String? = nil, start: Int? = 1, end: Int? = 2,
    _ say: (inout OpeningOptions) -> Void = { _ in }
  ) {
    self.expected = expected
    self.path = path ?? expected
    options.startID = start
    options.endID = end
    say(&options)
  }

  var testDescription: String { path }

  static func file(_ path: String) throws -> String {
    guard let url = Bundle.module.url(forResource: "Fixtures/foreign", withExtension: nil) else {
      throw CocoaError(.fileNoSuchFile)
    }
    return url.appendingPathComponent(path).path
  }

  static let recurrent: [ForeignCase] = [
    ForeignCase("tutorial", "tutorial-keras2-checkpoint"), ForeignCase("tutorial", "tutorial-keras3-checkpoint"),
    ForeignCase("tutorial", "tutorial-keras2-weights"), ForeignCase("tutorial", "tutorial-keras3-weights"),
    ForeignCase("tutorial", "tutorial-keras2-legacy"),
    ForeignCase("tutorial", "tutorial-keras3-checkpoint/ckpt-1"),
    ForeignCase("tutorial", "tutorial-keras3-weights/decoder.weights.h5"),
    ForeignCase("tutorial-hard") { $0.isHardSigmoid = true },
    ForeignCase("tutorial-text"), ForeignCase("tutorial", "tutorial-keras2-prefixes"),
    ForeignCase("tutorial", "tutorial-keras2-prefixes/encoder"), ForeignCase("tutorial", "tutorial-keras2-saved"),
    ForeignCase("tutorial-plain", "tutorial-plain-keras2"), ForeignCase("tutorial-plain", "tutorial-plain-keras3"),
    ForeignCase("tutorial-cross", "tutorial-cross-keras2"), ForeignCase("tutorial-cross", "tutorial-cross-keras3"),
    ForeignCase("tutorial-cross", "tutorial-cross-keras2-weights"),
    ForeignCase("tutorial-cross", "tutorial-cross-keras3-weights"),
    ForeignCase("torch-combine", "torch-combine-separate", start: 0, end: 1),
    ForeignCase("torch-combine", "torch-combine-together/checkpoint.pt", start: 0, end: 1),
    ForeignCase("torch-additive", "torch-additive/model.tar", start: 0, end: 1),
    ForeignCase("tutorial", "tutorial-npz/model.npz"), ForeignCase("tutorial", "tutorial-npz-separate"),
    ForeignCase("torch-combine", "torch-combine-npz/model.npz", start: 0, end: 1),
  ]
  static let dates: [ForeignCase] = [
    "keras2", "keras2-weights", "keras2-archive", "keras2-saved", "keras3", "keras3-weights", "keras3-archive",
  ]
  .map { name in
    ForeignCase("dates", "dates-\(name)", start: nil, end: nil) {
      $0.sourceLength = 6
      $0.targetLength = 4
    }
  }
  static let transformers: [ForeignCase] =
    ["keras2", "keras2-weights", "keras2-legacy", "keras3", "keras3-weights"].flatMap { name in
      [
        ForeignCase("transformer-older", "transformer-older-\(name)") { $0.heads = 2 },
        ForeignCase("transformer-newer", "transformer-newer-\(name)"),
      ]
    } + [ForeignCase("transformer-older", "transformer-older-npz/model.npz") { $0.heads = 2 }]
  static let functional: [ForeignCase] = [
    "keras2/model.keras", "keras2/model.h5", "keras2/saved", "keras3/model.keras", "keras3/model.h5",
  ]
  .flatMap { name in
    ["additive", "heads", "labels", "masked", "joined", "mean"].map {
      ForeignCase("functional-\($0)", "functional-\($0)-\(name)")
    }
  }
  static let all = recurrent + dates + transformers + functional + padded
  /// The two versions differ in what padding looks at.
  static let padded =
    ["model.keras", "model.h5"].flatMap {
      [
        ForeignCase("functional-padded", "functional-padded-keras3/\($0)"),
        ForeignCase("functional-padded-keras2", "functional-padded-keras2/\($0)"),
      ]
    } + [ForeignCase("functional-padded-keras2", "functional-padded-keras2/saved")]
}

@Suite struct ForeignCheckpointTests {
  private struct Options: Decodable { var count: Int }

  @Test(arguments: ForeignCase.all)
  func agreesWithItsLibrary(_ test: ForeignCase) throws {
    let golden = try GoldenCase("foreign-\(test.expected)", in: .module)
    let folder = try ModelFolder(path: ForeignCase.file(test.path), options: test.options)
    for number in 0..<(try golden.options(Options.self).count) {
      let source = try golden.integers("in.source.\(number)")[0]
      guard let ids = try? golden.integers("out.ids.\(number)")[0] else {
        try check(folder.session(ids: source).trace, golden, number, "", test.tolerance)
        continue
      }
      var session = try folder.session(ids: source, maximumLength: ids.count)
      session.run()
      #expect(session.trace.steps.map(\.token.id) == ids)
      try check(session.trace, golden, number, "", test.tolerance)

      let target = try golden.integers("in.target.\(number)")[0]
      var forced = try folder.session(ids: source, maximumLength: target.count)
      try forced.intervene([.target(target)])
      forced.jump(to: target.count)
      let scores = Tensor([target.count], forced.trace.steps.map(\.logProbability))
      #expect(greatestDifference(scores, try golden.tensor("out.forced.\(number)")) < 1e-4)
      try check(forced.trace, golden, number, "forced_", test.tolerance)
    }
  }

  private func check(
    _ trace: AttentionTrace, _ golden: GoldenCase, _ number: Int, _ prefix: String, _ tolerance: Float
  ) throws {
    if let cross = try? golden.tensor("out.\(prefix)cross.\(number)") {
      #expect(greatestDifference(rows(trace.steps.map(\.cross)), cross) < tolerance)
    }
    if prefix.isEmpty, let own = try? golden.tensor("out.decoder.\(number)") {
      #expect(greatestDifference(rows(trace.steps.map(\.decoder)), own) < tolerance)
    }
    if prefix.isEmpty, let encoder = try? golden.tensor("out.encoder.\(number)") {
      let block = try #require(trace.encoder)
      let found = Tensor([block.layers, block.heads, block.rows, block.columns], block.weights)
      #expect(greatestDifference(found, encoder) < tolerance)
    }
  }

  /// The rows of all steps, `[layers, heads, T, S]`, shorter ones filled up with zeros.
  private func rows(_ blocks: [AttentionBlock?]) -> Tensor {
    let blocks = blocks.compactMap { $0 }
    guard let last = blocks.last else { return Tensor.zeros([0]) }
    var numbers: [Float] = []
    for layer in 0..<last.layers {
      for head in 0..<last.heads {
        for block in blocks {
          let row = Array(block.weights(layer: layer, head: head, row: 0))
          numbers += row + [Float](repeating: 0, count: last.columns - row.count)
        }
      }
    }
    return Tensor([last.layers, last.heads, blocks.count, last.columns], numbers)
  }

  /// What `heed inspect` shows of a folder with an encoder and a decoder.
  @Test func filesOfEncoderAndDecoderAreOneCheckpoint() throws {
    for (path, name) in [
      ("tutorial-keras2-weights", "encoder/layers/gru/cell/vars/0"),
      ("tutorial-keras2-prefixes", "decoder/attention/V/kernel"),
      ("torch-combine-separate", "decoder.attn_combine.weight"),
    ] {
      let checkpoint = try Checkpoint(path: ForeignCase.file(path))
      #expect(checkpoint.tensors.contains { $0.name == name }, "\(checkpoint.tensors.map(\.name))")
    }
  }

  /// Whether a GRU without biases resets before or after the product changes what comes out.
  @Test func whenAGRUWithoutBiasesResets() throws {
    func ids(_ say: (inout OpeningOptions) -> Void) throws -> [Float] {
      var test = ForeignCase("tutorial-plain", "tutorial-plain-keras2", say)
      test.options.isHardSigmoid = false
      let folder = try ModelFolder(path: ForeignCase.file(test.path), options: test.options)
      #expect(folder.notes.contains { $0.contains("--no-reset-after") } == (test.options.resetsAfter == nil))
      var session = try folder.session(ids: [1, 5, 9, 4, 2], maximumLength: 3)
      session.run()
      return session.trace.steps.map(\.logProbability)
    }
    #expect(try ids { _ in } == ids { $0.resetsAfter = true })
    #expect(try ids { _ in } != ids { $0.resetsAfter = false })
  }

  @Test func asksForWhatItCannotKnow() throws {
    func problem(_ path: String, _ say: (inout OpeningOptions) -> Void = { _ in }) throws -> String {
      var options = OpeningOptions()
      say(&options)
      let error = #expect(throws: ModelError.self) {
        _ = try ModelFolder(path: ForeignCase.file(path), options: options)
      }
      return error?.description ?? ""
    }
    #expect(try problem("tutorial-keras3-checkpoint").contains("--start-id"))
    #expect(try problem("tutorial-keras3-checkpoint") { $0.startID = 1 }.contains("--end-id"))
    #expect(
      try problem("tutorial-hard") {
        $0.startID = 1
        $0.endID = 2
      }.contains("--hard-sigmoid"))
    #expect(try problem("dates-keras3-weights").contains("--source-length"))
    #expect(try problem("tutorial-keras3-weights/../torch-combine-separate/encoder.pt").contains("--start-id"))
  }

  @Test func answersAreKeptBesideTheModel() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("heed-\(UUID().uuidString)")
    try FileManager.default.copyItem(atPath: ForeignCase.file("tutorial-hard"), toPath: folder.path)
    defer { try? FileManager.default.removeItem(at: folder) }
    var options = OpeningOptions()
    options.startID = 1
    options.endID = 2
    options.isHardSigmoid = true
    options.isRemembered = true
    let first = try ModelFolder(path: folder.path, options: options)
    let second = try ModelFolder(path: folder.path)
    #expect(
      second.configuration as? Seq2SeqConfiguration == first.configuration as? Seq2SeqConfiguration)
    try Data("start-id: 1 # of the notebook\n\"end-id\": 2\nhard-sigmoid: true\n".utf8).write(
      to: folder.appendingPathComponent("heed.yaml"))
    let third = try ModelFolder(path: folder.path)
    #expect(third.configuration as? Seq2SeqConfiguration == first.configuration as? Seq2SeqConfiguration)
    try Data("heads: many\n".utf8).write(to: folder.appendingPathComponent("heed.yaml"))
    let error = #expect(throws: ModelError.self) { _ = try ModelFolder(path: folder.path) }
    #expect(error?.description.contains("heed.yaml, line 1") == true)
  }
}
