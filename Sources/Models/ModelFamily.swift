import Autograd
import Foundation
import Layers

/// What tokenizers, training and evaluation know of a `config.json`, whatever its family.
public protocol ModelConfiguration: Sendable, Equatable, Codable {
  /// `model_type` of the family's `config.json`.
  static var modelType: String { get }

  /// What the tokenizers decide.
  var sourceVocabularySize: Int { get set }
  var targetVocabularySize: Int { get set }
  var startID: Int { get }
  var endID: Int { get }
  var unknownID: Int { get }
  /// Whether sources are wrapped in the start and the end token.
  var sourceHasStart: Bool { get }
  var sourceHasEnd: Bool { get }
  var maximumSourceLength: Int { get }
  var maximumTargetLength: Int { get }

  /// Mechanism and sizes, for a line of the screen or a card.
  var summary: String { get }
  /// Why no model can have this configuration, in one line; nil if one can.
  var problem: String? { get }

  /// Reads `config.json` strictly.
  ///
  /// - Throws: `ModelError`, one line that names `file` and the key.
  init(json: Data, file: String) throws
  /// `config.json`, keys in a fixed order.
  func json() throws -> Data
}

/// A family of models that read one sequence and write another: all that training and evaluation know of it.
public protocol ModelFamily: SequenceModel {
  associatedtype Configuration: ModelConfiguration

  var configuration: Configuration { get }

  /// Asks `source` for every parameter.
  ///
  /// - Throws: what the source throws.
  init(_ configuration: Configuration, _ source: inout some ParameterSource) throws

  /// The loss of a batch under teacher forcing, and the number of target tokens in it.
  ///
  /// - Parameters:
  ///   - sources: ids as the model reads them.
  ///   - targets: ids with the end token and without the start token, none empty.
  ///   - average: what the sum of all tokens' losses is divided by.
  func loss(
    sources: [[Int]], targets: [[Int]], average: LossAverage, smoothing: Float, _ context: inout ForwardContext
  ) -> (loss: Variable, tokens: Int)

  /// Greedy decoding of many sources at once: ids without start and end token, in the order of the sources.
  func translate(_ sources: [[Int]], maximumLength: Int) -> [[Int]]
}

extension ModelFamily {
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
