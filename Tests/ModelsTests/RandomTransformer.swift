import Layers
import Tensors

@testable import Models

/// Transformers of random weights, large enough to have something to look at.
enum RandomTransformer {
  static let vocabulary = 23
  /// More tokens than a new store of keys has room for.
  static let source = [5, 9, 13, 7, 21, 4, 4, 17, 6, 11, 20, 8, 15, 9, 3, 10, 19, 22, 12, 2]

  static func configuration(
    _ kind: TransformerConfiguration.Kind, _ change: (inout TransformerConfiguration) -> Void = { _ in }
  ) -> TransformerConfiguration {
    var c = TransformerConfiguration()
    c.kind = kind
    (c.encoderLayers, c.decoderLayers, c.heads, c.width, c.feedForwardWidth) = (2, 3, 4, 16, 24)
    (c.sourceVocabularySize, c.targetVocabularySize) = (vocabulary, vocabulary)
    if kind == .encoderOnly { c.tiedEmbeddings = .all }
    if kind == .decoderOnly { (c.sourceHasStart, c.sourceHasEnd) = (true, false) }
    change(&c)
    return c
  }

  /// - Parameters:
  ///   - change: of the configuration.
  ///   - edit: of the parameters.
  static func model(
    _ kind: TransformerConfiguration.Kind, _ change: (inout TransformerConfiguration) -> Void = { _ in },
    parameters edit: (inout ParameterSet) -> Void = { _ in }
  ) throws -> Transformer {
    let c = configuration(kind, change)
    var parameters = try Transformer.initialParameters(c, seed: 5)
    // Sharper than training begins with, so that heads and steps differ; the end is made unlikely.
    for name in parameters.names where name.hasSuffix("query.kernel") || name.hasSuffix("key.kernel") {
      parameters[name] = parameters[name].map { $0 * 2 }
    }
    parameters["output.bias"] = parameters["output.bias"].map { bias in
      Tensor(bias.shape, (0..<bias.count).map { $0 == c.endID ? -20 : Float($0 % 3) })
    }
    edit(&parameters)
    return try Transformer(c, parameters: parameters)
  }

  static func session(_ model: Transformer, source: [Int] = source, limit: Int = 24) -> DecodingSession {
    DecodingSession.random(model, source: source, limit: limit)
  }
}
