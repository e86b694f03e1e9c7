import Metrics

/// What is measured on: a model that reads and writes ids.
public protocol EvaluatedModel {
  /// The negative log-likelihood of all real target tokens of a batch, in nats, summed.
  func negativeLogLikelihood(of batch: Batch) throws -> Double
  /// Greedy translations, without the end token.
  func translate(_ sources: [[Int]], maximumLength: Int) throws -> [[Int]]
}

/// Sentences of one meaning: a source and every translation that is held to be right.
public struct ReferenceGroup: Sendable, Equatable {
  public var source: String
  public var references: [String]

  /// Groups pairs by their source, in the order of first appearance.
  public static func groups(of pairs: [SentencePair]) -> [ReferenceGroup] {
    var places: [String: Int] = [:]
    var groups: [ReferenceGroup] = []
    for pair in pairs {
      if let place = places[pair.source] {
        groups[place].references.append(pair.target)
      } else {
        places[pair.source] = groups.count
        groups.append(ReferenceGroup(source: pair.source, references: [pair.target]))
      }
    }
    return groups
  }
}

/// How well a model translates held-out pairs.
public struct Evaluation: Sendable, Equatable {
  /// Pairs, source sentences (each translated once) and real target tokens, the end token included.
  public var pairs: Int
  public var sentences: Int
  public var targetTokens: Int
  /// Mean negative log-likelihood of a target token, in nats, teacher-forced.
  public var loss: Double
  public var bleu: BLEU.Score
  /// Part of the sentences whose translation equals one of their references, from 0 to 1.
  public var exactMatch: Double
  public var byLength: [LengthBucket]
  /// In the order of `ReferenceGroup.groups`.
  public var translations: [String]

  public var perplexity: Double { Metrics.perplexity(negativeLogLikelihood: loss) }

  /// The sentences of like source length.
  public struct LengthBucket: Sendable, Equatable {
    /// Source tokens, without start and end.
    public var lengths: ClosedRange<Int>
    public var sentences: Int
    public var bleu: BLEU.Score
    public var exactMatch: Double
  }

  /// Source lengths that are reported together.
  public static let buckets = [1...4, 5...6, 7...8, 9...10, 11...13, 14...17, 18...Int.max]
}

/// Measures a model with its tokenizers.
public struct Evaluator<Model: EvaluatedModel> {
  public var model: Model
  public var encoder: PairEncoder
  public var batching = Batching(sentences: 64)
  /// The longest translation, in tokens.
  public var maximumLength = 100
  /// Compares without case, as sacrebleu's `-lc` does.
  public var ignoresCase = false
  /// Told how many of how many batches are done; throws to stop.
  public var progress: (_ done: Int, _ all: Int) throws -> Void = { _, _ in }

  public init(model: Model, encoder: PairEncoder) {
    self.model = model
    self.encoder = encoder
  }

  /// Measures on pairs; sources with several translations are translated once and count them all as references.
  public func evaluate(_ pairs: [SentencePair]) throws -> Evaluation {
    let encoded = pairs.map(encoder.encode)
    let groups = ReferenceGroup.groups(of: pairs)
    let sources = groups.map { encoder.encodeSource($0.source) }
    let steps = batching.batchesInOrder(of: encoded).count
    let loss = try loss(of: encoded) { try progress($0, 2 * steps) }
    let translations = try translate(sources) { try progress(steps + $0 * steps / max(1, $1), 2 * steps) }
    let lengths = groups.map { encoder.sourceLength($0.source) }
    let all = Array(groups.indices)
    let buckets = try Evaluation.buckets.compactMap { range -> Evaluation.LengthBucket? in
      let members = all.filter { range.contains(max(1, lengths[$0])) }
      if members.isEmpty { return nil }
      let upper = min(range.upperBound, members.map { lengths[$0] }.max() ?? range.upperBound)
      return Evaluation.LengthBucket(
        lengths: range.lowerBound...max(range.lowerBound, upper), sentences: members.count,
        bleu: try bleu(members, translations, groups), exactMatch: exactMatch(members, translations, groups))
    }
    return Evaluation(
      pairs: pairs.count, sentences: groups.count, targetTokens: loss.tokens, loss: loss.mean,
      bleu: try bleu(all, translations, groups), exactMatch: exactMatch(all, translations, groups), byLength: buckets,
      translations: translations)
  }

  /// Mean over real target tokens, teacher-forced.
  public func loss(
    of pairs: [EncodedPair], progress: (_ done: Int) throws -> Void = { _ in }
  ) throws -> (mean: Double, tokens: Int) {
    var sum = 0.0
    var tokens = 0
    for (index, indices) in batching.batchesInOrder(of: pairs).enumerated() {
      let batch = Batch(indices.map { pairs[$0] })
      sum += try model.negativeLogLikelihood(of: batch)
      tokens += batch.targetTokens
      try progress(index + 1)
    }
    return (tokens > 0 ? sum / Double(tokens) : 0, tokens)
  }

  /// Greedy translations as text, in the order of `sources`.
  public func translate(
    _ sources: [[Int]], progress: (_ done: Int, _ all: Int) throws -> Void = { _, _ in }
  ) throws -> [String] {
    var translations = [String](repeating: "", count: sources.count)
    let batches = batching.batchesInOrder(of: sources.map { EncodedPair(source: $0, target: []) })
    for (done, indices) in batches.enumerated() {
      let ids = try model.translate(indices.map { sources[$0] }, maximumLength: maximumLength)
      for (index, ids) in zip(indices, ids) { translations[index] = encoder.target.decode(ids) }
      try progress(done + 1, batches.count)
    }
    return translations
  }

  private func bleu(_ members: [Int], _ translations: [String], _ groups: [ReferenceGroup]) throws -> BLEU.Score {
    try BLEU.corpus(
      hypotheses: members.map { translations[$0] }, references: members.map { groups[$0].references },
      lowercase: ignoresCase)
  }

  private func exactMatch(_ members: [Int], _ translations: [String], _ groups: [ReferenceGroup]) -> Double {
    let matches = members.count { index in
      groups[index].references.contains { key($0) == key(translations[index]) }
    }
    return Double(matches) / Double(members.count)
  }

  /// What is compared: blanks of any kind count as one, and are left out where there is a choice in typesetting.
  private func key(_ text: String) -> String {
    let words = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    return ignoresCase ? words.lowercased() : words
  }
}
