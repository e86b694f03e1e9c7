import Checkpoints
import Tensors
import Text

/// BERT (Devlin et al. 2019) and its distillations under the same `model_type`, MiniLM among them: an encoder with the
/// norm after each part, that reads one text as its first segment.
enum Bert: HuggingFaceArchitecture {
  static func open(_ folder: inout HuggingFaceFolder, _ options: OpeningOptions) throws -> ForeignModel {
    let c = try folder.bertConfiguration(vocabulary: 30_522, pad: 0)
    try folder.config.expect("position_embedding_type", "absolute")
    // Of Google's own files; nothing is pooled here.
    try folder.config.expect("directionality", "bidi")
    folder.config.ignore([
      "pooler_fc_size", "pooler_num_attention_heads", "pooler_num_fc_layers", "pooler_size_per_head", "pooler_type",
    ])
    try folder.check(c)
    return try folder.encoder(
      c, map(c, folder, prefix: "bert.", firstPosition: 0), parts: ["embeddings.", "encoder.layer."], prefix: "bert.",
      special: ("[CLS]", "[SEP]"))
  }

  /// From our names to BERT's, which RoBERTa has taken over.
  ///
  /// - Parameter firstPosition: the row of the table of positions that a text's first token gets.
  static func map(
    _ c: TransformerConfiguration, _ folder: HuggingFaceFolder, prefix: String, firstPosition: Int
  ) -> ParameterMap {
    let model = folder.prefix(prefix)
    var map = ParameterMap()
    let embeddings = model + "embeddings."
    map["embedding.weight"] = .stored(embeddings + "word_embeddings.weight")
    map["encoder.positions.weight"] = positions(
      embeddings, rows: firstPosition..<(firstPosition + c.maximumSourceLength))
    folder.mapNorm(&map, "encoder.embedding_norm", embeddings + "LayerNorm")
    for layer in 0..<c.encoderLayers {
      let (ours, theirs) = ("encoder.layers.\(layer)", model + "encoder.layer.\(layer)")
      for part in ["query", "key", "value"] {
        map.linear("\(ours).attention.\(part)", "\(theirs).attention.self.\(part)")
      }
      map.linear(ours + ".attention.output", theirs + ".attention.output.dense")
      folder.mapNorm(&map, ours + ".attention_norm", theirs + ".attention.output.LayerNorm")
      map.linear(ours + ".feed_forward.inner", theirs + ".intermediate.dense")
      map.linear(ours + ".feed_forward.outer", theirs + ".output.dense")
      folder.mapNorm(&map, ours + ".feed_forward_norm", theirs + ".output.LayerNorm")
    }
    return map
  }

  /// Every token is of the first segment, so its vector is part of each position's.
  private static func positions(_ embeddings: String, rows: Range<Int>) -> ParameterRecipe {
    let (positions, types) = (embeddings + "position_embeddings.weight", embeddings + "token_type_embeddings.weight")
    return .computed(from: [positions, types]) { archive in
      let table = try archive.matrix(named: positions)
      let segments = try archive.matrix(named: types)
      guard table.rows >= rows.upperBound, segments.rows > 0, segments.columns == table.columns else {
        throw ModelError(
          "\(archive.file): parameter '\(positions)' has \(table.rows) rows and '\(types)' \(segments.rows); the "
            + "configuration asks for \(rows.upperBound) and at least 1")
      }
      return table.rows(rows).tensor() + segments.rows(0..<1).tensor()
    }
  }
}

/// RoBERTa (Liu et al. 2019): BERT whose positions are counted from after the padding token's id.
enum Roberta: HuggingFaceArchitecture {
  static func open(_ folder: inout HuggingFaceFolder, _ options: OpeningOptions) throws -> ForeignModel {
    var c = try folder.bertConfiguration(vocabulary: 50_265, pad: 1)
    try folder.config.expect("position_embedding_type", "absolute")
    c.startID = try folder.special("bos_token_id") ?? 0
    c.endID = try folder.special("eos_token_id") ?? 2
    try folder.check(c)
    let first = c.padID + 1
    guard first < c.maximumSourceLength else {
      throw folder.config.refusal(
        "max_position_embeddings", "\(c.maximumSourceLength)", known: ["more than pad_token_id + 1, \(first),"])
    }
    c.maximumSourceLength -= first
    return try folder.encoder(
      c, Bert.map(c, folder, prefix: "roberta.", firstPosition: first), parts: ["embeddings.", "encoder.layer."],
      prefix: "roberta.", special: ("<s>", "</s>"))
  }
}

/// DistilBERT (Sanh et al. 2019): BERT without segments.
enum DistilBert: HuggingFaceArchitecture {
  static func open(_ folder: inout HuggingFaceFolder, _ options: OpeningOptions) throws -> ForeignModel {
    var c = try folder.encoderConfiguration(vocabulary: 30_522, pad: 0)
    c.encoderLayers = try folder.config.int("n_layers", default: 6)
    c.heads = try folder.config.int("n_heads", default: 12)
    c.width = try folder.config.int("dim", default: 768)
    c.feedForwardWidth = try folder.config.int("hidden_dim", default: 4 * 768)
    c.activation = try folder.activation("activation", default: "gelu")
    // Sinusoids are in the file as well.
    folder.config.ignore(["sinusoidal_pos_embds", "qa_dropout", "seq_classif_dropout", "tie_weights_"])
    try folder.check(c)
    return try folder.encoder(
      c, map(c, folder), parts: ["embeddings.", "transformer.layer."], prefix: "distilbert.",
      special: ("[CLS]", "[SEP]"))
  }

  private static func map(_ c: TransformerConfiguration, _ folder: HuggingFaceFolder) -> ParameterMap {
    let model = folder.prefix("distilbert.")
    var map = ParameterMap()
    map["embedding.weight"] = .stored(model + "embeddings.word_embeddings.weight")
    map["encoder.positions.weight"] = .stored(model + "embeddings.position_embeddings.weight")
    folder.mapNorm(&map, "encoder.embedding_norm", model + "embeddings.LayerNorm")
    for layer in 0..<c.encoderLayers {
      let (ours, theirs) = ("encoder.layers.\(layer)", model + "transformer.layer.\(layer)")
      for (part, name) in [("query", "q_lin"), ("key", "k_lin"), ("value", "v_lin"), ("output", "out_lin")] {
        map.linear("\(ours).attention.\(part)", "\(theirs).attention.\(name)")
      }
      folder.mapNorm(&map, ours + ".attention_norm", theirs + ".sa_layer_norm")
      map.linear(ours + ".feed_forward.inner", theirs + ".ffn.lin1")
      map.linear(ours + ".feed_forward.outer", theirs + ".ffn.lin2")
      folder.mapNorm(&map, ours + ".feed_forward_norm", theirs + ".output_layer_norm")
    }
    return map
  }
}
