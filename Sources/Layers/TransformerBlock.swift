import Autograd
import Tensors
import Traces

/// One layer of a Transformer: self-attention, in a decoder with memory also cross-attention, and a feed-forward layer,
/// each with dropout, residual and layer normalisation. Encoders, decoders and language models are made of it.
///
/// With `normalization` `.after` it is the `TransformerBlock` of the TensorFlow and Keras tutorials and of Vaswani et
/// al. 2017; `.before` is the order of Xiong et al. 2020, whose stack ends with a normalisation of its own.
public struct TransformerBlock {
  /// Where layer normalisation stands.
  public enum Normalization: String, Sendable, Hashable, CaseIterable, Codable {
    /// `norm(x + f(x))`.
    case after
    /// `x + f(norm(x))`.
    case before
  }

  public struct Configuration: Sendable, Hashable {
    /// D.
    public var width: Int
    public var heads: Int
    /// Width of one head's key; D / H if nil.
    public var keyWidth: Int?
    /// Width of one head's value; as the key's if nil.
    public var valueWidth: Int?
    /// Width between the two layers of the feed-forward part.
    public var hidden: Int
    public var activation = Activation.relu
    public var normalization = Normalization.after
    public var epsilon: Float = 1e-6
    /// Whether norms take the mean away and add a shift; the root mean square form of T5 does neither.
    public var hasCentredNorms = true
    public var hasAttentionBias = true
    /// Whether scores are divided by the root of the keys' width.
    public var scalesScores = true
    public var hasFeedForwardBias = true
    /// Whether a second linear layer gates the activation (Shazeer 2020).
    public var isGated = false
    /// What scores are divided by besides, see `MultiHeadAttention`.
    public var scoreDivisor: Float = 1
    /// Width of what cross-attention looks at; nil for a block without cross-attention.
    public var memoryWidth: Int?

    public init(width: Int, heads: Int, hidden: Int) {
      self.width = width
      self.heads = heads
      self.hidden = hidden
    }

    func attention(memoryWidth: Int? = nil) -> MultiHeadAttention.Configuration {
      var attention = MultiHeadAttention.Configuration(
        width: width, heads: heads, keyWidth: keyWidth, valueWidth: valueWidth, memoryWidth: memoryWidth,
        hasBias: hasAttentionBias)
      attention.isScaled = scalesScores
      attention.divisor = scoreDivisor
      return attention
    }

    fileprivate func norm(_ source: inout some ParameterSource) throws -> LayerNorm {
      try LayerNorm(&source, width: width, epsilon: epsilon, isCentred: hasCentredNorms)
    }
  }

  /// What cross-attention looks at: made once for a batch of sources by `crossMemory`.
  public struct Cross {
    public var memory: HeadMemory
    public var mask: HeadMask

    public init(_ memory: HeadMemory, mask: HeadMask = .none) {
      self.memory = memory
      self.mask = mask
    }
  }

  public let configuration: Configuration
  public let attention: MultiHeadAttention
  public let crossAttention: MultiHeadAttention?
  private let attentionNorm: LayerNorm
  private let crossNorm: LayerNorm?
  private let feedForward: FeedForward
  private let feedForwardNorm: LayerNorm

  /// Parameters under `attention`, `attention_norm`, `feed_forward`, `feed_forward_norm` and, with a memory,
  /// `cross_attention` and `cross_attention_norm`.
  public init(_ source: inout some ParameterSource, _ configuration: Configuration) throws {
    self.configuration = configuration
    let c = configuration
    attention = try source.scoped("attention") { try MultiHeadAttention(&$0, c.attention()) }
    attentionNorm = try source.scoped("attention_norm") { try c.norm(&$0) }
    if let memoryWidth = c.memoryWidth {
      crossAttention = try source.scoped("cross_attention") {
        try MultiHeadAttention(&$0, c.attention(memoryWidth: memoryWidth))
      }
      crossNorm = try source.scoped("cross_attention_norm") { try c.norm(&$0) }
    } else {
      (crossAttention, crossNorm) = (nil, nil)
    }
    feedForward = try source.scoped("feed_forward") {
      try FeedForward(
        &$0, width: c.width, hidden: c.hidden, activation: c.activation, hasBias: c.hasFeedForwardBias,
        isGated: c.isGated)
    }
    feedForwardNorm = try source.scoped("feed_forward_norm") { try c.norm(&$0) }
  }

  /// Projects the encoder's states for cross-attention; nil for a block without.
  public func crossMemory(_ states: Variable, _ packing: Packing) -> Cross? {
    crossAttention.map { Cross($0.memory(states, packing)) }
  }

  /// Whole sentences at once.
  ///
  /// - Parameters:
  ///   - x: `[N, D]`, packed.
  ///   - mask: which positions of its own sentence a row may look at; `.causal` in a decoder.
  ///   - bias: added to the scores of self-attention.
  ///   - cross: for a block with cross-attention.
  ///   - site: of self-attention; cross-attention is recorded at `.cross` of the same layer.
  /// - Returns: `[N, D]`.
  public func callAsFunction(
    _ x: Variable, _ packing: Packing, mask: HeadMask = .none, bias: Variable? = nil, cross: Cross? = nil,
    at site: AttentionSite, _ context: inout ForwardContext
  ) -> Variable {
    run(x, packing, cross, layer: site.layer, &context) { x, context in
      attention(x, packing, attention.memory(x, packing), mask: mask, bias: bias, at: site, &context)
    }
  }

  /// The next rows of sentences whose earlier ones lie in `stores`; the new keys and values join them.
  ///
  /// - Parameters:
  ///   - x: `[N, D]`; usually one row a sentence, `Packing.steps`.
  ///   - stores: one for each sentence, from `attention.emptyStore()`.
  /// - Returns: the same rows as the causal pass over whole sentences, up to rounding.
  public func callAsFunction(
    _ x: Variable, _ packing: Packing, continuing stores: inout [KeyValueStore], bias: Variable? = nil,
    cross: Cross? = nil, at site: AttentionSite, _ context: inout ForwardContext
  ) -> Variable {
    run(x, packing, cross, layer: site.layer, &context) { x, context in
      attention.append(x, packing, to: &stores)
      return attention(x, packing, .stored(stores), mask: .causal, bias: bias, at: site, &context)
    }
  }

  private func run(
    _ x: Variable, _ packing: Packing, _ cross: Cross?, layer: Int, _ context: inout ForwardContext,
    _ attend: (Variable, inout ForwardContext) -> Variable
  ) -> Variable {
    precondition((cross == nil) == (crossAttention == nil), "cross-attention needs a memory, and only it does")
    var x = residual(x, attentionNorm, &context, attend)
    if let cross, let crossAttention, let crossNorm {
      x = residual(x, crossNorm, &context) { x, context in
        crossAttention(
          x, packing, cross.memory, mask: cross.mask, at: AttentionSite(.cross, layer: layer), &context)
      }
    }
    return residual(x, feedForwardNorm, &context) { x, _ in feedForward(x) }
  }

  private func residual(
    _ x: Variable, _ norm: LayerNorm, _ context: inout ForwardContext,
    _ part: (Variable, inout ForwardContext) -> Variable
  ) -> Variable {
    let y = part(configuration.normalization == .before ? norm(x) : x, &context)
    let sum = x + context.dropout(y)
    return configuration.normalization == .before ? sum : norm(sum)
  }
}
