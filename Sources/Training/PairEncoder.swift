import Models
import Text

/// Sentences to ids as a model reads them: the configuration says whether start and end wrap a source; the end token
/// closes every target.
public struct PairEncoder: Sendable {
  public let source: Tokenizer
  public let target: Tokenizer
  /// True where the two are one.
  public let isShared: Bool
  let configuration: any ModelConfiguration

  public init(source: Tokenizer, target: Tokenizer, isShared: Bool = false, configuration: any ModelConfiguration) {
    self.source = source
    self.target = target
    self.isShared = isShared
    self.configuration = configuration
  }

  public func encodeSource(_ sentence: String) -> [Int] { wrapped(source.encode(sentence).map(\.id)) }

  public func encodeTarget(_ sentence: String) -> [Int] {
    configuration.affixes.targetPrefix + target.encode(sentence).map(\.id) + configuration.targetEnd
  }

  /// An example; a language model's has no source.
  public func encode(_ pair: SentencePair) -> EncodedPair {
    EncodedPair(
      source: configuration.readsSource ? encodeSource(pair.source) : [], target: encodeTarget(pair.target))
  }

  /// Source tokens without start and end.
  public func sourceLength(_ sentence: String) -> Int { source.encode(sentence).count }

  /// Nothing at all cannot be encoded: it reads as one unknown word.
  func wrapped(_ ids: [Int]) -> [Int] {
    let whole = configuration.sourceStart + ids + configuration.sourceEnd
    return whole.isEmpty ? [configuration.unknownID] : whole
  }
}
