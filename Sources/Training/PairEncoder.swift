import Models
import Text

/// Sentences to ids as a model reads them: the configuration says whether start and end wrap a source; the end token
/// closes every target.
public struct PairEncoder: Sendable {
  public let source: Tokenizer
  public let target: Tokenizer
  /// True where the two are one.
  public let isShared: Bool
  private let configuration: any ModelConfiguration

  public init(source: Tokenizer, target: Tokenizer, isShared: Bool = false, configuration: any ModelConfiguration) {
    self.source = source
    self.target = target
    self.isShared = isShared
    self.configuration = configuration
  }

  public func encodeSource(_ sentence: String) -> [Int] { wrapped(source.encode(sentence).map(\.id)) }

  public func encodeTarget(_ sentence: String) -> [Int] {
    target.encode(sentence).map(\.id) + [configuration.endID]
  }

  /// An example; a language model's has no source.
  public func encode(_ pair: SentencePair) -> EncodedPair {
    EncodedPair(
      source: configuration.readsSource ? encodeSource(pair.source) : [], target: encodeTarget(pair.target))
  }

  /// Source tokens without start and end.
  public func sourceLength(_ sentence: String) -> Int { source.encode(sentence).count }

  /// Words that a person has cut, joined to running text and encoded.
  public func encodeSource(_ words: [String]) -> EncodedWords {
    let tokens = Self.tokens(words, source)
    let start: [Int?] = configuration.sourceHasStart ? [nil] : []
    let end: [Int?] = configuration.sourceHasEnd || tokens.isEmpty ? [nil] : []
    return EncodedWords(ids: wrapped(tokens.map(\.id)), words: start + tokens.map(\.word) + end, wordCount: words.count)
  }

  public func encodeTarget(_ words: [String]) -> EncodedWords {
    let tokens = Self.tokens(words, target)
    return EncodedWords(
      ids: tokens.map(\.id) + [configuration.endID], words: tokens.map(\.word) + [nil], wordCount: words.count)
  }

  /// Nothing at all cannot be encoded: it reads as one unknown word.
  private func wrapped(_ ids: [Int]) -> [Int] {
    let start = configuration.sourceHasStart ? [configuration.startID] : []
    let end = configuration.sourceHasEnd ? [configuration.endID] : []
    let whole = start + ids + end
    return whole.isEmpty ? [configuration.unknownID] : whole
  }

  private static func tokens(_ words: [String], _ tokenizer: Tokenizer) -> [(id: Int, word: Int?)] {
    var text = ""
    var starts: [Int] = []
    for word in words {
      // An elided word is written without a blank after it: `l'eau`.
      if !text.isEmpty, text.last != "'", text.last != "’" { text += " " }
      starts.append(text.utf8.count)
      text += word
    }
    return tokenizer.encode(text).map { token in
      // A token that begins with the blank before its word, as sub-words may, ends inside the word.
      (token.id, starts.lastIndex { $0 < token.range.upperBound })
    }
  }
}
