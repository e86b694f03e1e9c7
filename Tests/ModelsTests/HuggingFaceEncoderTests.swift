import Foundation
import GoldenFixtures
import Tensors
import Testing
import Traces

@testable import Models

/// BERT, RoBERTa and DistilBERT, GPT-2, and Whisper in folders as Transformers saves them, against Transformers;
/// `Tests/Reference/huggingface_encoders.py`.
///
/// Attention agrees to 1e-5, with weights of half precision to 1e-3; greedy ids exactly; logarithms of probabilities,
/// which come from logits that reach 20, to 1e-4.
@Suite struct HuggingFaceEncoderTests {
  static let encoders = [
    "bert", "bert-cased", "bert-float16", "bert-bfloat16", "roberta", "roberta-far", "distilbert",
    "distilbert-sinusoidal",
  ]
  static let languageModels = ["gpt2", "gpt2-inverse", "gpt2-unscaled", "gpt2-float16"]
  static let hearing = ["whisper", "whisper-plain", "whisper-bfloat16", "whisper-uneven"]

  @Test(arguments: encoders)
  func encoderAttention(_ name: String) throws {
    let test = try GoldenFolder(name)
    let folder = try test.folder()
    #expect(folder.model.attention.map(\.site) == [.encoder])
    for (number, ids) in test.sources.enumerated() {
      // RoBERTa does not count padding when it numbers positions; nothing that heed reads has any.
      if name == "roberta-far", ids.contains(4) { continue }
      let trace = try folder.session(ids: ids).trace
      #expect(trace.ending == .readOnly)
      let found = try #require(trace.encoder).tensor
      #expect(greatestDifference(found, try test.attention(.encoder, number)) < test.tolerance)
    }
  }

  @Test(arguments: languageModels)
  func languageModel(_ name: String) throws {
    let test = try GoldenFolder(name)
    let folder = try test.folder()
    for (number, ids) in test.sources.enumerated() {
      let greedy = try test.greedy(number)
      var session = try folder.session(ids: ids, maximumLength: greedy.count)
      for token in greedy where session.trace.ending == .open {
        session.step()
        #expect(session.trace.steps.last?.token.id == token)
      }
      // The reference goes on where an end token comes.
      guard session.trace.steps.count == greedy.count else { continue }
      let found = try #require(session.trace.tensor(.decoder))
      #expect(greatestDifference(found, try test.attention(.decoder, number)) < test.tolerance)
      #expect(try test.logProbabilityError(session.trace, number) < 10 * test.tolerance)
    }
  }

  @Test(arguments: hearing)
  func whatIsHeard(_ name: String) throws {
    let test = try GoldenFolder(name)
    let folder = try test.folder()
    #expect(folder.hearsSound)
    for number in 0..<2 {
      let features = try test.golden.tensor("in.features.\(number)").swappingFirstAxes()
      let greedy = try test.greedy(number)
      var session = try folder.session(
        hearing: SoundSource(spectrogram: features, seconds: 0.2), text: "", maximumLength: greedy.count)
      session.run()
      let trace = session.trace
      #expect(trace.steps.map(\.token.id) == greedy)
      #expect(trace.source.count == 15)
      for site in [Site.encoder, .decoder, .cross] {
        let found = try #require(trace.tensor(site))
        #expect(greatestDifference(found, try test.attention(site, number)) < test.tolerance, "\(site)")
      }
      #expect(try test.logProbabilityError(trace, number) < 10 * test.tolerance)
    }
  }

  @Test(arguments: ["bert", "bert-cased", "roberta", "distilbert", "gpt2"])
  func textsAreReadAsTransformersReadsThem(_ name: String) throws {
    let test = try GoldenFolder(name)
    let folder = try test.folder()
    #expect(!test.texts.isEmpty)
    for (text, ids) in zip(test.texts, test.sources) {
      #expect(try folder.session(text).trace.source.map(\.id) == ids, "\(text)")
    }
  }

  /// As sentence-transformers lays folders out: the encoder at the top, or, as it did first, in a folder of its own.
  @Test(arguments: ["", "0_Transformer"]) func sentenceTransformers(_ place: String) throws {
    let test = try GoldenFolder("bert")
    let files = FileManager.default
    let folder = files.temporaryDirectory.appendingPathComponent("heed-\(UUID().uuidString)")
    defer { try? files.removeItem(at: folder) }
    try files.createDirectory(at: folder.appendingPathComponent("1_Pooling"), withIntermediateDirectories: true)
    let encoder = place.isEmpty ? folder : folder.appendingPathComponent(place)
    try files.createDirectory(at: encoder, withIntermediateDirectories: true)
    for name in ["config.json", "model.safetensors", "vocab.txt", "tokenizer_config.json"] {
      try files.copyItem(atPath: "\(test.path)/\(name)", toPath: encoder.appendingPathComponent(name).path)
    }
    try Data(#"{"word_embedding_dimension": 16}"#.utf8).write(
      to: folder.appendingPathComponent("1_Pooling/config.json"))
    let modules = #"[{"idx": 0, "path": "\#(place)"}, {"idx": 1, "path": "1_Pooling"}]"#
    try Data(modules.utf8).write(to: folder.appendingPathComponent("modules.json"))
    let model = try ModelFolder(path: folder.path)
    #expect(model.architecture == "bert")
    let trace = try model.session(test.texts[0]).trace
    #expect(trace.source.map(\.id) == test.sources[0])
    let found = try #require(trace.encoder).tensor
    #expect(greatestDifference(found, try test.attention(.encoder, 0)) < test.tolerance)
  }

  @Test func partsOfWordsAreJoined() throws {
    let source = try GoldenFolder("bert").folder().session("The greens understand").trace.source
    #expect(source.map(\.surface) == ["[CLS]", "the", "green", "s", "understand", "[SEP]"])
    #expect(source.map(\.kind) == [.special, .word, .word, .word, .unknown, .special])
    #expect(source.map(\.continuesWord) == [false, false, false, true, false, false])
  }
}
