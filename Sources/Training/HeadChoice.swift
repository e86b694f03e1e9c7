import Foundation
import Metrics
import Traces

/// Chooses a head for word alignment where there are no gold links.
///
/// The model itself is asked: a source word matters for a target word if the target word becomes less probable once the
/// source word is hidden (the prediction difference of Li et al., "On the Word Alignment from Neural Machine
/// Translation", ACL 2019, which found it the better aligner). The head whose links agree best with these is chosen.
public struct HeadChoice: Sendable, Equatable {
  public let head: HeadAddress
  /// Of its links, with the hidden words' in the place of gold.
  public let score: AlignmentScore
  /// How many of the pairs were looked at.
  public let pairs: Int

  /// So many pairs are enough: a pair is decoded once more for each of its source words.
  public static let mostPairs = 50

  /// Looks at the first pairs; `progress` is called before each one and may throw to stop.
  ///
  /// - Returns: nil for a model without cross-attention.
  /// - Throws: `TrainingError` with the number of a pair that the model cannot read.
  public init?(
    for pairs: [EncodedWordPair], by aligner: WordAligner, rule: LinkRule = .strongest,
    progress: (_ done: Int, _ all: Int) throws -> Void = { _, _ in }
  ) throws {
    let heads = aligner.heads
    let pairs = pairs.prefix(Self.mostPairs)
    var scores = [AlignmentScore](repeating: AlignmentScore(), count: heads.count)
    for (index, pair) in pairs.enumerated() where heads.count > 1 {
      try progress(index, pairs.count)
      let attention: WordAttention
      let reference: Alignment
      do {
        attention = try aligner.read(pair)
        reference = Alignment(sure: try aligner.linksByHiding(in: attention))
      } catch {
        throw TrainingError("pair \(index + 1): \(error)")
      }
      for (place, head) in heads.enumerated() {
        scores[place].add(predicted: attention.links(.head(head), rule: rule), gold: reference)
      }
    }
    guard let best = heads.indices.min(by: { (scores[$0].errorRate ?? 1) < (scores[$1].errorRate ?? 1) })
    else { return nil }
    (head, score, self.pairs) = (heads[best], scores[best], pairs.count)
  }
}

extension WordAligner {
  /// Links each target word to the source word without which it loses most of its log-probability; to none if it loses
  /// nothing. A hidden word's tokens read as the unknown word.
  func linksByHiding(in attention: WordAttention) throws -> Set<Link> {
    let pair = attention.pair
    let whole = Self.logProbabilities(attention)
    var most = [(loss: Double, source: Int)?](repeating: nil, count: pair.target.wordCount)
    for source in 0..<pair.source.wordCount {
      var hidden = pair
      for (place, words) in pair.source.words.enumerated() where words.contains(source) {
        hidden.source.ids[place] = encoder.configuration.unknownID
      }
      let without = Self.logProbabilities(try read(hidden))
      for target in whole.indices {
        let loss = whole[target] - without[target]
        if loss > most[target]?.loss ?? 0 { most[target] = (loss, source) }
      }
    }
    return Set(most.enumerated().compactMap { target, best in best.map { Link($0.source, target) } })
  }

  /// Of each target word: the sum over its tokens.
  private static func logProbabilities(_ attention: WordAttention) -> [Double] {
    var sums = [Double](repeating: 0, count: attention.pair.target.wordCount)
    for (step, words) in zip(attention.trace.steps, attention.pair.target.words) {
      let bits = log(max(Double(step.probability), .leastNormalMagnitude))
      for word in words { sums[word] += bits }
    }
    return sums
  }
}
