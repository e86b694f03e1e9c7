import Layers

/// Marian's translation models (Junczys-Dowmunt et al. 2018), OPUS-MT among them: the Transformer of Vaswani et al.
/// 2017 with the norm after each part, and the padding token to start from.
enum Marian: HuggingFaceArchitecture {
  static func open(_ folder: inout HuggingFaceFolder, _ options: OpeningOptions) throws -> ForeignModel {
    var c = try folder.bartConfiguration(
      BartDefaults(vocabulary: 58_101, pad: 58_100, start: 58_100, end: 0, unknown: 1))
    c.normalization = .after
    c.hasFinalNorm = false
    folder.usePositions(&c)
    try folder.config.expect("normalize_before", false)
    try folder.config.expect("add_final_layer_norm", false)
    try folder.config.expect("normalize_embedding", false)
    try folder.config.expect("static_position_embeddings", true)
    c.targetVocabularySize = try folder.config.int("decoder_vocab_size") ?? c.sourceVocabularySize
    // The weights say as much: a file of separate embeddings holds both.
    if try folder.config.bool("share_encoder_decoder_embeddings", default: true),
      c.targetVocabularySize != c.sourceVocabularySize
    {
      throw folder.config.refusal(
        "decoder_vocab_size", "\(c.targetVocabularySize) with shared embeddings",
        known: ["\(c.sourceVocabularySize), which is vocab_size,"])
    }
    // Models of several targets want theirs named at the start of the text.
    let languages = Languages(names: [], usual: nil, startsTarget: false, marksSource: true)
    return try folder.bartModel(
      c, options, languages: languages, wrapping: .init(before: [], after: [.id(c.endID)]))
  }
}
