import Foundation
import Testing

@testable import Models

/// Configurations whose numbers would come out otherwise than heed computes them, and sounds that no model hears.
@Suite struct HuggingFaceRefusalTests {
  private func refusal(_ name: String, file: String = "config.json", _ changes: [String: Any]) throws -> String {
    try GoldenFolder(name).changing(file, changes) { path in
      do {
        _ = try ModelFolder(path: path)
        return ""
      } catch let error as ModelError {
        return error.description
      }
    }
  }

  @Test(arguments: [
    ("bert", "position_embedding_type", "relative_key"), ("bert", "hidden_act", "laplace"),
    ("roberta", "hidden_act", "x"), ("bert", "a_new_key", "1"), ("gpt2", "activation_function", "tanh2"),
    ("distilbert", "activation", "laplace"), ("whisper", "something", "else"),
  ])
  func wordsThatAreNotUnderstood(_ name: String, _ key: String, _ value: String) throws {
    let line = try refusal(name, [key: value])
    #expect(line.contains(key) && !line.contains("\n"), "\(line)")
  }

  @Test(arguments: [
    ("bert", "is_decoder"), ("bert", "add_cross_attention"), ("gpt2", "add_cross_attention"), ("roberta", "is_decoder"),
  ])
  func flagsThatChangeTheResult(_ name: String, _ key: String) throws {
    #expect(try refusal(name, [key: true]).contains(key))
  }

  @Test(arguments: [
    ("whisper", "decoder_attention_heads", 5), ("whisper", "decoder_ffn_dim", 7), ("bert", "num_attention_heads", 5),
    ("bert", "hidden_size", 16), ("gpt2", "n_embd", 24), ("gpt2", "n_positions", 41), ("bert", "num_hidden_layers", 4),
    ("gpt2", "n_layer", -1), ("whisper", "num_mel_bins", 80), ("roberta", "max_position_embeddings", 2),
    ("bert", "max_position_embeddings", 1_000_000), ("distilbert", "n_heads", 0), ("whisper", "d_model", 1 << 40),
    ("bert", "vocab_size", 0),
  ])
  func sizesThatDoNotFit(_ name: String, _ key: String, _ value: Int) throws {
    let line = try refusal(name, [key: value])
    #expect(!line.isEmpty && !line.contains("\n"), "\(line)")
  }

  /// Keys of Google's and of sentence-transformers' files, which say nothing of what is computed.
  @Test func keysThatChangeNothing() throws {
    let keys: [String: Any] = [
      "directionality": "bidi", "pooler_fc_size": 768, "pooler_num_attention_heads": 12, "pooler_num_fc_layers": 3,
      "pooler_size_per_head": 128, "pooler_type": "first_token_transform",
      "sbert_ce_default_activation_function": "torch.nn.modules.linear.Identity",
    ]
    #expect(try refusal("bert", keys).isEmpty)
    #expect(try refusal("bert", ["directionality": "left"]).contains("directionality"))
  }

  @Test func spectrogramsOfAnotherKind() throws {
    for (key, value) in [("hop_length", 80), ("n_fft", 512), ("sampling_rate", 8000), ("chunk_length", 30)] {
      #expect(try refusal("whisper", file: "preprocessor_config.json", [key: value]).contains(key))
    }
    #expect(try refusal("whisper", file: "preprocessor_config.json", ["dither": 0.1]).contains("dither"))
  }

  @Test func languages() throws {
    var options = OpeningOptions()
    options.targetLanguage = "fr"
    let path = try GoldenFolder("whisper").path
    let folder = try ModelFolder(path: path, options: options)
    let configuration = try #require(folder.configuration as? TransformerConfiguration)
    let pieces = configuration.affixes.targetPrefix.map { folder.target?.piece(of: $0) }
    #expect(pieces == ["<|fr|>", "<|transcribe|>", "<|notimestamps|>"])
    options.targetLanguage = "French"
    #expect(try ModelFolder(path: path, options: options).configuration as? TransformerConfiguration == configuration)
    options.targetLanguage = "tlh"
    #expect(throws: ModelError.self) { try ModelFolder(path: path, options: options) }
  }

  @Test func aPromptAndWhatFollowsSharePositions() throws {
    let folder = try GoldenFolder("gpt2").folder()
    #expect(try folder.session(ids: [1, 2, 3]).trace.lengthLimit <= 38)
    #expect(throws: ModelError.self) { try folder.session(ids: [1, 2, 3], maximumLength: 39) }
    #expect(try folder.session(ids: [1, 2, 3], maximumLength: 38).trace.lengthLimit == 38)
    #expect(throws: ModelError.self) { try folder.session(ids: Array(repeating: 1, count: 41)) }
  }

  @Test func modelsThatHearReadNoText() throws {
    let folder = try GoldenFolder("whisper").folder()
    #expect(throws: ModelError.self) { try folder.session(ids: [1, 2]) }
    #expect(throws: (any Error).self) { try folder.session("A sentence.") }
    #expect(throws: ModelError.self) { try folder.model.translate([[1]], maximumLength: 3) }
    let reading = try GoldenFolder("bert").folder()
    #expect(throws: ModelError.self) { try reading.session(sound: "/no/such.wav") }
  }

  @Test func spectrogramsInFiles() throws {
    let test = try GoldenFolder("whisper")
    let folder = try test.folder()
    let (session, notes) = try folder.session(sound: test.path + "/features.npz")
    #expect(notes.isEmpty && session.trace.source.map(\.piece).prefix(3) == ["0.00s", "0.02s", "0.04s"])
    #expect(session.trace.source.allSatisfy { $0.kind == .word })
    for wrong in ["config.json", "model.safetensors", "expected.safetensors", "nothing.npz"] {
      #expect(throws: (any Error).self) { try folder.session(sound: "\(test.path)/\(wrong)") }
    }
  }
}
