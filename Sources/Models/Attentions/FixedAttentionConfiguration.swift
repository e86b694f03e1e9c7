import Layers

/// `config.json` of PyTorch's sequence-to-sequence tutorial in its first form, `model_type` `heed-fixed-attention`.
///
/// Attention has one score for each of so many positions, whatever stands there: the rows are always that long, and
/// positions without a token bring zeros.
public struct FixedAttentionConfiguration: ModelConfiguration {
  public typealias Model = FixedAttention

  public static let modelType = "heed-fixed-attention"
  public static let family = "fixed-attention"

  public var cell = Seq2SeqConfiguration.Cell.gru
  public var sourceEmbeddingSize = 256
  public var targetEmbeddingSize = 256
  /// Of encoder and decoder.
  public var units = 256
  /// Width of what the decoder's cell reads.
  public var combinedWidth = 256
  /// The maximal source length is MAX_LENGTH: how many positions attention has.
  public var text = TextSettings(
    startID: 0, endID: 1, unknownID: 0, maximumSourceLength: 10, maximumTargetLength: 10)

  public init() {}

  public static let fields: [ConfigurationField<Self>] =
    [
      .init("cell", \.cell), .init("source_embedding_size", \.sourceEmbeddingSize),
      .init("target_embedding_size", \.targetEmbeddingSize), .init("units", \.units),
      .init("combined_width", \.combinedWidth),
    ] + textFields

  var cellKind: CellKind { cell == .lstm ? .lstm : .gru(resetAfter: true) }

  public var summary: String {
    "attention over \(maximumSourceLength) positions · \(cell.rawValue.uppercased()) \(units)"
  }

  public var problem: String? {
    sizeProblem([
      ("source_embedding_size", sourceEmbeddingSize), ("target_embedding_size", targetEmbeddingSize), ("units", units),
      ("combined_width", combinedWidth),
    ]) ?? tokenProblem
  }
}
