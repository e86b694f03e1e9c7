import Foundation
import JSON

/// A functional Keras model with attention in it: its own configuration, and the sizes of its weights; `model_type`
/// `heed-keras`.
public struct KerasConfiguration: ModelConfiguration {
  public typealias Model = KerasFunctional

  public static let modelType = "heed-keras"
  public static let family = "keras"

  /// Keras' configuration of the model, as text.
  public var graph = "{}"
  /// Sizes of each layer's weights, see `KerasWeights`.
  public var sizes: [String: [Int]] = [:]
  /// 2 or 3: the two have other hard sigmoids.
  public var kerasVersion = 3
  public var sourceVocabularySize = 0
  public var targetVocabularySize = 0
  public var padID = 0
  public var startID = -1
  public var endID = -1
  public var unknownID = 0
  public var sourceHasStart = false
  public var sourceHasEnd = false
  /// Of a model whose input has one length.
  public var paddedSourceLength: Int?
  public var maximumSourceLength = 512
  public var maximumTargetLength = 100
  public var suppressedTokens: [Int] = []
  public var affixes = TokenAffixes()
  public var hasSpareRows = false

  public init() {}

  public static let fields: [ConfigurationField<Self>] =
    [
      .init("graph", \.graph), .init("sizes", \.sizes), .init("keras_version", \.kerasVersion),
      .init(optional: "padded_source_length", \.paddedSourceLength),
    ] + textFields

  public var summary: String { "Keras functional model, \(sizes.count) layers with weights" }

  public var problem: String? { sizeProblem([]) }

  func parsed() throws -> KerasGraph {
    let json = try Array(graph.utf8).withUnsafeBytes { try JSONReader.read($0) }
    return try KerasGraph(json, file: "the model")
  }
}
