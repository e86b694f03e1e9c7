import Metrics
import Text

/// What word alignment is read off: a model whose attention can be asked for, teacher-forced.
public protocol AligningModel {
  /// Weights of cross-attention, one row for each id of `target`, `[T, S]`; nil if the model has no attention.
  ///
  /// - Parameters:
  ///   - source: ids as the encoder reads them.
  ///   - target: ids that are given in place of the model's own, the end token included.
  func attention(source: [Int], target: [Int]) throws -> [[Float]]?
}

/// How well the strongest source token of each target word agrees with links that people drew.
public struct AlignmentEvaluation: Sendable, Equatable {
  public var sentences = 0
  /// Nil for a model without attention.
  public var model: Scores?
  /// The baseline that needs no model.
  public var diagonal = Scores()

  public struct Scores: Sendable, Equatable {
    public var allWords = AlignmentScore()
    /// Links of target words that carry meaning; see `FunctionWords`.
    public var contentWords = AlignmentScore()

    mutating func add(_ links: Set<Link>, gold: Alignment, contentTargets: Set<Int>) {
      allWords.add(predicted: links, gold: gold)
      contentWords.add(
        predicted: links.filter { contentTargets.contains($0.target) }, gold: gold.restricted(toTargets: contentTargets))
    }
  }

  /// Aligns every pair.
  public init(
    of pairs: [AlignedPair], by model: some AligningModel, encoder: PairEncoder,
    contentWords: FunctionWords = .french
  ) throws {
    var scores = Scores()
    var hasAttention = true
    for pair in pairs {
      let content = contentWords.contentPositions(in: pair.target)
      let diagonal = Aligner.diagonal(sourceLength: pair.source.count, targetLength: pair.target.count)
      self.diagonal.add(diagonal, gold: pair.gold, contentTargets: content)
      let source = encoder.encodeSource(pair.source)
      let target = encoder.encodeTarget(pair.target)
      guard let rows = try model.attention(source: source.ids, target: target.ids) else {
        hasAttention = false
        continue
      }
      let words = WordMatrix(rows, source: source, target: target)
      let links = Aligner.strongest(rows: words.rows, words: words.columns)
      scores.add(links, gold: pair.gold, contentTargets: content)
    }
    sentences = pairs.count
    self.model = hasAttention ? scores : nil
  }
}

/// A tokenized sentence as ids, with the word that each id belongs to; nil for start and end.
public struct EncodedWords: Sendable, Equatable {
  public var ids: [Int]
  public var words: [Int?]
  public var wordCount: Int
}

/// A matrix over tokens turned into one over words: a word's column is the sum of its tokens' columns, its row the mean of
/// their rows. Tokens of no word keep a column each and compete, so that a row that looks at the end token links to nothing.
struct WordMatrix {
  /// One row for each target word; empty for a word without tokens.
  let rows: [[Float]]
  /// The column of each source word.
  let columns: [Int: Int]

  init(_ tokens: [[Float]], source: EncodedWords, target: EncodedWords) {
    var columnOfToken: [Int] = []
    var count = source.wordCount
    for word in source.words {
      columnOfToken.append(word ?? count)
      if word == nil { count += 1 }
    }
    var rows = [[Float]](repeating: [], count: target.wordCount)
    for (word, row) in zip(target.words, tokens) {
      guard let word else { continue }
      if rows[word].isEmpty { rows[word] = Array(repeating: 0, count: count) }
      // The mean's divisor is the same for the whole row and does not change which column is strongest.
      for (column, weight) in zip(columnOfToken, row) { rows[word][column] += weight }
    }
    self.rows = rows
    columns = Dictionary(uniqueKeysWithValues: (0..<source.wordCount).map { ($0, $0) })
  }
}
