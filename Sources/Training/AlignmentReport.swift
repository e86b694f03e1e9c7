import Metrics
import Traces

/// The part of `heed evaluate` that compares word alignments with gold links, beside the diagonal.
public struct AlignmentReport: Encodable, Sendable, Equatable {
  var sentences: Int
  /// The head with the least error rate on these very links.
  var best: Head?
  /// Over all heads.
  var mean: Words?
  var heads: [Head]
  /// Means over the heads of each layer.
  var layers: [Head]
  /// Links from a file.
  var given: Words?
  var diagonal: Words?

  struct Words: Encodable, Sendable, Equatable {
    var allWords: Rates
    var contentWords: Rates?

    enum CodingKeys: String, CodingKey {
      case allWords = "all_words"
      case contentWords = "content_words"
    }

    init(_ scores: AlignmentEvaluation.Scores) {
      allWords = Rates(scores.allWords)
      contentWords = scores.contentWords.map(Rates.init)
    }
  }

  /// A head, or the mean over a layer's heads where `head` is nil.
  struct Head: Encodable, Sendable, Equatable {
    var name: String
    var layer: Int
    var head: Int?
    var words: Words

    init?(_ reading: AlignmentEvaluation.Reading) {
      switch reading.selection {
      case .head(let address): (layer, head) = (address.layer, address.head)
      case .mean(_, let layer?): (self.layer, head) = (layer, nil)
      case .mean(_, nil): return nil
      }
      name = "\(reading.selection)"
      words = Words(reading.scores)
    }

    enum CodingKeys: String, CodingKey { case name, layer, head }

    func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(name, forKey: .name)
      try container.encode(layer, forKey: .layer)
      try container.encodeIfPresent(head, forKey: .head)
      try words.encode(to: encoder)
    }
  }

  /// From 0 to 1; nil where undefined.
  struct Rates: Encodable, Sendable, Equatable {
    var precision: Double?
    var recall: Double?
    var errorRate: Double?

    enum CodingKeys: String, CodingKey {
      case precision, recall
      case errorRate = "alignment_error_rate"
    }

    init(_ score: AlignmentScore) {
      (precision, recall, errorRate) = (score.precision, score.recall, score.errorRate)
    }
  }

  public init(_ evaluation: AlignmentEvaluation) {
    sentences = evaluation.sentences
    best = evaluation.best.flatMap(Head.init)
    mean = evaluation.mean.map(Words.init)
    heads = evaluation.heads.compactMap(Head.init)
    layers = evaluation.layers.compactMap(Head.init)
    given = evaluation.given.map(Words.init)
    diagonal = evaluation.diagonal.map(Words.init)
  }
}

extension AlignmentReport: CustomStringConvertible {
  /// For people: a table of all heads where there are several, then precision and recall of what matters.
  public var description: String {
    var parts = ["word alignment on \(sentences) sentences\(given == nil ? ", teacher-forced" : "")"]
    if mean == nil, given == nil { parts[0] += "\nthe model has no cross-attention to read an alignment from" }
    if heads.count > 1 {
      parts.append(table("error rate in %, all words", \.allWords.errorRate))
      if heads[0].words.contentWords != nil {
        parts.append(table("error rate in %, content words", \.contentWords?.errorRate))
      }
    }
    parts.append(TextTable.aligned([["", "precision", "recall", "error rate"]] + rows))
    if diagonal == nil { parts.append("give the sentences with --gold-text to see the diagonal and content words too") }
    return parts.joined(separator: "\n\n") + "\n"
  }

  private var rows: [[String]] {
    let isOne = heads.count == 1
    let lines: [(String, Words?)] = [
      ("given links", given), (isOne ? "attention" : "best head, \(best?.name ?? "")", best?.words),
      ("mean of \(heads.count) heads", isOne ? nil : mean), ("diagonal", diagonal),
    ]
    func row(_ words: String, _ name: String, _ rates: Rates?) -> [String]? {
      rates.map {
        ["\(words), \(name)", TextTable.percent($0.precision), TextTable.percent($0.recall)]
          + [TextTable.percent($0.errorRate)]
      }
    }
    return lines.compactMap { row("all words", $0, $1?.allWords) }
      + lines.compactMap { row("content words", $0, $1?.contentWords) }
  }

  /// Layers down, heads across, and each layer's mean.
  private func table(_ title: String, _ rate: (Words) -> Double?) -> String {
    func number(_ words: Words) -> String { rate(words).map { ProgressLine.number(100 * $0, 1) } ?? "-" }
    let byLayer = Dictionary(grouping: heads, by: \.layer)
    let width = byLayer.values.map(\.count).max() ?? 0
    var table = [[title] + (0..<width).map { "H\($0)" } + (layers.isEmpty ? [] : ["mean"])]
    for (layer, heads) in byLayer.sorted(by: { $0.key < $1.key }) {
      let mean = layers.first { $0.layer == layer }.map { [number($0.words)] } ?? []
      table.append(["L\(layer)"] + heads.map { number($0.words) } + mean)
    }
    return TextTable.aligned(table)
  }
}

/// Columns of text for people.
public enum TextTable {
  /// The first column to the left, the others to the right.
  public static func aligned(_ rows: [[String]]) -> String {
    let columns = rows.map(\.count).max() ?? 0
    let widths = (0..<columns).map { column in
      rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0
    }
    return rows.map { row in
      zip(row, widths).enumerated().map { index, cell in
        let padding = String(repeating: " ", count: cell.1 - cell.0.count)
        return index == 0 ? cell.0 + padding : padding + cell.0
      }.joined(separator: "  ")
    }.joined(separator: "\n")
  }

  static func percent(_ part: Double?) -> String {
    part.map { ProgressLine.number(100 * $0, 1) + " %" } ?? "undefined"
  }
}
