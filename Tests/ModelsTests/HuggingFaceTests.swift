import Foundation
import GoldenFixtures
import Tensors
import Testing
import Traces

@testable import Models

/// Folders as Transformers saves them, against Transformers; `Tests/Reference/huggingface.py`.
@Suite struct HuggingFaceTests {
  static let names = [
    "marian", "marian-separate", "marian-old", "bart", "bart-sharded", "bart-float16", "bart-bfloat16", "mbart",
    "m2m100", "pegasus", "t5", "t5-gated", "mt5",
  ]

  private static func path(_ name: String) throws -> String {
    try #require(Bundle.module.url(forResource: "Fixtures/huggingface/\(name)", withExtension: nil)).path
  }

  @Test(arguments: names) func idsAttentionAndScoresAreTheReferences(_ name: String) throws {
    let folder = try ModelFolder(path: Self.path(name))
    #expect(folder.configuration.problem == nil)
    let golden = try GoldenCase("huggingface/\(name)/expected", in: .module)
    // Products of half-precision weights add up in another order.
    let tolerance: Float = name.contains("float16") ? 1e-3 : 1e-5
    var count = 0
    while let source = try? golden.integers("in.source.\(count)")[0] {
      let ids = try golden.integers("out.ids.\(count)")[0]
      var session = try folder.session(ids: source, maximumLength: ids.count)
      session.run()
      #expect(session.trace.steps.map(\.token.id) == ids)
      try compare(session.trace, golden, count, tolerance)
      count += 1
    }
    #expect(count > 0)
  }

  private func compare(_ trace: AttentionTrace, _ golden: GoldenCase, _ index: Int, _ tolerance: Float) throws {
    let scores = try golden.tensor("out.scores.\(index)").elements
    for (step, score) in zip(trace.steps, scores) { #expect(abs(step.logProbability - score) < max(1e-4, tolerance)) }
    for site in [Site.encoder, .decoder, .cross] {
      let expected = try golden.tensor("out.\(site.rawValue).\(index)")
      for layer in 0..<expected.shape[0] {
        for head in 0..<expected.shape[1] {
          let matrix = try #require(trace.matrix(.head(HeadAddress(site: site, layer: layer, head: head))))
          let wanted = expected.rows(layer..<(layer + 1)).reshaped([
            expected.shape[1], expected.shape[2] * expected.shape[3],
          ])
          .rows(head..<(head + 1)).elements
          #expect(matrix.weights.count == wanted.count)
          let difference = zip(matrix.weights, wanted).map { abs($0 - $1) }.max() ?? 0
          #expect(difference < tolerance, "\(site) L\(layer)H\(head)")
        }
      }
    }
  }

  @Test func everyOptionIsWrittenAndReadAgain() throws {
    for name in Self.names {
      let configuration = try #require(
        try ModelFolder(path: Self.path(name)).configuration as? TransformerConfiguration)
      let again = try TransformerConfiguration(json: configuration.json(), file: "config.json")
      #expect(again == configuration)
    }
  }

  /// Opens a copy of a folder with another `config.json`.
  private func message(_ name: String, _ change: (inout [String: Any]) -> Void) throws -> String {
    let copy = FileManager.default.temporaryDirectory.appending(path: "heed-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: copy) }
    try FileManager.default.copyItem(atPath: Self.path(name), toPath: copy)
    let config = URL(fileURLWithPath: copy + "/config.json")
    var object = try #require(
      try JSONSerialization.jsonObject(with: Data(contentsOf: config)) as? [String: Any])
    change(&object)
    try JSONSerialization.data(withJSONObject: object).write(to: config)
    do {
      _ = try ModelFolder(path: copy)
      return "opened"
    } catch { return "\(error)".replacingOccurrences(of: copy, with: "") }
  }

  @Test func aKeyThatCouldChangeTheResultIsAnError() throws {
    #expect(try message("bart") { $0["rotary_positions"] = true }.contains("key 'rotary_positions' is not understood"))
    #expect(try message("bart") { $0["rotary_positions"] = NSNull() } == "opened")
    #expect(
      try message("bart") { $0["normalize_before"] = true }
        == "/config.json: normalize_before is true; this version of heed computes false there")
    #expect(try message("bart") { $0["activation_function"] = "laplace" }.contains("activation_function is 'laplace'"))
    #expect(try message("bart") { $0["d_model"] = "16" }.contains("d_model is a string where a whole number belongs"))
    #expect(try message("bart") { $0["quantization_config"] = ["bits": 4] }.contains("key 'quantization_config'"))
    #expect(try message("t5") { $0["feed_forward_proj"] = "twice-gelu" }.contains("feed_forward_proj is 'twice-gelu'"))
    #expect(try message("t5") { $0["pruned_heads"] = ["0": [1]] }.contains("pruned_heads is given"))
  }

  @Test func sizesThatDoNotFitTheWeightsAreNamed() throws {
    #expect(try message("bart") { $0["d_model"] = 20 }.contains("the configuration asks for [37, 20]"))
    #expect(try message("bart") { $0["encoder_layers"] = 3 }.contains("'model.encoder.layers.2."))
    #expect(
      try message("bart") { $0["encoder_layers"] = 1 }.contains("has no place in the model that the configuration"))
    #expect(try message("bart") { $0["encoder_attention_heads"] = 3 }.contains("width 16 is no multiple of heads 3"))
    #expect(try message("bart") { $0["vocab_size"] = -5 }.contains("expected 1 to"))
    #expect(try message("bart") { $0["encoder_layers"] = 1_000_000_000 }.contains("expected 1 to"))
    #expect(try message("t5") { $0["d_kv"] = 0 }.contains("key_width is 0"))
  }

  @Test func aFileOfTheFolderOpensTheFolder() throws {
    let path = try Self.path("marian")
    for name in ["model.safetensors", "config.json"] {
      let folder = try ModelFolder(path: path + "/" + name)
      #expect(folder.architecture == "marian")
    }
  }

  @Test func forcedTokensComeFirstInABeamToo() throws {
    let folder = try ModelFolder(path: Self.path("mbart"))
    let session = try folder.session(ids: [26, 24, 2], maximumLength: 4)
    var search = BeamDecoding(session, try BeamSearch(width: 3))
    while !search.isDone { search.step() }
    #expect(search.best.trace.steps.first?.token.id == 33)
    #expect(try folder.model.translate([[26, 24, 2]], maximumLength: 4)[0].first == 33)
  }

  /// A word a token: special ones, languages in the form of NLLB, and letters; the file says what stands around a text.
  private func tokenizerJSON(before: [String], after: [String]) throws -> Data {
    let words = ["<s>", "<pad>", "</s>", "<unk>", "eng_Latn", "fra_Latn", "en_XX", "en_US"] + (0..<20).map { "w\($0)" }
    let special = words.prefix(8).enumerated().map {
      ["id": $0.offset, "content": $0.element, "special": true, "normalized": false] as [String: Any]
    }
    func part(_ name: String) -> [String: Any] { ["SpecialToken": ["id": name, "type_id": 0]] }
    let template = before.map(part) + [["Sequence": ["id": "A", "type_id": 0]]] + after.map(part)
    let named = Dictionary(
      uniqueKeysWithValues: words.prefix(8).enumerated().map {
        ($0.element, ["id": $0.element, "ids": [$0.offset], "tokens": [$0.element]] as [String: Any])
      })
    return try JSONSerialization.data(withJSONObject: [
      "version": "1.0", "added_tokens": special, "pre_tokenizer": ["type": "WhitespaceSplit"],
      "post_processor": ["type": "TemplateProcessing", "single": template, "pair": template, "special_tokens": named],
      "model": [
        "type": "WordLevel", "unk_token": "<unk>",
        "vocab": Dictionary(uniqueKeysWithValues: words.enumerated().map { ($0.element, $0.offset) }),
      ],
    ])
  }

  /// Opens a copy of a folder that has a tokenizer as well.
  private func withTokenizer(
    _ name: String, before: [String], after: [String], _ change: (inout OpeningOptions) -> Void
  ) throws -> ModelFolder {
    let copy = FileManager.default.temporaryDirectory.appending(path: "heed-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: copy) }
    try FileManager.default.copyItem(atPath: Self.path(name), toPath: copy)
    try tokenizerJSON(before: before, after: after).write(to: URL(fileURLWithPath: copy + "/tokenizer.json"))
    try Data(#"{"tokenizer_class": "NllbTokenizer"}"#.utf8).write(
      to: URL(fileURLWithPath: copy + "/tokenizer_config.json"))
    var options = OpeningOptions()
    change(&options)
    return try ModelFolder(path: copy, options: options)
  }

  @Test func languagesStandWhereTheTokenizerPutsThem() throws {
    let plain = try withTokenizer("m2m100", before: ["eng_Latn"], after: ["</s>"]) { _ in }
    #expect(try plain.session("w1 w2").trace.source.map(\.id) == [4, 9, 10, 2])
    #expect(plain.configuration.affixes.targetPrefix == [34])
    let given = try withTokenizer("m2m100", before: ["eng_Latn"], after: ["</s>"]) {
      ($0.sourceLanguage, $0.targetLanguage) = ("fra_Latn", "eng")
    }
    #expect(try given.session("w1 w2").trace.source.map(\.id) == [5, 9, 10, 2])
    var session = try given.session("w1 w2", maximumLength: 2)
    session.run()
    #expect(session.trace.steps.first?.token.piece == "eng_Latn")
    #expect(session.trace.steps.first?.isForced == true)
    #expect(try given.targetIDs("w3") == [4, 11, 2])
    // mBART starts from the target's language instead.
    let bart = try withTokenizer("mbart", before: [], after: ["</s>", "en_XX"]) { $0.targetLanguage = "en_XX" }
    #expect(try bart.session("w1").trace.source.map(\.id) == [9, 2, 6])
    #expect(bart.configuration.startID == 6)
  }

  @Test func aLanguageThatTheModelLacksIsNamed() throws {
    func message(_ name: String, _ change: (inout OpeningOptions) -> Void) -> String {
      do {
        _ = try withTokenizer(name, before: [], after: ["</s>"], change)
        return "opened"
      } catch { return "\(error)" }
    }
    #expect(message("m2m100") { $0.targetLanguage = "deu" }.hasSuffix("no token for the target language 'deu'"))
    // Two tokens begin like this.
    #expect(message("m2m100") { $0.sourceLanguage = "en" }.hasSuffix("no token for the source language 'en'"))
    #expect(message("t5") { $0.sourceLanguage = "eng" }.contains("has no source languages to choose from"))
  }
}
