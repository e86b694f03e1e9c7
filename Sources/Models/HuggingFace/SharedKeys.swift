import Autograd
import JSON

extension HuggingFaceFolder {
  /// The activations that Transformers knows under these names and heed computes.
  private static let activations: [String: Activation] = [
    "relu": .relu, "gelu": .gelu, "gelu_python": .gelu, "gelu_new": .geluTanh, "gelu_fast": .geluTanh,
    "gelu_pytorch_tanh": .geluTanh, "gelu_python_tanh": .geluTanh, "gelu_accurate": .geluTanh, "swish": .swish,
    "silu": .swish, "quick_gelu": .quickGELU, "gelu_10": .clippedGELU, "mish": .mish, "hardswish": .hardSwish,
    "leaky_relu": .leakyReLU, "relu6": .relu6, "relu2": .squaredReLU, "tanh": .tanh, "sigmoid": .sigmoid,
    "linear": .linear,
  ]

  /// - Throws: `ModelError` for an activation that this version does not compute.
  mutating func activation(_ key: String, default standard: String) throws -> Activation {
    let name = try config.string(key) ?? standard
    guard let activation = Self.activations[name] else {
      throw config.refusal(key, "'\(name)'", known: Self.activations.keys.sorted())
    }
    return activation
  }

  /// What every encoder-decoder says of itself.
  mutating func requireEncoderDecoder() throws {
    try config.expect("is_encoder_decoder", true)
    try config.expect("is_decoder", false)
    try config.expect("add_cross_attention", false)
    try requireAllHeads()
  }

  mutating func requireAllHeads() throws {
    if config.value("pruned_heads")?.members?.isEmpty == false {
      throw config.refusal("pruned_heads", "given", known: ["models with all their heads"])
    }
  }

  /// A special token: what `generation_config.json` says, else `config.json`.
  ///
  /// - Throws: `ModelError` where there are several.
  mutating func special(_ key: String) throws -> Int? {
    let fromConfig = try config.ints(key)
    let ids = try generation?.ints(key) ?? []
    let found = ids.isEmpty ? fromConfig : ids
    if found.count > 1 { throw config.refusal(key, "\(found)", known: ["one id"]) }
    return found.first
  }

  /// What decoding must not choose, and what it begins with.
  mutating func decoding(_ c: inout TransformerConfiguration) throws {
    let words = try (generation?.lists("bad_words_ids") ?? []) + config.lists("bad_words_ids")
    if let word = words.first(where: { $0.count > 1 }) {
      note("bad_words_ids has \(word), of several tokens, which heed does not keep from being produced")
    }
    let tokens = try (generation?.ints("suppress_tokens") ?? []) + config.ints("suppress_tokens")
    c.suppressedTokens = Set(words.filter { $0.count == 1 }.joined() + tokens).sorted()
    c.affixes.targetPrefix = try special("forced_bos_token_id").map { [$0] } ?? []
    // The end token is forced where a target is cut; heed says instead that it was cut.
    _ = try special("forced_eos_token_id")
  }

  /// Ways of decoding that Transformers would apply to what the model says; heed shows what the model says.
  mutating func noteDecoding() {
    let neutral: [String: [String]] = [
      "min_length": ["0"], "min_new_tokens": ["0"], "no_repeat_ngram_size": ["0"],
      "encoder_no_repeat_ngram_size": ["0"],
      "repetition_penalty": ["1", "1.0"], "encoder_repetition_penalty": ["1", "1.0"], "guidance_scale": ["1", "1.0"],
      "exponential_decay_length_penalty": [], "sequence_bias": [], "force_words_ids": [],
      "constraints": [], "watermarking_config": [], "prompt_lookup_num_tokens": [],
    ]
    for (key, harmless) in neutral.sorted(by: { $0.key < $1.key }) {
      let value = generation?.value(key)
      guard let value = value ?? config.value(key) else { continue }
      _ = config.value(key)
      if case .number(let digits) = value, harmless.contains(digits) { continue }
      note("\(key) is set, which heed does not apply: it decodes by the model's own probabilities")
    }
  }

  /// What precedes names in a model with a head, and does not in one without: `model.`, or nothing.
  func prefix(_ base: String) -> String {
    archive.tensors.contains { $0.name.hasPrefix(base) } ? base : ""
  }
}
