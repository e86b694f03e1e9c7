/// How well predicted links agree with a person's, over any number of sentence pairs (Och and Ney 2003, section 6).
///
/// With predicted links A, sure links S and possible links P, summed over all pairs: precision `|A∩P| / |A|`, recall
/// `|A∩S| / |S|`, alignment error rate `1 − (|A∩S| + |A∩P|) / (|A| + |S|)`.
public struct AlignmentScore: Sendable, Equatable, CustomStringConvertible {
  /// `|A|`.
  public private(set) var predicted = 0
  /// `|S|`.
  public private(set) var sure = 0
  /// `|A∩S|`.
  public private(set) var predictedAndSure = 0
  /// `|A∩P|`.
  public private(set) var predictedAndPossible = 0

  public init() {}

  /// Counts one sentence pair.
  public mutating func add(predicted links: Set<Link>, gold: Alignment) {
    predicted += links.count
    sure += gold.sure.count
    predictedAndSure += links.intersection(gold.sure).count
    predictedAndPossible += links.intersection(gold.possible).count
  }

  /// From 0 to 1; nil if nothing was predicted.
  public var precision: Double? { Self.ratio(predictedAndPossible, predicted) }

  /// From 0 to 1; nil if there are no sure links.
  public var recall: Double? { Self.ratio(predictedAndSure, sure) }

  /// From 0, every sure link found and nothing but possible ones, to 1; nil if there is nothing to compare.
  public var errorRate: Double? {
    Self.ratio(predictedAndSure + predictedAndPossible, predicted + sure).map { 1 - $0 }
  }

  public var description: String {
    func percent(_ value: Double?) -> String { value.map { "\((1000 * $0).rounded() / 10) %" } ?? "undefined" }
    return "precision \(percent(precision)), recall \(percent(recall)), alignment error rate \(percent(errorRate))"
  }

  private static func ratio(_ part: Int, _ whole: Int) -> Double? {
    whole > 0 ? Double(part) / Double(whole) : nil
  }
}

/// Alignments that need no model, and the one read off a matrix of attention.
public enum Aligner {
  /// The baseline: each target token is linked to the source token at the same relative place.
  ///
  /// The middle of target token `j` lies at `(j + ½) / targetLength` of the sentence; the link goes to the source token there.
  public static func diagonal(sourceLength: Int, targetLength: Int) -> Set<Link> {
    guard sourceLength > 0 else { return [] }
    return Set(
      (0..<max(0, targetLength)).map { target in
        let place = (Double(target) + 0.5) / Double(targetLength)
        return Link(min(sourceLength - 1, Int(place * Double(sourceLength))), target)
      })
  }

  /// Links each row's word to words of the columns that `rule` picks.
  ///
  /// - Parameters:
  ///   - rows: one row of weights for each target word, `[T, S]`; an empty row is linked to nothing.
  ///   - words: the source words that each column stands for, none for an end token's and the like. Such columns still
  ///     compete: a row that looks there most is linked to nothing.
  public static func links(rows: [[Float]], words: [[Int]], rule: LinkRule = .strongest) -> Set<Link> {
    var links: Set<Link> = []
    for (target, row) in rows.enumerated() {
      for column in rule.columns(of: row) where column < words.count {
        for source in words[column] { links.insert(Link(source, target)) }
      }
    }
    return links
  }
}

/// Which weights of a row become links.
public enum LinkRule: Sendable, Equatable {
  /// The largest weight alone, the first of equals.
  case strongest
  /// Every weight of at least this.
  case atLeast(Float)

  func columns(of row: [Float]) -> [Int] {
    switch self {
    case .strongest: row.max().flatMap { row.firstIndex(of: $0) }.map { [$0] } ?? []
    case .atLeast(let least): row.indices.filter { row[$0] >= least }
    }
  }
}
