import Foundation
import Metrics
import Models

/// What `heed evaluate` prints, as text or as JSON.
public struct EvaluationReport: Encodable, Sendable, Equatable {
  /// Nil where given links are scored without one.
  public var model: String?
  public var pairs: String?
  public var translation: Translation?
  public var gold: String?
  public var alignment: AlignmentReport?

  public init(model: String?) { self.model = model }

  /// How well the model translates; numbers as in `Evaluation`.
  public struct Translation: Encodable, Sendable, Equatable {
    var pairs: Int
    var sentences: Int
    var targetTokens: Int
    var loss: Double
    var perplexity: Double
    var bleu: Double
    var signature: String
    var exactMatch: Double
    var byLength: [Bucket]
    /// How translations were searched for; nil is greedy.
    var beam: Int?
    var lengthPenalty: Float?

    enum CodingKeys: String, CodingKey {
      case pairs, sentences, loss, perplexity, bleu, signature, beam
      case lengthPenalty = "length_penalty"
      case targetTokens = "target_tokens"
      case exactMatch = "exact_match"
      case byLength = "by_source_length"
    }

    struct Bucket: Encodable, Sendable, Equatable {
      var from: Int
      var to: Int
      var sentences: Int
      var bleu: Double
      var exactMatch: Double

      enum CodingKeys: String, CodingKey {
        case from, to, sentences, bleu
        case exactMatch = "exact_match"
      }
    }

    public init(_ evaluation: Evaluation, search: BeamSearch? = nil) {
      (beam, lengthPenalty) = (search?.width, search?.lengthPenalty)
      pairs = evaluation.pairs
      sentences = evaluation.sentences
      targetTokens = evaluation.targetTokens
      loss = evaluation.loss
      perplexity = evaluation.perplexity
      bleu = evaluation.bleu.score
      signature = evaluation.bleu.signature
      exactMatch = evaluation.exactMatch
      byLength = evaluation.byLength.map {
        Bucket(
          from: $0.lengths.lowerBound, to: $0.lengths.upperBound, sentences: $0.sentences, bleu: $0.bleu.score,
          exactMatch: $0.exactMatch)
      }
    }
  }

  /// One JSON object on one line, keys in alphabetical order.
  public func json() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(self), as: UTF8.self) + "\n"
  }
}

extension EvaluationReport: CustomStringConvertible {
  /// For people: what was measured, with the numbers in columns.
  public var description: String {
    [translation.map(Self.text), alignment.map(\.description)].compactMap { $0 }.joined(separator: "\n")
  }

  private static func text(_ translation: Translation) -> String {
    let number = ProgressLine.number
    let counts =
      "\(translation.pairs) pairs, \(translation.sentences) source sentences, \(translation.targetTokens) tokens"
    var table = [["source tokens", "sentences", "BLEU", "exact match"]]
    for bucket in translation.byLength {
      table.append([
        bucket.from == bucket.to ? "\(bucket.from)" : "\(bucket.from) to \(bucket.to)", "\(bucket.sentences)",
        number(bucket.bleu, 1), TextTable.percent(bucket.exactMatch),
      ])
    }
    let beam = translation.beam.map { ", beam of \($0), length penalty \(translation.lengthPenalty ?? 0)" } ?? ""
    return """
      measured on  \(counts)\(beam)
      loss         \(number(translation.loss, 4)) nats a token, perplexity \(number(translation.perplexity, 2))
      BLEU         \(number(translation.bleu, 2)), \(translation.signature)
      exact match  \(TextTable.percent(translation.exactMatch))

      \(TextTable.aligned(table))

      """
  }
}
