import Autograd
import Layers

/// T5 (Raffel et al. 2020) in all its versions: no biases, scores without a scale but with a number for each distance,
/// root mean square norms before each part; from v1.1 on a gated feed-forward part and an output of its own.
enum T5: HuggingFaceArchitecture {
  static func open(_ folder: inout HuggingFaceFolder, _ options: OpeningOptions) throws -> ForeignModel {
    var c = try configuration(&folder, T5Defaults())
    // Versions that did not tie their output did not scale what it reads either; newer files say it by themselves.
    let isTied = try folder.config.bool("tie_word_embeddings", default: true)
    c.scalesOutput = try folder.config.bool("scale_decoder_outputs") ?? isTied
    return try model(c, &folder, options, sentinels: 100)
  }

  /// - Parameter sentinels: how many there are behind the pieces of SentencePiece's file, if the tokenizer's settings do
  ///   not say.
  fileprivate static func model(
    _ configuration: TransformerConfiguration, _ folder: inout HuggingFaceFolder, _ options: OpeningOptions,
    sentinels: Int
  ) throws -> ForeignModel {
    var c = configuration
    let map = try map(folder, &c)
    let count = try folder.tokenizerNumber("extra_ids") ?? sentinels
    return try folder.model(
      c, map, options, layout: .sentinels(count), wrapping: .init(before: [], after: [.id(c.endID)]))
  }

  fileprivate static func configuration(
    _ folder: inout HuggingFaceFolder, _ defaults: T5Defaults
  ) throws -> TransformerConfiguration {
    var c = TransformerConfiguration()
    try sizes(&folder.config, &c, defaults)
    (c.hasAttentionBias, c.hasFeedForwardBias, c.hasOutputBias) = (false, false, false)
    (c.scalesScores, c.scalesEmbeddings) = (false, false)
    c.normalization = .before
    c.hasFinalNorm = true
    c.hasCentredNorms = false
    c.normEpsilon = try folder.config.float("layer_norm_epsilon", default: 1e-6)
    c.positions = .none
    c.relativeBuckets = try folder.config.int("relative_attention_num_buckets", default: 32)
    c.relativeDistance = try folder.config.int("relative_attention_max_distance", default: 128)
    try feedForward(&folder, &c, defaults)
    try folder.requireEncoderDecoder()
    c.padID = try folder.special("pad_token_id") ?? 0
    c.endID = try folder.special("eos_token_id") ?? 1
    c.unknownID = min(2, max(0, c.targetVocabularySize - 1))
    let begin = try folder.special("bos_token_id")
    c.startID = try folder.special("decoder_start_token_id") ?? begin ?? c.padID
    try folder.decoding(&c)
    return c
  }

  private static func sizes(
    _ config: inout ForeignConfiguration, _ c: inout TransformerConfiguration, _ defaults: T5Defaults
  ) throws {
    c.width = try config.int("d_model", default: 512)
    c.keyWidth = try config.int("d_kv", default: 64)
    c.valueWidth = c.keyWidth
    c.feedForwardWidth = try config.int("d_ff", default: defaults.hidden)
    c.encoderLayers = try config.int("num_layers", default: defaults.layers)
    c.decoderLayers = try config.int("num_decoder_layers") ?? c.encoderLayers
    c.heads = try config.int("num_heads", default: defaults.heads)
    try config.expect("num_hidden_layers", c.encoderLayers)
    try config.expect("num_attention_heads", c.heads)
    try config.expect("hidden_size", c.width)
    c.sourceVocabularySize = try config.int("vocab_size", default: defaults.vocabulary)
    c.targetVocabularySize = c.sourceVocabularySize
    // Distances have no limit.
    (c.maximumSourceLength, c.maximumTargetLength) = (4096, 512)
  }

  /// `relu`, `gated-gelu` and the like; newer files say the two parts by themselves as well.
  private static func feedForward(
    _ folder: inout HuggingFaceFolder, _ c: inout TransformerConfiguration, _ defaults: T5Defaults
  ) throws {
    let kind = try folder.config.string("feed_forward_proj") ?? defaults.feedForward
    let parts = kind.split(separator: "-").map(String.init)
    guard let last = parts.last, parts.count == 1 || (parts.count == 2 && parts[0] == "gated") else {
      throw folder.config.refusal("feed_forward_proj", "'\(kind)'", known: ["an activation", "'gated-' and one"])
    }
    c.isGated = try folder.config.bool("is_gated_act") ?? (parts.count == 2)
    c.activation = try folder.activation("dense_act_fn", default: kind == "gated-gelu" ? "gelu_new" : last)
  }

  private static func map(
    _ folder: HuggingFaceFolder, _ c: inout TransformerConfiguration
  ) throws -> ParameterMap {
    var map = ParameterMap()
    let matrices = try folder.matrices(
      shared: "shared.weight", encoder: "encoder.embed_tokens.weight", decoder: "decoder.embed_tokens.weight",
      output: "lm_head.weight")
    c.tiedEmbeddings = matrices.tying
    map.matrices(matrices)
    for (stack, layers) in [("encoder", c.encoderLayers), ("decoder", c.decoderLayers)] {
      for layer in 0..<min(max(layers, 0), 64) {
        map.t5Layer(
          "\(stack).layers.\(layer)", "\(stack).block.\(layer).layer", isDecoder: stack == "decoder", c.isGated)
      }
      map["\(stack).relative_positions.weight"] = .stored(
        "\(stack).block.0.layer.0.SelfAttention.relative_attention_bias.weight")
      map["\(stack).norm.gamma"] = .stored("\(stack).final_layer_norm.weight")
    }
    // The first files hold a table for cross-attention that was never used.
    map.isHarmless = {
      matrices.names.contains($0) || $0 == "decoder.block.0.layer.1.EncDecAttention.relative_attention_bias.weight"
    }
    return map
  }
}

/// mT5 (Xue et al. 2021): T5 v1.1 in its own sizes. What its output reads is never scaled, and SentencePiece's file holds
/// the sentinels.
enum MT5: HuggingFaceArchitecture {
  static func open(_ folder: inout HuggingFaceFolder, _ options: OpeningOptions) throws -> ForeignModel {
    let c = try T5.configuration(
      &folder, T5Defaults(vocabulary: 250_112, hidden: 1024, layers: 8, heads: 6, feedForward: "gated-gelu"))
    // Whether the output is a matrix of its own the file says, whatever stands here.
    folder.config.ignore(["tie_word_embeddings"])
    try folder.config.expect("scale_decoder_outputs", false)
    return try T5.model(c, &folder, options, sentinels: 0)
  }
}

/// What the classes take for granted where a file says nothing.
private struct T5Defaults {
  var vocabulary = 32_128
  var hidden = 2048
  var layers = 6
  var heads = 8
  var feedForward = "relu"
}

extension ParameterMap {
  fileprivate mutating func t5Layer(_ ours: String, _ theirs: String, isDecoder: Bool, _ isGated: Bool) {
    t5Attention(ours + ".attention", theirs + ".0.SelfAttention")
    self[ours + ".attention_norm.gamma"] = .stored(theirs + ".0.layer_norm.weight")
    if isDecoder {
      t5Attention(ours + ".cross_attention", theirs + ".1.EncDecAttention")
      self[ours + ".cross_attention_norm.gamma"] = .stored(theirs + ".1.layer_norm.weight")
    }
    let last = theirs + (isDecoder ? ".2" : ".1")
    let dense = last + ".DenseReluDense"
    self[ours + ".feed_forward.inner.kernel"] = .transposed(.stored(dense + (isGated ? ".wi_0.weight" : ".wi.weight")))
    self[ours + ".feed_forward.gate.kernel"] = .transposed(.stored(dense + ".wi_1.weight"))
    self[ours + ".feed_forward.outer.kernel"] = .transposed(.stored(dense + ".wo.weight"))
    self[ours + ".feed_forward_norm.gamma"] = .stored(last + ".layer_norm.weight")
  }

  private mutating func t5Attention(_ ours: String, _ theirs: String) {
    for (part, letter) in [("query", "q"), ("key", "k"), ("value", "v"), ("output", "o")] {
      self["\(ours).\(part).kernel"] = .transposed(.stored("\(theirs).\(letter).weight"))
    }
  }
}
