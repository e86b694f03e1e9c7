import Metrics
import Models
import Traces

/// Reads word alignments off cross-attention, while a model produces a given target.
///
/// Row `t` of every head is the one that produced target token `t`, for recurrent decoders and Transformers alike: in a
/// Transformer it is the row whose query has read token `t - 1`.
public struct WordAligner {
  public let encoder: PairEncoder
  /// Layers and heads of cross-attention; nil for a model without any.
  public let layout: AttentionLayout?
  private let trace: (_ source: [Int], _ target: [Int]) throws -> AttentionTrace

  /// - Throws: `ModelError` for a folder without tokenizers.
  public init(_ folder: ModelFolder) throws {
    guard let source = folder.source, let target = folder.target else {
      throw ModelError("\(folder.path): has no tokenizers; word alignment needs one for each side")
    }
    self.init(
      encoder: PairEncoder(source: source, target: target, configuration: folder.configuration),
      layout: folder.model.attention.first { $0.site == .cross }
    ) { source, target in
      var session = try folder.session(ids: source, maximumLength: target.count)
      for id in target { try session.force(id) }
      return session.trace
    }
  }

  /// - Parameter trace: what the model records while it reads `source` and produces exactly `target`.
  init(
    encoder: PairEncoder, layout: AttentionLayout?,
    trace: @escaping (_ source: [Int], _ target: [Int]) throws -> AttentionTrace
  ) {
    self.encoder = encoder
    self.layout = layout
    self.trace = trace
  }

  /// Every head, layer by layer; empty for a model without cross-attention.
  public var heads: [HeadAddress] {
    layout?.addresses ?? []
  }

  /// Reads one pair.
  ///
  /// - Throws: `ModelError` for a sentence that the model cannot read, or for a model without cross-attention.
  public func read(_ pair: EncodedWordPair) throws -> WordAttention {
    WordAttention(trace: try trace(pair.source.ids, pair.target.ids), pair: pair)
  }
}

/// The cross-attention of one pair, from which each head's word alignment can be taken.
public struct WordAttention {
  let trace: AttentionTrace
  let pair: EncodedWordPair

  /// The links of one head or of a mean; none where the model lacks it.
  public func links(_ selection: HeadSelection, rule: LinkRule = .strongest) -> Set<Link> {
    guard let matrix = trace.matrix(selection) else { return [] }
    let tokens = (0..<matrix.rows).map { Array(matrix[row: $0]) }
    let words = WordMatrix(tokens, source: pair.source, target: pair.target)
    return Aligner.links(rows: words.rows, words: words.words, rule: rule)
  }
}
