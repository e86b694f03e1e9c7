import Layers

/// Pegasus (Zhang et al. 2020), which summarises: Marian's positions, the norm before each part and a final one.
enum Pegasus: HuggingFaceArchitecture {
  static func open(_ folder: inout HuggingFaceFolder, _ options: OpeningOptions) throws -> ForeignModel {
    var c = try folder.bartConfiguration(BartDefaults(vocabulary: 50_265, pad: 0, start: 0, end: 1, unknown: 105))
    c.normalization = .before
    c.hasFinalNorm = true
    folder.usePositions(&c)
    try folder.config.expect("normalize_before", true)
    try folder.config.expect("add_final_layer_norm", true)
    try folder.config.expect("normalize_embedding", false)
    try folder.config.expect("static_position_embeddings", true)
    try folder.config.expect("force_bos_token_to_be_generated", false)
    return try folder.bartModel(c, options, layout: .pegasus, wrapping: .init(before: [], after: [.id(c.endID)]))
  }
}
