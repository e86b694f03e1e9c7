import Foundation

/// How a beam search decodes: at each step the `width` best hypotheses of all continuations go on.
///
/// - A hypothesis is worth the sum of its tokens' log-probabilities divided by `((5 + length) / 6) ^ lengthPenalty`
///   (Wu et al. 2016, section 7), its length in tokens with the end token. With penalty 0 that is the sum alone, with
///   more of it longer hypotheses are favoured.
/// - Of each step's `2 · width` best continuations those with the end token that are among the first `width` come to
///   their end, and the `width` best others go on, as in Hugging Face's Transformers: the beam keeps its width.
/// - The search stops when `width` hypotheses have come to their end and the best open one, judged as if it ended now, is
///   no better than the worst of those (Transformers' `early_stopping=False`), or at the length bound, where the open
///   ones are hypotheses as they are.
/// - Suppressed tokens are never considered. Width 1 is greedy decoding.
public struct BeamSearch: Sendable, Equatable {
  public static let widths = 1...256
  public static let lengthPenalties: ClosedRange<Float> = 0...10

  public let width: Int
  public let lengthPenalty: Float

  /// - Throws: `ModelError` for a number out of range.
  public init(width: Int, lengthPenalty: Float = 0) throws {
    guard Self.widths.contains(width) else {
      throw ModelError("a beam of \(width): its width is a number from 1 to \(Self.widths.upperBound)")
    }
    guard Self.lengthPenalties.contains(lengthPenalty) else {
      throw ModelError("length penalty \(lengthPenalty): expected a number from 0 to 10")
    }
    self.width = width
    self.lengthPenalty = lengthPenalty
  }

  /// How many continuations of one hypothesis can matter.
  var considered: Int { 2 * width }

  func score(_ logProbability: Double, length: Int) -> Double {
    logProbability / pow((5 + Double(length)) / 6, Double(lengthPenalty))
  }
}
