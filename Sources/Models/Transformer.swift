import Autograd
import Layers
import Tensors
import Traces

/// A Transformer (Vaswani et al. 2017): encoder and decoder, an encoder alone, or a decoder alone as a language model.
public struct Transformer: ModelFamily {
  public static let packsSentences = true

  public let configuration: TransformerConfiguration
  /// One of the two may be missing, never both.
  let encoder: TransformerStack?
  let decoder: TransformerStack?
  let output: OutputLayer
  public let attention: [AttentionLayout]
  /// What a step records.
  let stepTaps: Set<ForwardContext.Tap>

  /// Asks `source` for every parameter: `encoder`, `decoder`, their `embedding.weight` (one without prefix if all are
  /// tied) and `output`.
  ///
  /// - Throws: what the source throws.
  public init(_ configuration: TransformerConfiguration, _ source: inout some ParameterSource) throws {
    self.configuration = configuration
    let c = configuration
    let shared =
      c.tiedEmbeddings == .all || c.tiedEmbeddings == .embeddings
      ? try Self.embedding(&source, "embedding", vocabulary: c.targetVocabularySize, width: c.width) : nil
    encoder =
      c.kind == .decoderOnly
      ? nil
      : try source.scoped("encoder") {
        let embedding =
          c.soundFilters != nil
          ? nil
          : try shared ?? Self.embedding(&$0, "embedding", vocabulary: c.sourceVocabularySize, width: c.width)
        return try TransformerStack(&$0, c, .encoder, layers: c.encoderLayers, embedding: embedding)
      }
    decoder =
      c.kind == .encoderOnly
      ? nil
      : try source.scoped("decoder") {
        let embedding =
          try shared ?? Self.embedding(&$0, "embedding", vocabulary: c.targetVocabularySize, width: c.width)
        return try TransformerStack(&$0, c, .decoder, layers: c.decoderLayers, embedding: embedding)
      }
    let tied = c.tiedEmbeddings == .all || c.tiedEmbeddings == .target ? (decoder ?? encoder)?.embedding : nil
    output = try source.scoped("output") {
      try OutputLayer(
        &$0, inputs: c.width, vocabulary: c.targetVocabularySize, tied: tied, hasBias: c.hasOutputBias,
        scale: c.scalesOutput ? 1 / Float(c.width).squareRoot() : nil)
    }
    attention = c.attention
    stepTaps = attention.taps(at: [.decoder, .cross])
  }

  /// Parameter `<name>.weight`. It starts so that logits of a normalised row are about 1 where it is tied, and
  /// embeddings too once they are scaled.
  private static func embedding(
    _ source: inout some ParameterSource, _ name: String, vocabulary: Int, width: Int
  ) throws -> Weight {
    try source.weight("\(name).weight", vocabulary, width, .normal(1 / Float(width).squareRoot()))
  }

  /// A language model's prompt: nothing at all begins with the start token.
  func prompt(_ source: [Int]) -> [Int] { source.isEmpty ? [configuration.startID] : source }

  /// - Throws: `ModelError` for a model that hears, where ids are read.
  func requireReading() throws {
    if configuration.soundFilters != nil { throw ModelError("this model hears sound; it reads no text") }
  }

  /// Tokens for which there are positions after so many of the source; without learned ones there is no end of them.
  func room(sourceLength: Int) -> Int {
    guard configuration.positions == .learned else { return .max }
    // The last token of the target is produced, not read.
    return configuration.sharedPositions.map { $0 - max(sourceLength, 1) + 1 } ?? configuration.maximumTargetLength
  }

  public func targetLimit(sourceLength: Int) -> Int {
    max(1, min(configuration.maximumTargetLength, room(sourceLength: sourceLength)))
  }

  public func check(sourceLength: Int, targetLength: Int) throws {
    guard configuration.positions == .learned else { return }
    let c = configuration
    if let positions = c.sharedPositions {
      guard sourceLength <= positions, targetLength <= room(sourceLength: sourceLength) else {
        throw ModelError(
          "\(sourceLength) tokens of prompt and \(targetLength) to follow; the model has positions for \(positions)")
      }
      return
    }
    if sourceLength > c.maximumSourceLength {
      throw ModelError("\(sourceLength) source tokens; the model has positions for \(c.maximumSourceLength)")
    }
    if c.kind != .encoderOnly && targetLength > c.maximumTargetLength {
      throw ModelError("\(targetLength) target tokens; the model has positions for \(c.maximumTargetLength)")
    }
  }
}
