import Autograd
import Tensors
import Traces

/// Attention with many heads (Vaswani et al. 2017, section 3.2): each compares its own projections of queries and keys
/// and takes its own projection of the values.
public struct MultiHeadAttention {
  /// Sizes. What comes in may be of three widths; each head has K numbers in a key, V in a value.
  public struct Configuration: Sendable, Hashable {
    public var heads: Int
    /// K.
    public var keyWidth: Int
    /// V.
    public var valueWidth: Int
    /// Width of the rows that ask.
    public var queryInput: Int
    /// Widths of the rows from which keys and values are made, the same rows in a Transformer.
    public var keyInput: Int
    public var valueInput: Int
    public var output: Int
    public var hasBias = true
    /// Whether scores are divided by `sqrt(K)`; T5 does not.
    public var isScaled = true
    /// What scores are divided by besides: GPT-2 may take the layer's number, from 1.
    public var divisor: Float = 1

    /// The usual sizes: everything `width` wide, keys and values an even share of it.
    ///
    /// - Precondition: `heads` is positive; without `keyWidth` it divides `width`.
    public init(
      width: Int, heads: Int, keyWidth: Int? = nil, valueWidth: Int? = nil, memoryWidth: Int? = nil,
      hasBias: Bool = true
    ) {
      self.heads = heads
      self.keyWidth = keyWidth ?? width / heads
      self.valueWidth = valueWidth ?? self.keyWidth
      queryInput = width
      keyInput = memoryWidth ?? width
      valueInput = memoryWidth ?? width
      output = width
      self.hasBias = hasBias
    }
  }

  public let configuration: Configuration
  private let query: Linear
  private let key: Linear
  private let value: Linear
  private let output: Linear

  /// Parameters of four linear layers, heads side by side: `query`, `key` `[inputs, H*K]`, `value` `[inputs, H*V]` and
  /// `output` `[H*V, outputs]`.
  public init(_ source: inout some ParameterSource, _ configuration: Configuration) throws {
    self.configuration = configuration
    let c = configuration
    let (keys, values) = (c.heads * c.keyWidth, c.heads * c.valueWidth)
    query = try source.scoped("query") { try Linear(&$0, c.queryInput, keys, hasBias: c.hasBias) }
    key = try source.scoped("key") { try Linear(&$0, c.keyInput, keys, hasBias: c.hasBias) }
    value = try source.scoped("value") { try Linear(&$0, c.valueInput, values, hasBias: c.hasBias) }
    output = try source.scoped("output") { try Linear(&$0, values, c.output, hasBias: c.hasBias) }
  }

  /// Projects what is looked back at, once for all queries: `states` `[N, D]`, or keys and values from rows of their own.
  public func memory(_ states: Variable, values: Variable? = nil, _ packing: Packing) -> HeadMemory {
    .packed(keys: key(states), values: value(values ?? states), packing)
  }

  /// Room for the positions of one sentence that is decoded step by step.
  public func emptyStore() -> KeyValueStore {
    KeyValueStore(
      keyWidth: configuration.heads * configuration.keyWidth,
      valueWidth: configuration.heads * configuration.valueWidth)
  }

  /// Adds the rows of each sentence to its store.
  ///
  /// - Precondition: as many stores as sentences.
  public func append(_ states: Variable, _ packing: Packing, to stores: inout [KeyValueStore]) {
    precondition(stores.count == packing.count, "\(stores.count) stores for \(packing.count) sentences")
    let (keys, values) = (key(states).value, value(states).value)
    for sentence in stores.indices {
      let rows = packing.range(sentence)
      stores[sentence].append(keys: keys.rows(rows), values: values.rows(rows))
    }
  }

  /// Lets each row look back at its sentence's memory.
  ///
  /// - Parameters:
  ///   - x: the rows that ask, `[N, D]`, packed as `packing` says.
  ///   - bias: added to the scores; `[H, T, S]` for one sentence, flat for several (`HeadLayout`).
  /// - Returns: `[N, outputs]`. Taps see scores and weights `[H, T, S]` and outputs `[H, N, V]`; for a batch of several
  ///   sentences scores and weights are flat.
  public func callAsFunction(
    _ x: Variable, _ packing: Packing, _ memory: HeadMemory, mask: HeadMask = .none, bias: Variable? = nil,
    at site: AttentionSite, _ context: inout ForwardContext
  ) -> Variable {
    let layout = HeadLayout(queries: packing, memory: memory.packing, heads: configuration.heads)
    let asking = query(x)
    context.record(.query, at: site) { asking.value }
    context.record(.keys, at: site) { memory.keyRows }
    context.record(.values, at: site) { memory.valueRows }
    let scores = context.tap(
      .scores, at: site, asking.headScores(memory, layout, scale: scale, bias: bias, mask: mask))
    let weights = context.tap(.weights, at: site, scores.headSoftmax(layout, mask: mask))
    let sums = context.dropout(weights).headSum(of: memory, layout)
    return output(tapped(sums, at: site, &context))
  }

  /// What products of queries and keys are multiplied by.
  var scale: Float {
    (configuration.isScaled ? 1 / Float(configuration.keyWidth).squareRoot() : 1) / configuration.divisor
  }

  /// How a query is compared with a key.
  public var mechanism: AttentionWorking.Mechanism { .scaledDot(scale: scale) }

  /// `[N, H*V]` as the tap sees it, heads first; turned round only if someone looks.
  private func tapped(_ sums: Variable, at site: AttentionSite, _ context: inout ForwardContext) -> Variable {
    guard context.watches(.output, at: site) else { return sums }
    let split: Shape = [sums.shape.rows, configuration.heads, configuration.valueWidth]
    let seen = context.tap(.output, at: site, sums.reshaped(split).swappingFirstAxes())
    return seen.swappingFirstAxes().reshaped(sums.shape)
  }
}
