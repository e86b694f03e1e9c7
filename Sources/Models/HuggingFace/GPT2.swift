import Checkpoints
import Tensors
import Text

/// GPT-2 (Radford et al. 2019): a language model with the norm before each part, whose query, key and value are one
/// matrix `[in, out]`.
enum GPT2: HuggingFaceArchitecture {
  static func open(_ folder: inout HuggingFaceFolder, _ options: OpeningOptions) throws -> ForeignModel {
    var c = TransformerConfiguration()
    c.kind = .decoderOnly
    c.width = try folder.config.int("n_embd", default: 768)
    c.decoderLayers = try folder.config.int("n_layer", default: 12)
    c.heads = try folder.config.int("n_head", default: 12)
    let (inner, overflow) = c.width.multipliedReportingOverflow(by: 4)
    c.feedForwardWidth = try folder.config.int("n_inner") ?? (overflow ? 0 : inner)
    c.activation = try folder.activation("activation_function", default: "gelu_new")
    c.normalization = .before
    c.hasFinalNorm = true
    c.normEpsilon = try folder.config.float("layer_norm_epsilon", default: 1e-5)
    c.positions = .learned
    c.scalesEmbeddings = false
    c.hasOutputBias = false
    c.scalesScores = try folder.config.bool("scale_attn_weights", default: true)
    c.scalesScoresByLayer = try folder.config.bool("scale_attn_by_inverse_layer_idx", default: false)
    try folder.config.expect("add_cross_attention", false)
    folder.config.ignore([
      "attn_pdrop", "embd_pdrop", "resid_pdrop", "n_ctx", "reorder_and_upcast_attn", "summary_activation",
      "summary_first_dropout", "summary_proj_to_labels", "summary_type", "summary_use_proj",
    ])
    try tokens(&folder, &c)
    let isTied = try folder.config.bool("tie_word_embeddings", default: true)
    c.tiedEmbeddings = isTied || !folder.holds("lm_head.weight") ? .all : .none
    if !isTied && !folder.holds("lm_head.weight") {
      throw ModelError(
        "\(folder.archive.file): parameter 'lm_head.weight' is missing, and config.json says that it is not the embedding"
      )
    }
    try folder.check(c)
    let tokenizer = try folder.tokenizer(.source, size: c.sourceVocabularySize)
    c.affixes.sourcePrefix = tokenizer?.surroundings.before ?? []
    var model = ForeignModel(c, MappedParameters(folder.archive, map(c, folder)))
    (model.source, model.target) = (tokenizer, tokenizer)
    return model
  }

  /// A prompt and what follows share the positions.
  private static func tokens(_ folder: inout HuggingFaceFolder, _ c: inout TransformerConfiguration) throws {
    c.sourceVocabularySize = try folder.config.int("vocab_size", default: 50_257)
    c.targetVocabularySize = c.sourceVocabularySize
    c.startID = try folder.special("bos_token_id") ?? 50_256
    c.endID = try folder.special("eos_token_id") ?? 50_256
    c.padID = try folder.special("pad_token_id") ?? c.endID
    c.unknownID = c.endID
    try folder.decoding(&c)
    (c.sourceHasStart, c.sourceHasEnd) = (false, false)
    let positions = try folder.config.int("n_positions", default: 1024)
    c.sharedPositions = positions
    c.maximumSourceLength = positions
    // What follows is cut there unless somebody asks for more; the model itself has no end.
    c.maximumTargetLength = min(100, positions)
  }

  private static func map(_ c: TransformerConfiguration, _ folder: HuggingFaceFolder) -> ParameterMap {
    let model = folder.prefix("transformer.")
    var map = ParameterMap()
    map[c.tiedEmbeddings == .all ? "embedding.weight" : "decoder.embedding.weight"] = .stored(model + "wte.weight")
    map["decoder.positions.weight"] = .stored(model + "wpe.weight")
    map["output.kernel"] = .transposed(.stored("lm_head.weight"))
    map.norm("decoder.norm", model + "ln_f")
    for layer in 0..<c.decoderLayers {
      let (ours, theirs) = ("decoder.layers.\(layer)", "\(model)h.\(layer)")
      map.norm(ours + ".attention_norm", theirs + ".ln_1")
      for (index, part) in ["query", "key", "value"].enumerated() {
        let columns = index * c.width..<(index + 1) * c.width
        map["\(ours).attention.\(part).kernel"] = .columns(.stored(theirs + ".attn.c_attn.weight"), columns)
        map["\(ours).attention.\(part).bias"] = .columns(.stored(theirs + ".attn.c_attn.bias"), columns)
      }
      map.convolution(ours + ".attention.output", theirs + ".attn.c_proj")
      map.norm(ours + ".feed_forward_norm", theirs + ".ln_2")
      map.convolution(ours + ".feed_forward.inner", theirs + ".mlp.c_fc")
      map.convolution(ours + ".feed_forward.outer", theirs + ".mlp.c_proj")
    }
    // Masks, which older files carry, and the output where it is the embedding.
    map.isHarmless = {
      $0.hasSuffix(".attn.bias") || $0.hasSuffix(".attn.masked_bias") || $0 == "lm_head.weight"
        || !$0.hasPrefix(model) || $0.hasPrefix("score.")
    }
    return map
  }
}

extension ParameterMap {
  /// GPT-2's `Conv1D`, which is a linear layer with its matrix as `[in, out]`.
  fileprivate mutating func convolution(_ ours: String, _ theirs: String) {
    self[ours + ".kernel"] = .stored(theirs + ".weight")
    self[ours + ".bias"] = .stored(theirs + ".bias")
  }
}
