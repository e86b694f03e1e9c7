import Checkpoints
import Text

// What the encoders that only read have in common.

extension HuggingFaceFolder {
  /// What every encoder's configuration says, or is taken for granted in it.
  ///
  /// - Parameters:
  ///   - vocabulary: the class's default for `vocab_size`.
  ///   - pad: the class's default for `pad_token_id`.
  mutating func encoderConfiguration(vocabulary: Int, pad: Int) throws -> TransformerConfiguration {
    var c = TransformerConfiguration()
    c.kind = .encoderOnly
    c.normalization = .after
    c.hasFinalNorm = false
    c.hasEmbeddingNorm = true
    c.normEpsilon = 1e-12
    c.positions = .learned
    c.scalesEmbeddings = false
    // No output is computed: what its heads say of a text is not what heed shows.
    c.tiedEmbeddings = .all
    c.hasOutputBias = false
    c.sourceVocabularySize = try config.int("vocab_size", default: vocabulary)
    c.targetVocabularySize = c.sourceVocabularySize
    c.maximumSourceLength = try config.int("max_position_embeddings", default: 512)
    c.maximumTargetLength = 1
    c.padID = try special("pad_token_id") ?? pad
    (c.startID, c.endID, c.unknownID) = (c.padID, c.padID, c.padID)
    (c.sourceHasStart, c.sourceHasEnd) = (true, true)
    config.ignore([
      "bos_token_id", "eos_token_id", "tie_word_embeddings",
      // What sentence-transformers does with the scores of a cross-encoder.
      "sbert_ce_default_activation_function", "sentence_transformers",
    ])
    try requireAllHeads()
    return c
  }

  /// The keys that BERT and RoBERTa share.
  mutating func bertConfiguration(vocabulary: Int, pad: Int) throws -> TransformerConfiguration {
    var c = try encoderConfiguration(vocabulary: vocabulary, pad: pad)
    c.width = try config.int("hidden_size", default: 768)
    c.encoderLayers = try config.int("num_hidden_layers", default: 12)
    c.heads = try config.int("num_attention_heads", default: 12)
    c.feedForwardWidth = try config.int("intermediate_size", default: 3072)
    c.activation = try activation("hidden_act", default: "gelu")
    c.normEpsilon = try config.float("layer_norm_eps", default: 1e-12)
    try config.expect("is_decoder", false)
    try config.expect("add_cross_attention", false)
    try config.expect("is_encoder_decoder", false)
    // How many segments there are; the first is always there.
    config.ignore(["type_vocab_size"])
    return c
  }

  /// A normalisation under PyTorch's names, or under TensorFlow's, which files of before 2019 have.
  func mapNorm(_ map: inout ParameterMap, _ ours: String, _ theirs: String) {
    let isOld = holds(theirs + ".gamma")
    map[ours + ".gamma"] = .stored(theirs + (isOld ? ".gamma" : ".weight"))
    map[ours + ".beta"] = .stored(theirs + (isOld ? ".beta" : ".bias"))
  }

  /// The model of a configuration and its map.
  ///
  /// - Parameters:
  ///   - parts: what the names of its parameters begin with, after `prefix` where the model was saved with a head;
  ///     whatever else lies in the file is a head.
  ///   - special: the tokens around a text, as its vocabulary spells them.
  mutating func encoder(
    _ configuration: TransformerConfiguration, _ map: ParameterMap, parts: [String], prefix: String,
    special: (start: String, end: String)
  ) throws -> ForeignModel {
    var (c, map) = (configuration, map)
    let tokenizer = try tokenizer(.source, size: c.sourceVocabularySize)
    if let tokenizer {
      // What the tokenizer's file puts around a text goes before what the architecture's usually does.
      let around = tokenizer.surroundings
      c.affixes.sourcePrefix = around.before
      c.affixes.sourceSuffix = around.after
      let isSaid = !around.before.isEmpty || !around.after.isEmpty
      if let start = tokenizer.id(of: special.start) { c.startID = start }
      if let end = tokenizer.id(of: special.end) { c.endID = end }
      c.sourceHasStart = !isSaid && tokenizer.id(of: special.start) != nil
      c.sourceHasEnd = !isSaid && tokenizer.id(of: special.end) != nil
      if let unknown = tokenizer.unknownID { c.unknownID = unknown }
    }
    let names = parts.map { self.prefix(prefix) + $0 }
    map.isHarmless = { name in
      name.hasSuffix("position_ids") || name.hasSuffix("token_type_ids") || !names.contains(where: name.hasPrefix)
    }
    noteHeads(besides: names)
    var model = ForeignModel(c, MappedParameters(archive, map))
    (model.source, model.target) = (tokenizer, tokenizer)
    return model
  }

  /// Says which parts of the file nothing is computed with.
  private mutating func noteHeads(besides names: [String]) {
    var heads: [String] = []
    for tensor in archive.tensors where !names.contains(where: tensor.name.hasPrefix) {
      let head = String(
        tensor.name.split(separator: ".").prefix { !["weight", "bias"].contains($0) }.prefix(2)
          .joined(separator: "."))
      if !heads.contains(head) { heads.append(head) }
    }
    if !heads.isEmpty {
      note("not computed, since attention does not depend on it: \(heads.prefix(6).joined(separator: ", "))")
    }
  }
}
