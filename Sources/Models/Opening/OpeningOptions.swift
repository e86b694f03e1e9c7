/// What a person says about a model that others have saved, where its files do not: each is asked for by a flag that
/// the error names.
public struct OpeningOptions: Sendable, Equatable {
  /// How many heads share a layer's width; files of weights do not say.
  public var heads: Int?
  /// Files with the words of each side, of any kind that `Tokenizer` reads.
  public var sourceVocabulary: String?
  public var targetVocabulary: String?
  /// What the decoder starts from, and the token that ends a target.
  public var startID: Int?
  public var endID: Int?
  /// Whether recurrent gates are clipped lines instead of sigmoids, as in Keras before 2.3.
  public var isHardSigmoid: Bool?
  /// Whether a GRU resets its state after the product with its recurrent matrix, where no bias says so by its shape.
  public var resetsAfter: Bool?
  /// Languages of a model that reads or writes several, under the names that its vocabulary gives them.
  public var sourceLanguage: String?
  public var targetLanguage: String?
  /// What a recurrent decoder starts each step from, and which of additive attention's projections is the query's.
  public var decoderState: Seq2SeqConfiguration.DecoderState?
  public var queryProjection: String?
  /// To how many tokens typed sources are filled up with padding, and how long a target of fixed length is.
  public var sourceLength: Int?
  public var targetLength: Int?
  /// How a Transformer without learned positions knows them.
  public var positions: TransformerConfiguration.Positions?
  /// Whether all this is written to a `heed.yaml` beside the model once it is open.
  public var isRemembered = false

  public init() {}
}
