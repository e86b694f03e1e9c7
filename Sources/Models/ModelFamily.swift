import Autograd
import Layers

/// The families, told apart by `model_type` in `config.json` and by `model.family` in a recipe.
public enum ModelFamilies {
  /// What recipes train; the first is the default.
  public static let trained: [any ModelConfiguration.Type] = [Seq2SeqConfiguration.self, TransformerConfiguration.self]

  /// What a model folder may hold: these, and families that are only opened.
  public static let all: [any ModelConfiguration.Type] =
    trained + [FixedAttentionConfiguration.self, RepeatAttentionConfiguration.self, KerasConfiguration.self]
}

/// What tokenizers, training and evaluation know of a `config.json`, whatever its family.
public protocol ModelConfiguration: Sendable, Equatable, Codable {
  associatedtype Model: ModelFamily where Model.Configuration == Self

  /// `model_type` of the family's `config.json`.
  static var modelType: String { get }
  /// What a recipe calls the family.
  static var family: String { get }
  /// Every key of the family's `config.json` but `model_type`.
  static var fields: [ConfigurationField<Self>] { get }

  /// The tutorial's sizes, or a paper's: what holds where a recipe says nothing.
  init()

  var text: TextSettings { get set }
  /// False for a language model, which is given no source: only targets.
  var readsSource: Bool { get }
  /// To how many tokens a typed source is filled up with padding, which the model reads; nil: to none.
  var paddedSourceLength: Int? { get }

  /// Mechanism and sizes, for a line of the screen or a card.
  var summary: String { get }
  /// Why no model can have this configuration, in one line; nil if one can.
  var problem: String? { get }
}

/// A family of models that read one sequence and write another: all that training and evaluation know of it.
public protocol ModelFamily: SequenceModel {
  associatedtype Configuration: ModelConfiguration where Configuration.Model == Self

  /// True where sentences of different lengths share a batch without padding.
  static var packsSentences: Bool { get }

  var configuration: Configuration { get }

  /// Asks `source` for every parameter.
  ///
  /// - Throws: what the source throws.
  init(_ configuration: Configuration, _ source: inout some ParameterSource) throws

  /// The loss of a batch under teacher forcing, and the number of target tokens in it.
  ///
  /// - Parameters:
  ///   - sources: ids as the model reads them, none empty but where the model reads no source.
  ///   - targets: ids with the end token and without the start token, none empty.
  ///   - average: what the sum of all tokens' losses is divided by.
  /// - Throws: `ModelError` for sentences that the model cannot take, such as longer ones than it has positions.
  func loss(
    sources: [[Int]], targets: [[Int]], average: LossAverage, smoothing: Float, _ context: inout ForwardContext
  ) throws -> (loss: Variable, tokens: Int)

  /// Tokens after which a target is cut where nobody says otherwise, at least 1.
  func targetLimit(sourceLength: Int) -> Int

  /// Greedy decoding of many sources at once: ids without start and end token, in the order of the sources.
  ///
  /// - Throws: `ModelError` for a source that is longer than the model can read.
  func translate(_ sources: [[Int]], maximumLength: Int) throws -> [[Int]]
}

extension ModelConfiguration {
  /// The ids that stand before a source.
  public var sourceStart: [Int] { (sourceHasStart ? [startID] : []) + affixes.sourcePrefix }
  /// The ids that stand after a source.
  public var sourceEnd: [Int] { affixes.sourceSuffix + (sourceHasEnd ? [endID] : []) }
  /// The id that closes every target, in a model that has one.
  public var targetEnd: [Int] { endID < 0 ? [] : [endID] }

  public var readsSource: Bool { true }
  public var paddedSourceLength: Int? { nil }
}

extension ModelFamily {
  public static var packsSentences: Bool { false }

  public func targetLimit(sourceLength: Int) -> Int { max(1, configuration.maximumTargetLength) }

  /// A model whose parameters are constants.
  ///
  /// - Throws: `ParameterError`.
  public init(_ configuration: Configuration, parameters: ParameterSet) throws {
    var source = BoundParameters(parameters)
    try self.init(configuration, &source)
  }

  /// Parameters as training starts from them.
  public static func initialParameters(_ configuration: Configuration, seed: UInt64) throws -> ParameterSet {
    var source = InitialParameters(seed: seed)
    _ = try Self(configuration, &source)
    return source.parameters
  }
}
