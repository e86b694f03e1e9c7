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
  public var text = TextSettings(startID: -1, endID: -1, unknownID: 0, sourceHasEnd: false)
  /// Of a model whose input has one length.
  public var paddedSourceLength: Int?

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
