import Layers
import Tensors
import Traces

@testable import Models

extension DecodingSession {
  /// A session over a small recurrent model of random weights.
  ///
  /// - Parameter endBias: how likely the end token is.
  static func random(
    _ mechanism: Seq2SeqConfiguration.Mechanism = .additive, limit: Int = 12, suppressing suppressed: [Int] = [],
    endBias: Float = -20
  ) throws -> DecodingSession {
    random(
      try Seq2Seq.random(mechanism, suppressing: suppressed, endBias: endBias), source: [5, 9, 13, 2], limit: limit)
  }

  /// A session over any model, tokens shown as their numbers.
  static func random(_ model: some ModelFamily, source: [Int], limit: Int) -> DecodingSession {
    DecodingSession(
      model: model, vocabulary: NumberVocabulary(size: model.configuration.targetVocabularySize), source: source,
      trace: AttentionTrace(
        model: .init(name: "random", path: "", architecture: "", summary: ""), sourceText: "",
        source: source.map { Token(id: $0, piece: "s\($0)") }, lengthLimit: limit))
  }
}

extension Seq2Seq {
  static func random(
    _ mechanism: Seq2SeqConfiguration.Mechanism, suppressing suppressed: [Int] = [], endBias: Float = -20,
    parameters edit: (inout ParameterSet) -> Void = { _ in }
  ) throws -> Seq2Seq {
    var c = Seq2SeqConfiguration()
    c.attention = mechanism
    c.bidirectional = true
    c.suppressedTokens = suppressed
    (c.sourceEmbeddingSize, c.targetEmbeddingSize, c.encoderUnits, c.decoderUnits, c.attentionUnits) = (5, 6, 7, 14, 9)
    (c.sourceVocabularySize, c.targetVocabularySize) = (20, 23)
    var parameters = try Seq2Seq.initialParameters(c, seed: 5).mapping { _, tensor in tensor * 6 }
    parameters["output.bias"]?.withUnsafeMutableElements { $0[2] = endBias }
    edit(&parameters)
    return try Seq2Seq(c, parameters: parameters)
  }
}

/// Shows ids as `t7`.
struct NumberVocabulary: TargetVocabulary {
  let size: Int
  func token(_ id: Int) -> Token { Token(id: id, piece: "t\(id)") }
  func text(_ ids: [Int]) -> String { ids.map(String.init).joined(separator: " ") }
}
