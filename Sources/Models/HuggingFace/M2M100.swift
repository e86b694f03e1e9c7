import Layers

/// M2M100 (Fan et al. 2021) and NLLB (NLLB Team 2022), which Transformers knows under one name: the norm before each
/// part, computed positions that begin at 2, and a token for each language.
enum M2M100: HuggingFaceArchitecture {
  static func open(_ folder: inout HuggingFaceFolder, _ options: OpeningOptions) throws -> ForeignModel {
    var c = try folder.bartConfiguration(
      BartDefaults(
        vocabulary: 128_112, activation: "relu", scalesEmbeddings: true, pad: 1, start: 2, end: 2, begin: 0, unknown: 3)
    )
    c.normalization = .before
    c.hasFinalNorm = true
    c.positions = .tensor2tensor
    c.positionOffset = c.padID + 1
    try folder.config.expect("normalize_before", true)
    try folder.config.expect("add_final_layer_norm", true)
    try folder.config.expect("static_position_embeddings", true)
    let isNLLB = try folder.tokenizerClass()?.hasPrefix("Nllb") ?? !folder.place.has("vocab.json")
    let languages = Languages(
      names: try folder.additionalTokens(), usual: isNLLB ? "eng_Latn" : "__en__", startsTarget: false)
    return try folder.bartModel(
      c, options, layout: isNLLB ? .fairseq(after: languages.names + ["<mask>"]) : .listed(after: languages.names),
      languages: languages, wrapping: .init(before: [.sourceLanguage], after: [.id(c.endID)]))
  }
}
