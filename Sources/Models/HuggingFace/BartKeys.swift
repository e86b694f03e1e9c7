import Autograd
import Layers
import Text

/// What the `config.json` of a relative of BART means where it says nothing: the defaults of its class.
struct BartDefaults {
  var vocabulary: Int
  var activation = "gelu"
  var scalesEmbeddings = false
  var pad: Int
  var start: Int?
  var end: Int
  var begin: Int?
  /// Of its tokenizers; the configuration does not say.
  var unknown: Int
}

extension HuggingFaceFolder {
  /// A size of the encoder, `encoder_<key>`, and the decoder's where it is another.
  ///
  /// - Throws: `ModelError`.
  mutating func sizes(_ key: String, default standard: Int) throws -> (encoder: Int, decoder: Int?) {
    let size = try config.int("encoder_\(key)", default: standard)
    let other = try config.int("decoder_\(key)", default: standard)
    return (size, other == size ? nil : other)
  }

  /// The keys that Marian, BART, mBART, M2M100 and Pegasus share.
  ///
  /// - Throws: `ModelError`.
  mutating func bartConfiguration(_ defaults: BartDefaults) throws -> TransformerConfiguration {
    var c = TransformerConfiguration()
    c.width = try config.int("d_model", default: 1024)
    c.encoderLayers = try config.int("encoder_layers", default: 12)
    c.decoderLayers = try config.int("decoder_layers", default: 12)
    (c.heads, c.decoderHeads) = try sizes("attention_heads", default: 16)
    // Other names of three keys, which older files carry as well.
    try config.expect("num_hidden_layers", c.encoderLayers)
    try config.expect("num_attention_heads", c.heads)
    try config.expect("hidden_size", c.width)
    (c.feedForwardWidth, c.decoderFeedForwardWidth) = try sizes("ffn_dim", default: 4096)
    c.activation = try activation("activation_function", default: defaults.activation)
    c.normEpsilon = 1e-5
    c.scalesEmbeddings = try config.bool("scale_embedding", default: defaults.scalesEmbeddings)
    c.sourceVocabularySize = try config.int("vocab_size", default: defaults.vocabulary)
    c.targetVocabularySize = c.sourceVocabularySize
    c.maximumSourceLength = try config.int("max_position_embeddings", default: 1024)
    c.maximumTargetLength = c.maximumSourceLength
    try requireEncoderDecoder()
    try config.expect("add_bias_logits", false)
    try tokens(defaults, &c)
    return c
  }

  private mutating func tokens(_ defaults: BartDefaults, _ c: inout TransformerConfiguration) throws {
    c.padID = try special("pad_token_id") ?? defaults.pad
    c.endID = try special("eos_token_id") ?? defaults.end
    c.unknownID = max(0, min(defaults.unknown, c.targetVocabularySize - 1))
    let begin = try special("bos_token_id") ?? defaults.begin
    c.startID = try special("decoder_start_token_id") ?? defaults.start ?? begin ?? c.padID
    try decoding(&c)
  }

  /// The model of a configuration whose parameters have BART's names.
  mutating func bartModel(
    _ configuration: TransformerConfiguration, _ options: OpeningOptions,
    layout: Tokenizer.PieceLayout = .plain, languages: Languages? = nil, wrapping: Wrapping
  ) throws -> ForeignModel {
    var c = configuration
    c.hasOutputBias = holds("final_logits_bias")
    let map = try bartMap(&c)
    return try model(c, map, options, layout: layout, languages: languages, wrapping: wrapping)
  }

  /// Computed positions, unless the file holds a table of them, as those of older versions do.
  func usePositions(_ c: inout TransformerConfiguration) {
    c.positions = holds(prefix("model.") + "encoder.embed_positions.weight") ? .learned : .sinusoidal
  }
}
