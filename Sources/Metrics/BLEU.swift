import Foundation

/// BLEU of a corpus, counted as sacrebleu counts it (Papineni et al. 2002; Post 2018, "A Call for Clarity in Reporting
/// BLEU Scores").
///
/// Tokenizer `13a`, n-grams up to four, exponential smoothing of an order without a match, no effective order, and the
/// reference closest in length (the shorter of two) for the brevity penalty.
public enum BLEU {
  static let maximumOrder = 4
  /// The release of sacrebleu that `Tests/Reference/bleu.py` compares with.
  static let followedVersion = "2.6.0"

  /// Scores a corpus.
  ///
  /// - Parameters:
  ///   - hypotheses: one produced sentence for each source, not tokenized.
  ///   - references: for each source one or more right answers; their number may differ from source to source.
  ///   - lowercase: compare without case.
  /// - Throws: `BLEUError` if there is nothing to score or a hypothesis has no reference.
  public static func corpus(
    hypotheses: [String], references: [[String]], lowercase: Bool = false
  ) throws(BLEUError) -> Score {
    guard !hypotheses.isEmpty else { throw .noSentences }
    guard hypotheses.count == references.count else {
      throw .countsDiffer(hypotheses: hypotheses.count, references: references.count)
    }
    if let index = references.firstIndex(where: \.isEmpty) { throw .noReference(sentence: index) }

    var counts = Counts()
    var vocabulary = NGramVocabulary(lowercase: lowercase)
    for (hypothesis, answers) in zip(hypotheses, references) {
      counts.add(hypothesis: vocabulary.ids(of: hypothesis), references: answers.map { vocabulary.ids(of: $0) })
    }
    let numbers = Set(references.map(\.count))
    let signature = [
      "nrefs:" + (numbers.count == 1 ? numbers.map(String.init).joined() : "var"),
      "case:" + (lowercase ? "lc" : "mixed"), "eff:no", "tok:13a", "smooth:exp",
      "version:heed-as-sacrebleu-\(followedVersion)",
    ]
    return Score(counts, signature: signature.joined(separator: "|"))
  }

  /// A corpus score and all that it was made from.
  public struct Score: Sendable, Equatable, CustomStringConvertible {
    /// From 0 to 100.
    public let score: Double
    /// Modified n-gram precisions, orders 1 to 4, from 0 to 100, smoothed.
    public let precisions: [Double]
    /// At most 1; below it if the hypotheses are shorter than the references.
    public let brevityPenalty: Double
    /// Tokens in all hypotheses.
    public let hypothesisLength: Int
    /// Tokens in the references closest in length.
    public let referenceLength: Int
    /// How it was counted, in sacrebleu's form. `version` says whose counting is followed, not who counted.
    public let signature: String

    init(_ counts: Counts, signature: String) {
      let precisions = counts.smoothedPrecisions
      self.precisions = precisions
      brevityPenalty = counts.brevityPenalty
      // One order without any n-gram makes the geometric mean zero.
      let meanLogarithm = precisions.map { log($0) }.reduce(0, +) / Double(BLEU.maximumOrder)
      score = counts.brevityPenalty * exp(meanLogarithm)
      hypothesisLength = counts.hypothesisLength
      referenceLength = counts.referenceLength
      self.signature = signature
    }

    /// The line that sacrebleu prints.
    public var description: String {
      let ratio = referenceLength > 0 ? Double(hypothesisLength) / Double(referenceLength) : 0
      let orders = precisions.map { String(format: "%.1f", $0) }.joined(separator: "/")
      let penalty = String(format: "BP = %.3f ratio = %.3f", brevityPenalty, ratio)
      return "BLEU|\(signature) = \(String(format: "%.2f", score)) \(orders) "
        + "(\(penalty) hyp_len = \(hypothesisLength) ref_len = \(referenceLength))"
    }
  }
}

/// Why a corpus cannot be scored.
public enum BLEUError: Error, Equatable, CustomStringConvertible {
  case noSentences
  case countsDiffer(hypotheses: Int, references: Int)
  /// `sentence` counts from 0.
  case noReference(sentence: Int)

  public var description: String {
    switch self {
    case .noSentences: "BLEU needs at least one sentence, but there is none"
    case .countsDiffer(let hypotheses, let references):
      "BLEU needs references for each hypothesis, but there are \(hypotheses) hypotheses and references for \(references)"
    case .noReference(let sentence): "BLEU needs a reference for each sentence, but sentence \(sentence + 1) has none"
    }
  }
}
