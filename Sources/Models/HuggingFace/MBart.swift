import Layers

/// mBART (Liu et al. 2020) and mBART-50 (Tang et al. 2020): BART with the norm before each part, a final one, and a
/// token for each language.
enum MBART: HuggingFaceArchitecture {
  static func open(_ folder: inout HuggingFaceFolder, _ options: OpeningOptions) throws -> ForeignModel {
    var c = try folder.bartConfiguration(
      BartDefaults(vocabulary: 50_265, pad: 1, end: 2, begin: 0, unknown: 3))
    c.normalization = .before
    c.hasFinalNorm = true
    c.positions = .learned
    c.positionOffset = 2
    c.hasEmbeddingNorm = true
    try folder.config.expect("normalize_before", true)
    try folder.config.expect("add_final_layer_norm", true)
    try folder.config.expect("normalize_embedding", true)
    try folder.config.expect("static_position_embeddings", false)
    let tokenizer = try folder.tokenizerClass()
    let isFifty = tokenizer?.hasPrefix("MBart50") ?? false
    let languages = Languages(names: try folder.additionalTokens(), usual: "en_XX", startsTarget: !isFifty)
    return try folder.bartModel(
      c, options, layout: .fairseq(after: languages.names + ["<mask>"]), languages: languages,
      wrapping: isFifty
        ? .init(before: [.sourceLanguage], after: [.id(c.endID)])
        : .init(before: [], after: [.id(c.endID), .sourceLanguage]))
  }
}
