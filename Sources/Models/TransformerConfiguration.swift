import Autograd
import Layers
import Traces

/// `config.json` of a Transformer (Vaswani et al. 2017) and its relatives, `model_type` `heed-transformer`; keys as
/// written there.
///
/// The defaults are a small encoder-decoder with the norm before each part (Xiong et al. 2020), which trains without
/// care, and one matrix for the target's embedding and the output.
public struct TransformerConfiguration: ModelConfiguration {
  public typealias Model = Transformer

  public static let modelType = "heed-transformer"
  public static let family = "transformer"

  public enum Kind: String, Sendable, CaseIterable, Codable {
    /// Reads a source and produces a target.
    case encoderDecoder = "encoder-decoder"
    /// Reads a source and says one thing of each of its tokens.
    case encoderOnly = "encoder-only"
    /// Goes on where the source, its prompt, ends; source and target are one vocabulary.
    case decoderOnly = "decoder-only"
  }
  public enum Positions: String, Sendable, CaseIterable, Codable {
    /// As `PositionKind` says; learned ones for as many positions as the maximal lengths say.
    case sinusoidal, interleaved, tensor2tensor, learned
    case none
  }
  /// What is one matrix (Press & Wolf 2017).
  public enum Tying: String, Sendable, CaseIterable, Codable {
    case none
    /// The target's embedding and the output.
    case target
    /// Both embeddings and the output.
    case all
    /// Both embeddings.
    case embeddings
  }

  public var kind = Kind.encoderDecoder
  public var encoderLayers = 3
  public var decoderLayers = 3
  public var heads = 4
  /// Of the decoder, where it has others.
  public var decoderHeads: Int?
  /// Width of the model.
  public var width = 256
  /// Widths of one head's queries and keys, and of its values; `width / heads` if nil.
  public var keyWidth: Int?
  public var valueWidth: Int?
  public var feedForwardWidth = 1024
  /// Of the decoder, where it is another.
  public var decoderFeedForwardWidth: Int?
  /// Whether a second linear layer gates the activation (Shazeer 2020).
  public var isGated = false
  public var hasFeedForwardBias = true
  public var hasAttentionBias = true
  /// Whether scores are divided by the root of the keys' width.
  public var scalesScores = true
  public var activation = Activation.relu
  public var normalization = TransformerBlock.Normalization.before
  public var normEpsilon: Float = 1e-6
  /// False for the root mean square form (Zhang & Sennrich 2019).
  public var hasCentredNorms = true
  /// A norm before the first layer of each stack.
  public var hasEmbeddingNorm = false
  /// A norm after the last layer of each stack.
  public var hasFinalNorm = true
  /// Whether scores are divided by the layer's number as well, from 1 (GPT-2's `scale_attn_by_inverse_layer_idx`).
  public var scalesScoresByLayer = false
  public var positions = Positions.sinusoidal
  /// What the first position is counted as; 2 in BART.
  public var positionOffset = 0
  /// Buckets of distances that have a number of their own in the scores of self-attention (Raffel et al. 2020).
  public var relativeBuckets: Int?
  /// From here on all distances share one bucket.
  public var relativeDistance = 128
  /// Multiplies embeddings by the root of the width before positions are added.
  public var scalesEmbeddings = true
  /// Mel filters of the spectrograms that the encoder hears in place of reading tokens (Whisper); its positions are
  /// two frames of 10 ms each.
  public var soundFilters: Int?
  /// How many learned positions a language model has for a prompt and what follows together; nil if each side has its
  /// own maximal length.
  public var sharedPositions: Int?
  public var tiedEmbeddings = Tying.target
  public var hasOutputBias = true
  /// Divides what the output matrix reads by the root of the width.
  public var scalesOutput = false
  public var text = TextSettings()
  /// For each of the first steps of every target the ids of which the best is chosen, such as languages'; where that is
  /// one each, the target prefix says it.
  public var beginTokens: [[Int]] = []
  /// Ids that are not chosen at the step after those.
  public var beginSuppressedTokens: [Int] = []

  public init() {}

  public static let fields: [ConfigurationField<Self>] =
    [
      .init("kind", \.kind), .init("encoder_layers", \.encoderLayers), .init("decoder_layers", \.decoderLayers),
      .init("heads", \.heads), .init("width", \.width), .init(optional: "key_width", \.keyWidth),
      .init(optional: "value_width", \.valueWidth), .init("feed_forward_width", \.feedForwardWidth),
      .init("activation", \.activation), .init("normalization", \.normalization),
      .init("norm_epsilon", \.normEpsilon), .init("final_norm", \.hasFinalNorm), .init("positions", \.positions),
      .init("scale_embeddings", \.scalesEmbeddings), .init("tied_embeddings", \.tiedEmbeddings),
      .init("output_bias", \.hasOutputBias),
    ] + variantFields + textFields

  /// What sets relatives apart; written only where they differ from the original.
  private static let variantFields: [ConfigurationField<Self>] = [
    .init(optional: "decoder_heads", \.decoderHeads),
    .init(optional: "decoder_feed_forward_width", \.decoderFeedForwardWidth),
    .init("gated_feed_forward", \.isGated, unless: false),
    .init("feed_forward_bias", \.hasFeedForwardBias, unless: true),
    .init("attention_bias", \.hasAttentionBias, unless: true), .init("scale_scores", \.scalesScores, unless: true),
    .init("centred_norms", \.hasCentredNorms, unless: true),
    .init("embedding_norm", \.hasEmbeddingNorm, unless: false),
    .init("position_offset", \.positionOffset, unless: 0),
    .init(optional: "relative_buckets", \.relativeBuckets),
    .init("relative_distance", \.relativeDistance, unless: 128),
    .init("scale_output", \.scalesOutput, unless: false),
    .init("scale_scores_by_layer", \.scalesScoresByLayer, unless: false),
    .init(optional: "sound_filters", \.soundFilters), .init(optional: "shared_positions", \.sharedPositions),
    .init(list: "begin_tokens", \.beginTokens), .init(list: "begin_suppress_tokens", \.beginSuppressedTokens),
  ]

  public var readsSource: Bool { kind != .decoderOnly }

  /// Heads of self-attention, or of cross-attention.
  func heads(at site: Site) -> Int { site == .encoder ? heads : decoderHeads ?? heads }

  /// A layer of the encoder or of the decoder, counted from 0.
  func block(_ site: Site, layer: Int) -> TransformerBlock.Configuration {
    let heads = heads(at: site)
    let hidden = site == .encoder ? feedForwardWidth : decoderFeedForwardWidth ?? feedForwardWidth
    var block = TransformerBlock.Configuration(width: width, heads: heads, hidden: hidden)
    block.keyWidth = keyWidth ?? width / max(heads, 1)
    block.valueWidth = valueWidth ?? width / max(heads, 1)
    block.hasCentredNorms = hasCentredNorms
    block.hasAttentionBias = hasAttentionBias
    block.scalesScores = scalesScores
    block.hasFeedForwardBias = hasFeedForwardBias
    block.isGated = isGated
    block.activation = activation
    block.normalization = normalization
    block.epsilon = normEpsilon
    block.scoreDivisor = scalesScoresByLayer ? Float(layer + 1) : 1
    return block
  }

  /// Encoder, decoder, cross, as far as there are any.
  var attention: [AttentionLayout] {
    let encoder = keepsEncoderAttention ? [AttentionLayout(site: .encoder, layers: encoderLayers, heads: heads)] : []
    let decoder = AttentionLayout(site: .decoder, layers: decoderLayers, heads: heads(at: .decoder))
    let cross = AttentionLayout(site: .cross, layers: decoderLayers, heads: heads(at: .cross))
    switch kind {
    case .encoderDecoder: return encoder + [decoder, cross]
    case .encoderOnly: return encoder
    case .decoderOnly: return [decoder]
    }
  }

  /// Encoder self-attention over sound is recorded up to so many weights: a sound has thousands of positions.
  private static let mostSoundWeights = 1 << 24

  /// Whether encoder self-attention is recorded: always but where a model that hears would need too much memory.
  var keepsEncoderAttention: Bool {
    guard soundFilters != nil else { return true }
    return [encoderLayers, heads, maximumSourceLength, maximumSourceLength].reduce(1.0) { $0 * Double($1) }
      <= Double(Self.mostSoundWeights)
  }

  /// Rows of a table of learned positions.
  func positionLimit(_ site: Site) -> Int {
    switch site {
    case .encoder: maximumSourceLength
    case .decoder, .cross:
      kind == .decoderOnly ? sharedPositions ?? maximumTargetLength + maximumSourceLength : maximumTargetLength
    }
  }

  /// `Transformer 3+3 layers × 4 heads · 256`.
  public var summary: String {
    switch kind {
    case .encoderDecoder: "Transformer \(encoderLayers)+\(decoderLayers) layers × \(heads) heads · \(width)"
    case .encoderOnly: "Transformer encoder \(encoderLayers) layers × \(heads) heads · \(width)"
    case .decoderOnly: "Transformer decoder \(decoderLayers) layers × \(heads) heads · \(width)"
    }
  }

  public var problem: String? {
    sizeProblem(sizes) ?? tokenProblem ?? incompatibility
  }

  private var sizes: [(key: String, size: Int)] {
    [
      ("heads", heads), ("decoder_heads", decoderHeads ?? heads), ("width", width),
      ("key_width", keyWidth ?? width / max(heads, 1)), ("value_width", valueWidth ?? width / max(heads, 1)),
      ("feed_forward_width", feedForwardWidth),
      ("decoder_feed_forward_width", decoderFeedForwardWidth ?? feedForwardWidth), ("encoder_layers", encoderLayers),
      ("decoder_layers", decoderLayers), ("sound_filters", soundFilters ?? 1),
      ("shared_positions", sharedPositions ?? 1),
    ]
  }

  private func isTarget(_ id: Int) -> Bool { (0..<targetVocabularySize).contains(id) }

  private var incompatibility: String? {
    if let ids = beginTokens.first(where: { $0.isEmpty }) ?? beginTokens.first(where: { !$0.allSatisfy(isTarget) }) {
      return "begin_tokens has \(ids); each step needs ids of the target vocabulary"
    }
    if let id = beginSuppressedTokens.first(where: { !isTarget($0) }) {
      return "begin_suppress_tokens has \(id), outside the target vocabulary"
    }
    if encoderLayers > 64 || decoderLayers > 64 { return "more than 64 layers" }
    for heads in [heads, decoderHeads ?? heads] {
      if heads > 256 { return "heads is \(heads); expected 1 to 256" }
      if (keyWidth == nil || valueWidth == nil) && width % heads != 0 {
        return "width \(width) is no multiple of heads \(heads); give key_width and value_width, or another width"
      }
    }
    if !(0...1024).contains(positionOffset) { return "position_offset is \(positionOffset); expected 0 to 1024" }
    if let buckets = relativeBuckets, !(4...4096).contains(buckets) || relativeDistance <= buckets / 2 {
      return
        "relative_buckets is \(buckets) and relative_distance \(relativeDistance); expected 4 to 4096 buckets, and "
        + "a distance of more than half as many"
    }
    if !(normEpsilon > 0 && normEpsilon < 1) { return "norm_epsilon is \(normEpsilon); expected between 0 and 1" }
    if [.sinusoidal, .interleaved, .tensor2tensor].contains(positions) && width % 2 != 0 {
      return "width is \(width); sinusoidal positions need an even one"
    }
    let isOneVocabulary = sourceVocabularySize == targetVocabularySize
    if kind == .decoderOnly && !isOneVocabulary {
      return "kind 'decoder-only' has one vocabulary; source_vocabulary_size is \(sourceVocabularySize) and "
        + "target_vocabulary_size \(targetVocabularySize)"
    }
    if kind == .decoderOnly && sourceHasEnd {
      return "kind 'decoder-only' goes on where the prompt ends; set source_has_end to false"
    }
    if soundFilters != nil
      && (kind != .encoderDecoder || positions != .learned || [.all, .embeddings].contains(tiedEmbeddings))
    {
      return "sound_filters need kind 'encoder-decoder', learned positions and an embedding of the decoder's own"
    }
    if sharedPositions != nil && (kind != .decoderOnly || positions != .learned) {
      return "shared_positions need kind 'decoder-only' and learned positions"
    }
    if [.all, .embeddings].contains(tiedEmbeddings) && !isOneVocabulary {
      return
        "tied_embeddings '\(tiedEmbeddings.rawValue)' needs one vocabulary; source_vocabulary_size is \(sourceVocabularySize) and "
        + "target_vocabulary_size \(targetVocabularySize)"
    }
    if kind == .encoderOnly && tiedEmbeddings == .target {
      return "tied_embeddings 'target' needs a decoder; kind is 'encoder-only'"
    }
    return nil
  }
}
