import Foundation
import Metrics

/// What `heed evaluate` prints, as text or as JSON.
public struct EvaluationReport: Encodable, Sendable, Equatable {
  public var model: String
  public var pairs: String?
  public var translation: Translation?
  public var gold: String?
  public var alignment: Alignment?

  public init(model: String) { self.model = model }

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

    enum CodingKeys: String, CodingKey {
      case pairs, sentences, loss, perplexity, bleu, signature
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

    public init(_ evaluation: Evaluation) {
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

  /// How well attention agrees with gold links, beside the diagonal; `model` is nil without attention.
  public struct Alignment: Encodable, Sendable, Equatable {
    var sentences: Int
    var model: Words?
    var diagonal: Words

    struct Words: Encodable, Sendable, Equatable {
      var allWords: Rates
      var contentWords: Rates

      enum CodingKeys: String, CodingKey {
        case allWords = "all_words"
        case contentWords = "content_words"
      }

      init(_ scores: AlignmentEvaluation.Scores) {
        allWords = Rates(scores.allWords)
        contentWords = Rates(scores.contentWords)
      }
    }

    /// From 0 to 1; nil where undefined.
    struct Rates: Encodable, Sendable, Equatable {
      var precision: Double?
      var recall: Double?
      var errorRate: Double?

      enum CodingKeys: String, CodingKey {
        case precision, recall
        case errorRate = "alignment_error_rate"
      }

      init(_ score: AlignmentScore) {
        (precision, recall, errorRate) = (score.precision, score.recall, score.errorRate)
      }
    }

    public init(_ evaluation: AlignmentEvaluation) {
      sentences = evaluation.sentences
      model = evaluation.model.map(Words.init)
      diagonal = Words(evaluation.diagonal)
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
    [translation.map(Self.text), alignment.map(Self.text)].compactMap { $0 }.joined(separator: "\n")
  }

  private static func text(_ translation: Translation) -> String {
    let number = ProgressLine.number
    let counts =
      "\(translation.pairs) pairs, \(translation.sentences) source sentences, \(translation.targetTokens) tokens"
    var table = [["source tokens", "sentences", "BLEU", "exact match"]]
    for bucket in translation.byLength {
      table.append([
        bucket.from == bucket.to ? "\(bucket.from)" : "\(bucket.from) to \(bucket.to)", "\(bucket.sentences)",
        number(bucket.bleu, 1), percent(bucket.exactMatch),
      ])
    }
    return """
      measured on  \(counts)
      loss         \(number(translation.loss, 4)) nats a token, perplexity \(number(translation.perplexity, 2))
      BLEU         \(number(translation.bleu, 2)), \(translation.signature)
      exact match  \(percent(translation.exactMatch))

      \(columns(table))

      """
  }

  private static func text(_ alignment: Alignment) -> String {
    var table = [["strongest source token", "precision", "recall", "error rate"]]
    func add(_ name: String, _ rates: Alignment.Rates?) {
      guard let rates else { return }
      table.append([name, percent(rates.precision), percent(rates.recall), percent(rates.errorRate)])
    }
    add("all words, attention", alignment.model?.allWords)
    add("all words, diagonal", alignment.diagonal.allWords)
    add("content words, attention", alignment.model?.contentWords)
    add("content words, diagonal", alignment.diagonal.contentWords)
    let missing = alignment.model == nil ? "the model has no attention to read an alignment from\n" : ""
    return "word alignment on \(alignment.sentences) sentences, teacher-forced\n\(missing)\n\(columns(table))\n"
  }

  private static func percent(_ part: Double?) -> String {
    part.map { ProgressLine.number(100 * $0, 1) + " %" } ?? "undefined"
  }

  /// The first column to the left, the others to the right.
  private static func columns(_ rows: [[String]]) -> String {
    let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    return rows.map { row in
      zip(row, widths).enumerated().map { index, cell in
        let padding = String(repeating: " ", count: cell.1 - cell.0.count)
        return index == 0 ? cell.0 + padding : padding + cell.0
      }.joined(separator: "  ")
    }.joined(separator: "\n")
  }
}
