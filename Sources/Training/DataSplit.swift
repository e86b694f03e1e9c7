import Foundation
import Layers

/// A corpus in three parts that share no source sentence.
public struct DataSplit: Sendable, Equatable {
  public var train: [SentencePair] = []
  public var validation: [SentencePair] = []
  public var test: [SentencePair] = []

  /// How large the parts are that are carved out of the training file.
  public enum Share: Sendable, Equatable {
    /// Of all distinct source sentences, from 0 to 1.
    case fraction(Double)
    /// So many distinct source sentences.
    case sentences(Int)

    func count(of total: Int) -> Int {
      switch self {
      case .fraction(let fraction): Int((fraction * Double(total)).rounded())
      case .sentences(let count): min(count, total)
      }
    }
  }

  /// Carves test and validation out of `pairs` by source sentence, so that all translations of one land in one part.
  ///
  /// Which part a sentence falls into depends on `seed` and its own text alone, never on the order of the file.
  public init(carving pairs: [SentencePair], validation: Share, test: Share, seed: UInt64) {
    let keys = pairs.map { SourceKey($0.source) }
    let ranked = Set(keys).map { ($0.hash(seed: seed), $0) }.sorted { $0 < $1 }.map(\.1)
    let testCount = test.count(of: ranked.count)
    let validationCount = min(validation.count(of: ranked.count), ranked.count - testCount)
    let testKeys = Set(ranked.prefix(testCount))
    let validationKeys = Set(ranked.dropFirst(testCount).prefix(validationCount))
    for (pair, key) in zip(pairs, keys) {
      if testKeys.contains(key) {
        self.test.append(pair)
      } else if validationKeys.contains(key) {
        self.validation.append(pair)
      } else {
        train.append(pair)
      }
    }
  }

  /// Drops each pair of `train` whose source stands in `heldOut`.
  ///
  /// - Returns: how many were dropped.
  public mutating func removeFromTrain(sourcesOf heldOut: [SentencePair]) -> Int {
    let keys = Set(heldOut.map { SourceKey($0.source) })
    let before = train.count
    if !keys.isEmpty { train.removeAll { keys.contains(SourceKey($0.source)) } }
    return before - train.count
  }

  /// Drops each pair of `train` that stands there already.
  ///
  /// - Returns: how many were dropped.
  public mutating func removeDuplicates() -> Int {
    var seen: Set<SentencePair> = []
    let before = train.count
    train.removeAll { !seen.insert($0).inserted }
    return before - train.count
  }
}

/// What makes two source sentences the same one: their text in NFC, lower case, with single blanks.
struct SourceKey: Hashable, Comparable {
  let text: String

  init(_ sentence: String) {
    let folded = sentence.lowercased()
    let composed = folded.utf8.allSatisfy { $0 < 0x80 } ? folded : folded.precomposedStringWithCanonicalMapping
    text = composed.split(whereSeparator: \.isWhitespace).joined(separator: " ")
  }

  /// Of the text and the seed alone.
  func hash(seed: UInt64) -> UInt64 {
    var fingerprint = Fingerprint()
    fingerprint.add(text.utf8)
    var randomness = Randomness(seed: seed, stream: fingerprint.value)
    return randomness.next()
  }

  static func < (left: SourceKey, right: SourceKey) -> Bool { left.text < right.text }
}
