import Autograd
import Layers

/// What the `config.json` of a relative of BART means where it says nothing: the defaults of its class.
struct BartDefaults {
  var vocabulary: Int
  var activation = "gelu"
  var scalesEmbeddings = false
  var pad: Int
  var start: Int?
  var end: Int
  /// Of its tokenizers; the configuration does not say.
  var unknown: Int
}

extension HuggingFaceFolder {
  /// The keys that Marian, BART, mBART, M2M100 and Pegasus share.
  ///
  /// - Throws: `ModelError`.
  mutating func bartConfiguration(_ defaults: BartDefaults) throws -> TransformerConfiguration {
    var c = TransformerConfiguration()
    c.width = try config.int("d_model", default: 1024)
    c.encoderLayers = try config.int("encoder_layers", default: 12)
    c.decoderLayers = try config.int("decoder_layers", default: 12)
    // Another name for encoder_layers, which older files carry as well.
    try config.expect("num_hidden_layers", c.encoderLayers)
    c.heads = try config.int("encoder_attention_heads", default: 16)
    try config.expect("num_attention_heads", c.heads)
    c.feedForwardWidth = try config.int("encoder_ffn_dim", default: 4096)
    try config.expect("decoder_attention_heads", c.heads)
    try config.expect("decoder_ffn_dim", c.feedForwardWidth)
    c.activation = try activation("activation_function", default: defaults.activation)
    c.normEpsilon = 1e-5
    c.scalesEmbeddings = try config.bool("scale_embedding", default: defaults.scalesEmbeddings)
    c.sourceVocabularySize = try config.int("vocab_size", default: defaults.vocabulary)
    c.targetVocabularySize = c.sourceVocabularySize
    c.maximumSourceLength = try config.int("max_position_embeddings", default: 1024)
    c.maximumTargetLength = c.maximumSourceLength
    c.tiedEmbeddings = .all
    c.hasOutputBias = true
    try config.expect("is_encoder_decoder", true)
    try config.expect("is_decoder", false)
    try config.expect("add_cross_attention", false)
    try config.expect("add_bias_logits", false)
    try config.expect("tie_word_embeddings", true)
    try tokens(defaults, &c)
    return c
  }

  private mutating func tokens(_ defaults: BartDefaults, _ c: inout TransformerConfiguration) throws {
    c.padID = try special("pad_token_id") ?? defaults.pad
    c.endID = try special("eos_token_id") ?? defaults.end
    c.unknownID = min(defaults.unknown, c.targetVocabularySize - 1)
    let first = try special("bos_token_id")
    c.startID = try special("decoder_start_token_id") ?? defaults.start ?? first ?? c.padID
    c.suppressedTokens = try suppressed()
    // The end token is forced where a target is cut; heed says that it was cut.
    _ = try special("forced_eos_token_id")
  }

  /// The model of a configuration whose parameters have BART's names.
  func bartModel(_ c: TransformerConfiguration, _ options: OpeningOptions) throws -> ForeignModel {
    var model = ForeignModel(c, MappedParameters(archive, bartMap(c)))
    model.source = try tokenizer(.source, size: c.sourceVocabularySize)
    model.target = try tokenizer(.target, size: c.targetVocabularySize)
    return model
  }
}

extension HuggingFaceFolder {
  /// The activations that Transformers knows under these names and heed computes.
  private static let activations: [String: Activation] = [
    "relu": .relu, "gelu": .gelu, "gelu_python": .gelu, "gelu_new": .geluTanh, "gelu_fast": .geluTanh,
    "gelu_pytorch_tanh": .geluTanh, "swish": .swish, "silu": .swish,
  ]

  /// - Throws: `ModelError` for an activation that this version does not compute.
  mutating func activation(_ key: String, default standard: String) throws -> Activation {
    let name = try config.string(key) ?? standard
    guard let activation = Self.activations[name] else {
      throw config.refusal(key, "'\(name)'", known: Self.activations.keys.sorted())
    }
    return activation
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

  /// Tokens that are never chosen: `bad_words_ids` of one token each, and `suppress_tokens`.
  mutating func suppressed() throws -> [Int] {
    let words = try (generation?.lists("bad_words_ids") ?? []) + config.lists("bad_words_ids")
    if let word = words.first(where: { $0.count > 1 }) {
      note("bad_words_ids has \(word), of several tokens, which heed does not keep from being produced")
    }
    let tokens = try (generation?.ints("suppress_tokens") ?? []) + config.ints("suppress_tokens")
    return Set(words.filter { $0.count == 1 }.joined() + tokens).sorted()
  }
}
