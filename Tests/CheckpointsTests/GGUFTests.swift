import Testing

@testable import Checkpoints

@Suite struct GGUFTests {
  @Test func namesShapesTypesAndMetadata() throws {
    try ReferenceFiles("gguf").compareAll()
    let metadata = try Checkpoint(path: fixture("gguf/tiny.gguf")).metadata
    #expect(metadata["general.architecture"] == "t5")
    #expect(metadata["general.name"] == "tiny")
    #expect(metadata["t5.block_count"] == "1")
    #expect(metadata["some.float"] == "0.5")
    #expect(metadata["some.flag"] == "true")
    let tokens = (0..<16).map { "t\($0)" }.joined(separator: ", ")
    #expect(metadata["tokenizer.ggml.tokens"] == "[\(tokens), … 20 items]")
  }

  @Test func filesCutAnywhereAreRefused() throws {
    // The last tensor's padding may be missing.
    try Damage.cutEverywhere(fixture("gguf/tiny.gguf"), step: 5, accepts: 7)
  }

  @Test func anyDamageEndsInOneLine() throws {
    try Damage.flip(fixture("gguf/tiny.gguf"), seed: 1, count: 300)
  }
}
