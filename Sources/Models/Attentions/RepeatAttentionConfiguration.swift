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
  /// The maximal lengths are Tx, to which sources are filled up with padding that is read, and Ty, how long a target is;
  /// no token is fed back and none ends a target.
  public var text = TextSettings(
    startID: -1, endID: -1, unknownID: 0, sourceHasEnd: false, maximumSourceLength: 30, maximumTargetLength: 10)

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
