import Foundation

/// Up to four token ids; zeros fill the lanes after a shorter n-gram.
typealias NGram = SIMD4<Int32>

/// Gives each distinct token an id from 1, so that n-grams are compared as numbers.
struct NGramVocabulary {
  let lowercase: Bool
  private var ids: [Tokenizer13a.Scalars: Int32] = [:]

  init(lowercase: Bool) { self.lowercase = lowercase }

  mutating func ids(of sentence: String) -> [Int32] {
    Tokenizer13a.tokens(of: sentence, lowercase: lowercase).map { token in
      if let id = ids[token] { return id }
      let id = Int32(ids.count + 1)
      ids[token] = id
      return id
    }
  }
}

extension BLEU {
  /// The sums over a corpus from which a score follows.
  struct Counts: Equatable {
    /// By order, from unigrams.
    var matches = [Int](repeating: 0, count: maximumOrder)
    var totals = [Int](repeating: 0, count: maximumOrder)
    var hypothesisLength = 0
    var referenceLength = 0

    /// Adds one sentence; a match counts at most as often as in the reference that has it most.
    mutating func add(hypothesis: [Int32], references: [[Int32]]) {
      hypothesisLength += hypothesis.count
      referenceLength += closestLength(to: hypothesis.count, among: references.map(\.count))
      var allowed: [NGram: Int] = [:]
      for reference in references {
        allowed.merge(Self.nGrams(of: reference), uniquingKeysWith: max)
      }
      for (nGram, count) in Self.nGrams(of: hypothesis) {
        let order = (0..<maximumOrder).count { nGram[$0] != 0 }
        totals[order - 1] += count
        matches[order - 1] += min(count, allowed[nGram, default: 0])
      }
    }

    /// In percent. An order without a match gets half of one match, the next such order a quarter, and so on; all are
    /// zero if nothing matches.
    var smoothedPrecisions: [Double] {
      var precisions = [Double](repeating: 0, count: maximumOrder)
      guard matches.contains(where: { $0 > 0 }) else { return precisions }
      var smoothing = 1.0
      for order in 0..<maximumOrder where totals[order] > 0 {
        if matches[order] == 0 { smoothing *= 2 }
        let matched = matches[order] == 0 ? 1 / smoothing : Double(matches[order])
        precisions[order] = 100 * matched / Double(totals[order])
      }
      return precisions
    }

    var brevityPenalty: Double {
      if hypothesisLength >= referenceLength { return 1 }
      if hypothesisLength == 0 { return 0 }
      return exp(1 - Double(referenceLength) / Double(hypothesisLength))
    }

    private func closestLength(to length: Int, among lengths: [Int]) -> Int {
      lengths.min { (abs($0 - length), $0) < (abs($1 - length), $1) } ?? 0
    }

    private static func nGrams(of ids: [Int32]) -> [NGram: Int] {
      var counts: [NGram: Int] = [:]
      for start in ids.indices {
        var nGram = NGram()
        for order in 0..<min(maximumOrder, ids.count - start) {
          nGram[order] = ids[start + order]
          counts[nGram, default: 0] += 1
        }
      }
      return counts
    }
  }
}
