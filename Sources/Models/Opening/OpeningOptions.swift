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
  /// Languages of a model that reads or writes several, under the names that its vocabulary gives them.
  public var sourceLanguage: String?
  public var targetLanguage: String?

  public init() {}
}
