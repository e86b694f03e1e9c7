import Metrics
import Models

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
        predicted: links.filter { contentTargets.contains($0.target) }, gold: gold.restricted(toTargets: contentTargets)
      )
    }
  }

  /// Aligns every pair; `progress` is called before each one and may throw to stop.
  public init(
    of pairs: [AlignedPair], by model: some SequenceModel, encoder: PairEncoder,
    contentWords: FunctionWords = .french, progress: () throws -> Void = {}
  ) throws {
    var scores = Scores()
    let hasAttention = model.attention.contains { $0.site == .cross }
    for pair in pairs {
      try progress()
      let content = contentWords.contentPositions(in: pair.target)
      let diagonal = Aligner.diagonal(sourceLength: pair.source.count, targetLength: pair.target.count)
      self.diagonal.add(diagonal, gold: pair.gold, contentTargets: content)
      guard hasAttention else { continue }
      let source = encoder.encodeSource(pair.source)
      let target = encoder.encodeTarget(pair.target)
      try model.check(sourceLength: source.ids.count, targetLength: target.ids.count)
      let rows = model.crossAttention(source: source.ids, target: target.ids)
      let words = WordMatrix(rows, source: source, target: target)
      let links = Aligner.strongest(rows: words.rows, words: words.columns)
      scores.add(links, gold: pair.gold, contentTargets: content)
    }
    sentences = pairs.count
    self.model = hasAttention ? scores : nil
  }
}

extension SequenceModel {
  /// Weights of cross-attention under teacher forcing, the mean over layers and heads: one row for each id of `target`,
  /// `[T, S]`.
  ///
  /// - Parameters:
  ///   - source: ids as the encoder reads them.
  ///   - target: ids that are given in place of the model's own, the end token included.
  func crossAttention(source: [Int], target: [Int]) -> [[Float]] {
    let start = begin(source)
    guard var state = start.state else { return [] }
    var given = start.first
    return target.map { token in
      let step = state.step(given)
      (state, given) = (step.next, token)
      var row = [Float](repeating: 0, count: source.count)
      guard let cross = step.cross else { return row }
      for layer in 0..<cross.layers {
        for head in 0..<cross.heads {
          for (column, weight) in cross.weights(layer: layer, head: head, row: 0).enumerated() {
            row[column] += weight / Float(cross.layers * cross.heads)
          }
        }
      }
      return row
    }
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
