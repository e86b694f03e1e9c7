import Layers

/// BART (Lewis et al. 2020): learned positions that begin at 2, a norm on the embeddings, and the norm after each part.
enum BART: HuggingFaceArchitecture {
  static func open(_ folder: inout HuggingFaceFolder, _ options: OpeningOptions) throws -> ForeignModel {
    var c = try folder.bartConfiguration(
      BartDefaults(vocabulary: 50_265, pad: 1, start: 2, end: 2, begin: 0, unknown: 3))
    c.normalization = .after
    c.hasFinalNorm = false
    c.positions = .learned
    c.positionOffset = 2
    c.hasEmbeddingNorm = true
    try folder.config.expect("normalize_before", false)
    try folder.config.expect("add_final_layer_norm", false)
    try folder.config.expect("normalize_embedding", true)
    try folder.config.expect("static_position_embeddings", false)
    // What this asks for, forced_bos_token_id says in newer files.
    if try folder.config.bool("force_bos_token_to_be_generated", default: false), c.affixes.targetPrefix.isEmpty,
      let begin = try folder.special("bos_token_id")
    {
      c.affixes.targetPrefix = [begin]
    }
    let begin = try folder.special("bos_token_id") ?? 0
    return try folder.bartModel(c, options, wrapping: .init(before: [.id(begin)], after: [.id(c.endID)]))
  }
}
