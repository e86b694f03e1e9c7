extension HuggingFaceFolder {
  /// From our names to those that BART and its relatives share; says in the configuration which matrices are one.
  ///
  /// - Throws: `CheckpointError`, or `ModelError` for a file without the output that its configuration asks for.
  mutating func bartMap(_ c: inout TransformerConfiguration) throws -> ParameterMap {
    let model = prefix("model.")
    var map = ParameterMap()
    let matrices = try matrices(
      shared: model + "shared.weight", encoder: model + "encoder.embed_tokens.weight",
      decoder: model + "decoder.embed_tokens.weight", output: "lm_head.weight")
    if try !config.bool("tie_word_embeddings", default: true), !holds("lm_head.weight") {
      throw ModelError("\(archive.file): parameter 'lm_head.weight' is missing; tie_word_embeddings is false")
    }
    c.tiedEmbeddings = matrices.tying
    map.matrices(matrices)
    map["output.bias"] = .reshaped(.stored("final_logits_bias"), [c.targetVocabularySize])
    for (stack, layers) in [("encoder", c.encoderLayers), ("decoder", c.decoderLayers)] {
      for layer in 0..<min(max(layers, 0), 64) {
        map.bartLayer("\(stack).layers.\(layer)", "\(model)\(stack).layers.\(layer)", isDecoder: stack == "decoder")
      }
      map["\(stack).positions.weight"] = .stored("\(model)\(stack).embed_positions.weight")
      map.norm("\(stack).embedding_norm", "\(model)\(stack).layernorm_embedding")
      map.norm("\(stack).norm", "\(model)\(stack).layer_norm")
    }
    // Matrices stored under several names, tables that are computed, and what fairseq leaves behind.
    let leftovers = ["embed_positions.weights", "embed_positions._float_tensor", "coder.version"]
    map.isHarmless = { name in matrices.names.contains(name) || leftovers.contains { name.hasSuffix($0) } }
    return map
  }
}

extension ParameterMap {
  /// A layer as BART's relatives name its parts; the keys of Whisper have no bias.
  mutating func bartLayer(_ ours: String, _ theirs: String, isDecoder: Bool, keysHaveBias: Bool = true) {
    bartAttention(ours + ".attention", theirs + ".self_attn", keysHaveBias)
    norm(ours + ".attention_norm", theirs + ".self_attn_layer_norm")
    if isDecoder {
      bartAttention(ours + ".cross_attention", theirs + ".encoder_attn", keysHaveBias)
      norm(ours + ".cross_attention_norm", theirs + ".encoder_attn_layer_norm")
    }
    linear(ours + ".feed_forward.inner", theirs + ".fc1")
    linear(ours + ".feed_forward.outer", theirs + ".fc2")
    norm(ours + ".feed_forward_norm", theirs + ".final_layer_norm")
  }

  private mutating func bartAttention(_ ours: String, _ theirs: String, _ keysHaveBias: Bool) {
    linear(ours + ".query", theirs + ".q_proj")
    linear(ours + ".key", theirs + ".k_proj", hasBias: keysHaveBias)
    linear(ours + ".value", theirs + ".v_proj")
    linear(ours + ".output", theirs + ".out_proj")
  }
}
