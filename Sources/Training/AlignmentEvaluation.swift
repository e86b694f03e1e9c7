import Metrics
import Traces

/// How well word alignments agree with links that people drew: those of each head, of means over heads, or of a file.
public struct AlignmentEvaluation: Sendable, Equatable {
  public var sentences = 0
  /// Each head, layer by layer; empty for a model without cross-attention.
  public var heads: [Reading] = []
  /// The mean over the heads of each layer; empty unless the model has several heads in several layers.
  public var layers: [Reading] = []
  /// The mean over all heads; nil for a model without cross-attention.
  public var mean: Scores?
  /// Links that were given instead of a model.
  public var given: Scores?
  /// The baseline that needs no model; nil where the sentences are not known.
  public var diagonal: Scores?

  /// What one head or a mean of heads scores.
  public struct Reading: Sendable, Equatable {
    public var selection: HeadSelection
    public var scores: Scores
  }

  public struct Scores: Sendable, Equatable {
    public var allWords = AlignmentScore()
    /// Links of target words that carry meaning, see `FunctionWords`; nil where the words are not known.
    public var contentWords: AlignmentScore?

    mutating func add(_ links: Set<Link>, gold: Alignment, contentTargets: Set<Int>?) {
      allWords.add(predicted: links, gold: gold)
      guard let contentTargets else { return }
      contentWords = contentWords ?? AlignmentScore()
      contentWords?.add(
        predicted: links.filter { contentTargets.contains($0.target) }, gold: gold.restricted(toTargets: contentTargets)
      )
    }
  }

  /// The head with the least error rate on all words, the first of equals: chosen on the very links that it is scored on.
  public var best: Reading? {
    heads.min { ($0.scores.allWords.errorRate ?? 1) < ($1.scores.allWords.errorRate ?? 1) }
  }

  /// Aligns every pair with every head; `progress` is called before each one and may throw to stop.
  ///
  /// - Parameter functionWords: of the target's language; nil leaves content words out.
  /// - Throws: what `aligner` throws, with the number of the pair.
  public init(
    of pairs: [AlignedPair], by aligner: WordAligner, rule: LinkRule = .strongest,
    functionWords: FunctionWords? = .french, progress: (_ done: Int, _ all: Int) throws -> Void = { _, _ in }
  ) throws {
    var readings = Self.selections(of: aligner).map { Reading(selection: $0, scores: Scores()) }
    var diagonal = Scores()
    for (index, pair) in pairs.enumerated() {
      try progress(index, pairs.count)
      let content = functionWords?.contentPositions(in: pair.target)
      diagonal.add(pair.diagonal, gold: pair.gold, contentTargets: content)
      guard !readings.isEmpty else { continue }
      let attention: WordAttention
      do {
        attention = try aligner.read(aligner.encoder.encodeWords(source: pair.source, target: pair.target))
      } catch {
        throw TrainingError("gold pair \(index + 1): \(error)")
      }
      for place in readings.indices {
        readings[place].scores.add(
          attention.links(readings[place].selection, rule: rule), gold: pair.gold, contentTargets: content)
      }
    }
    sentences = pairs.count
    heads = readings.filter { if case .head = $0.selection { true } else { false } }
    layers = readings.filter { if case .mean(_, .some) = $0.selection { true } else { false } }
    mean = readings.first { $0.selection == .mean(site: .cross, layer: nil) }?.scores
    self.diagonal = diagonal
  }

  /// Scores links that were found without heed, one set for each gold pair.
  public init(of found: [Set<Link>], gold: GoldStandard, functionWords: FunctionWords? = .french) {
    var given = Scores()
    var diagonal = Scores()
    for (index, links) in found.enumerated() where index < gold.links.count {
      let pair = gold.pairs?[index]
      let content = pair.flatMap { functionWords?.contentPositions(in: $0.target) }
      given.add(links, gold: gold.links[index], contentTargets: content)
      if let pair { diagonal.add(pair.diagonal, gold: pair.gold, contentTargets: content) }
    }
    sentences = found.count
    self.given = given
    self.diagonal = gold.pairs == nil ? nil : diagonal
  }

  private static func selections(of aligner: WordAligner) -> [HeadSelection] {
    guard let layout = aligner.layout else { return [] }
    let layers = layout.layers > 1 && layout.heads > 1 ? 0..<layout.layers : 0..<0
    return aligner.heads.map(HeadSelection.head) + layers.map { .mean(site: .cross, layer: $0) }
      + [.mean(site: .cross, layer: nil)]
  }
}

extension AlignedPair {
  fileprivate var diagonal: Set<Link> {
    Aligner.diagonal(sourceLength: source.count, targetLength: target.count)
  }
}
