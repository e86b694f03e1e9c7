import Checkpoints

extension HuggingFaceFolder {
  /// What precedes names in a model with a head, and does not in one without: `model.`, or nothing.
  func prefix(_ base: String) -> String {
    archive.tensors.contains { $0.name.hasPrefix(base) } ? base : ""
  }

  func holds(_ name: String) -> Bool { (try? archive.info(of: name)) != nil }

  /// From our names to those that BART and its relatives share.
  func bartMap(_ c: TransformerConfiguration) -> ParameterMap {
    let model = prefix("model.")
    var map = ParameterMap()
    let shared = ["shared.weight", "encoder.embed_tokens.weight", "decoder.embed_tokens.weight"].map { model + $0 }
    switch c.tiedEmbeddings {
    case .all:
      map["embedding.weight"] = .stored((shared + ["lm_head.weight"]).first(where: holds) ?? shared[0])
    case .target, .none:
      map["encoder.embedding.weight"] = .stored(shared[1])
      map["decoder.embedding.weight"] = .stored(shared[2])
    }
    map["output.bias"] =
      holds("final_logits_bias")
      ? .reshaped(.stored("final_logits_bias"), [c.targetVocabularySize]) : .constant(0)
    for layer in 0..<max(c.encoderLayers, 0) {
      map.bartLayer("encoder.layers.\(layer)", model + "encoder.layers.\(layer)", isDecoder: false)
    }
    for layer in 0..<max(c.decoderLayers, 0) {
      map.bartLayer("decoder.layers.\(layer)", model + "decoder.layers.\(layer)", isDecoder: true)
    }
    // Tied matrices that are stored under each of their names, and tables that are computed.
    let twins = Set(shared + ["lm_head.weight"])
    map.isHarmless = {
      twins.contains($0) || $0.hasSuffix("embed_positions.weight") || $0.hasSuffix("embed_positions.weights")
    }
    return map
  }
}

extension ParameterMap {
  fileprivate mutating func bartLayer(_ ours: String, _ theirs: String, isDecoder: Bool) {
    bartAttention(ours + ".attention", theirs + ".self_attn")
    norm(ours + ".attention_norm", theirs + ".self_attn_layer_norm")
    if isDecoder {
      bartAttention(ours + ".cross_attention", theirs + ".encoder_attn")
      norm(ours + ".cross_attention_norm", theirs + ".encoder_attn_layer_norm")
    }
    linear(ours + ".feed_forward.inner", theirs + ".fc1")
    linear(ours + ".feed_forward.outer", theirs + ".fc2")
    norm(ours + ".feed_forward_norm", theirs + ".final_layer_norm")
  }

  private mutating func bartAttention(_ ours: String, _ theirs: String) {
    linear(ours + ".query", theirs + ".q_proj")
    linear(ours + ".key", theirs + ".k_proj")
    linear(ours + ".value", theirs + ".v_proj")
    linear(ours + ".output", theirs + ".out_proj")
  }
}
