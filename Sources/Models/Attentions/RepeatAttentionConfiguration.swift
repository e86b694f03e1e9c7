import Layers

/// `config.json` of a translator between short notations that a course builds: letters in, as many letters out as there
/// always are; `model_type` `heed-repeat-attention`.
public struct RepeatAttentionConfiguration: ModelConfiguration {
  public typealias Model = RepeatAttention

  public static let modelType = "heed-repeat-attention"
  public static let family = "repeat-attention"

  /// Of each direction.
  public var encoderUnits = 32
  public var decoderUnits = 64
  /// Width of the layer between a state and its score.
  public var attentionUnits = 10
  public var gateActivation = GateActivation.sigmoid
  public var sourceVocabularySize = 0
  public var targetVocabularySize = 0
  public var padID = 0
  /// No token is fed back and none ends a target: both are none.
  public var startID = -1
  public var endID = -1
  public var unknownID = 0
  public var sourceHasStart = false
  public var sourceHasEnd = false
  /// Tx: sources are filled up to it, and the padding is read.
  public var maximumSourceLength = 30
  /// Ty: how long a target is.
  public var maximumTargetLength = 10
  public var suppressedTokens: [Int] = []
  public var affixes = TokenAffixes()
  public var hasSpareRows = false

  public init() {}

  public static let fields: [ConfigurationField<Self>] =
    [
      .init("encoder_units", \.encoderUnits), .init("decoder_units", \.decoderUnits),
      .init("attention_units", \.attentionUnits), .init("gate_activation", \.gateActivation),
    ] + textFields

  public var paddedSourceLength: Int? { maximumSourceLength }

  public var summary: String { "repeated state · LSTM 2×\(encoderUnits) → \(decoderUnits)" }

  public var problem: String? {
    if padID < 0 || padID >= sourceVocabularySize { return "pad_token_id is \(padID), outside the source vocabulary" }
    return sizeProblem([
      ("encoder_units", encoderUnits), ("decoder_units", decoderUnits), ("attention_units", attentionUnits),
    ])
  }
}
