import Text

/// A sentence as ids, with the words that each id stands for.
public struct EncodedWords: Sendable, Equatable {
  public var ids: [Int]
  /// One range for each id: sub-words share a word, a token over a blank has several, start and end have none.
  public var words: [Range<Int>]
  public var wordCount: Int
}

/// A pair of sentences as ids with their words, ready to be read under teacher forcing.
public struct EncodedWordPair: Sendable, Equatable {
  public var source: EncodedWords
  public var target: EncodedWords
}

extension PairEncoder {
  /// Sentences as typed; words are what white space parts.
  public func encodeWords(_ pair: SentencePair) -> EncodedWordPair {
    encode(source: RunningText(typed: pair.source), target: RunningText(typed: pair.target))
  }

  /// Sentences that a person has cut into words, joined to running text first.
  public func encodeWords(source words: [String], target targetWords: [String]) -> EncodedWordPair {
    encode(source: RunningText(joining: words, for: source), target: RunningText(joining: targetWords, for: target))
  }

  private func encode(source text: RunningText, target targetText: RunningText) -> EncodedWordPair {
    let tokens = Self.tokens(text, source)
    let ids = wrapped(tokens.map(\.id))
    let start = configuration.sourceStart.count
    let end = ids.count - start - tokens.count
    let none = 0..<0
    let sourceWords =
      Array(repeating: none, count: start) + tokens.map(\.words) + Array(repeating: none, count: max(0, end))
    let (prefix, targetEnd) = (configuration.affixes.targetPrefix, configuration.targetEnd)
    let targetTokens = Self.tokens(targetText, target)
    return EncodedWordPair(
      source: EncodedWords(ids: ids, words: sourceWords, wordCount: text.words.count),
      target: EncodedWords(
        ids: prefix + targetTokens.map(\.id) + targetEnd,
        words: prefix.map { _ in none } + targetTokens.map(\.words) + targetEnd.map { _ in none },
        wordCount: targetText.words.count))
  }

  private static func tokens(_ text: RunningText, _ tokenizer: Tokenizer) -> [(id: Int, words: Range<Int>)] {
    tokenizer.encode(text.text).map { ($0.id, words(at: $0.range, of: text.words)) }
  }

  /// The words that a range of bytes touches. One that touches none, the blank before a word as a token of its own, goes
  /// with the word that follows.
  private static func words(at range: Range<Int>, of words: [Range<Int>]) -> Range<Int> {
    let first = words.firstIndex { $0.upperBound > range.lowerBound } ?? words.count
    let end = words[first...].firstIndex { $0.lowerBound >= range.upperBound } ?? words.count
    return first..<min(words.count, max(end, first + 1))
  }
}

/// A matrix over tokens turned into one over words.
///
/// A source word's column is the sum of its tokens' columns, a target word's row the mean of its tokens' rows, so that a
/// row still sums to 1. Tokens of no word keep a column each and compete, so that a row that looks at the end token
/// links to nothing. Source words with a token in common have one column.
struct WordMatrix {
  /// One row for each target word; empty for a word without tokens.
  let rows: [[Float]]
  /// The source words of each column.
  let words: [[Int]]

  init(_ tokens: [[Float]], source: EncodedWords, target: EncodedWords) {
    var words: [[Int]] = []
    let joined = Set(source.words.flatMap { $0.dropFirst() })
    for word in 0..<source.wordCount {
      if joined.contains(word), !words.isEmpty { words[words.count - 1].append(word) } else { words.append([word]) }
    }
    var columnOfWord: [Int: Int] = [:]
    for (column, members) in words.enumerated() { for word in members { columnOfWord[word] = column } }
    var columns: [Int] = []
    for range in source.words {
      let column = range.first.flatMap { columnOfWord[$0] } ?? words.count
      if column == words.count { words.append([]) }
      columns.append(column)
    }
    self.words = words
    rows = (0..<target.wordCount).map { word in
      let own = zip(target.words, tokens).filter { $0.0.contains(word) }.map(\.1)
      guard !own.isEmpty else { return [] }
      var row = [Float](repeating: 0, count: words.count)
      for token in own { for (column, weight) in zip(columns, token) { row[column] += weight / Float(own.count) } }
      return row
    }
  }
}
