import Text

/// Sentences to ids as the models of this project read them: the end token closes both sides.
public struct PairEncoder: Sendable {
  public let source: Tokenizer
  public let target: Tokenizer
  private let sourceEnd: Int
  private let targetEnd: Int

  /// - Throws: `TrainingError` if a tokenizer has no end token.
  public init(source: Tokenizer, target: Tokenizer) throws {
    guard let sourceEnd = source.endID, let targetEnd = target.endID else {
      throw TrainingError("the \(source.endID == nil ? "source" : "target") tokenizer has no end token; train it anew")
    }
    self.source = source
    self.target = target
    self.sourceEnd = sourceEnd
    self.targetEnd = targetEnd
  }

  public func encodeSource(_ sentence: String) -> [Int] { source.encode(sentence).map(\.id) + [sourceEnd] }
  public func encodeTarget(_ sentence: String) -> [Int] { target.encode(sentence).map(\.id) + [targetEnd] }

  public func encode(_ pair: SentencePair) -> EncodedPair {
    EncodedPair(source: encodeSource(pair.source), target: encodeTarget(pair.target))
  }

  /// Source tokens without the end.
  public func sourceLength(_ sentence: String) -> Int { source.encode(sentence).count }

  /// Words that a person has cut, joined by single blanks and encoded.
  public func encodeSource(_ words: [String]) -> EncodedWords { Self.encode(words, source, end: sourceEnd) }
  public func encodeTarget(_ words: [String]) -> EncodedWords { Self.encode(words, target, end: targetEnd) }

  private static func encode(_ words: [String], _ tokenizer: Tokenizer, end: Int) -> EncodedWords {
    var starts: [Int] = []
    var length = 0
    for word in words {
      starts.append(length)
      length += word.utf8.count + 1
    }
    let tokens = tokenizer.encode(words.joined(separator: " "))
    let wordOfToken = tokens.map { token in
      // A token that begins with the blank before its word, as sub-words may, ends inside the word.
      starts.lastIndex { $0 < token.range.upperBound }
    }
    return EncodedWords(ids: tokens.map(\.id) + [end], words: wordOfToken + [nil], wordCount: words.count)
  }
}
