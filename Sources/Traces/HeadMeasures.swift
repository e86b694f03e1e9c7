import Foundation

/// What a head does, in numbers: means over all rows of its matrices, over any number of sentences.
///
/// The place of a token has a meaning only where rows and columns stand for one sequence: in self-attention. There the row
/// of a token is compared with the column of the token that the row's query has read, in a causal decoder the one before
/// the token that the row produced.
public struct HeadMeasures: Sendable, Equatable {
  public var site: Site
  /// Shannon entropy of a row, in bits.
  public private(set) var entropy = Mean()
  /// Entropy as a part of the largest possible one, `log2` of the columns that the row could look at: from 0 to 1. Rows
  /// that see a single column have none.
  public private(set) var breadth = Mean()
  /// The largest weight of a row.
  public private(set) var sharpness = Mean()
  /// Columns between where a row looks and the diagonal, weighted (Vig and Belinkov 2019): `Σ weight · |column − diagonal|`.
  /// The diagonal runs through the middles of the first and the last cell; in self-attention it is the token itself.
  public private(set) var distance = Mean()
  /// The same as a part of the distance that even weights over what the row could look at would have: 0 on the diagonal,
  /// about 1 for a head that knows no order. Rows that see a single column have none.
  public private(set) var relativeDistance = Mean()
  /// Weight on the token before the row's own, over the rows that could look there; none for cross-attention.
  public private(set) var previous = Mean()
  /// Weight on the row's own token; none for cross-attention.
  public private(set) var same = Mean()
  /// Weight on the token after the row's own; none for cross-attention, and none where the future is masked.
  public private(set) var next = Mean()
  /// Weight on the start token.
  public private(set) var start = Mean()
  /// Weight on the end token.
  public private(set) var end = Mean()
  /// Weight on all special tokens, start and end among them.
  public private(set) var special = Mean()
  /// Weight that lies where the mean over the site's heads puts it too: `Σ min(weight, mean)`, from 0 to 1.
  public private(set) var agreement = Mean()
  /// The part of the columns, special ones aside, that are some row's strongest, out of as many as there could be; a mean
  /// over sentences. An aligner turns from word to word, a sink does not.
  public private(set) var coverage = Mean()

  /// A sum and what it is divided by.
  public struct Mean: Sendable, Equatable {
    var sum = 0.0
    public private(set) var count = 0

    /// Nil where nothing was measured.
    public var value: Double? { count > 0 ? sum / Double(count) : nil }

    mutating func add(_ number: Double) {
      sum += number
      count += 1
    }

    mutating func add(_ other: Mean) {
      sum += other.sum
      count += other.count
    }
  }

  /// Nothing measured yet.
  public init(site: Site) { self.site = site }

  /// Takes in what was measured elsewhere, on other sentences.
  public mutating func add(_ other: HeadMeasures) {
    for path in Self.means { self[keyPath: path].add(other[keyPath: path]) }
  }

  private static var means: [WritableKeyPath<HeadMeasures, Mean>] {
    [
      \.entropy, \.breadth, \.sharpness, \.distance, \.relativeDistance, \.previous, \.same, \.next, \.start, \.end,
      \.special,
      \.agreement, \.coverage,
    ]
  }
}

/// The columns of a site that mean something by themselves.
struct ColumnRoles: Equatable {
  let special: Set<Int>
  let start: Int?
  /// None in a decoder: what follows the end token is never produced.
  let end: Int?

  /// - Parameter tokens: of the columns, in order; nil for a start token that no trace holds.
  init(_ tokens: [Token?], site: Site) {
    let special = Set(tokens.indices.filter { tokens[$0].map { $0.kind == .special } ?? true })
    let last = tokens.count - 1
    start = special.contains(0) && (last > 0 || site == .decoder) ? 0 : nil
    end = special.contains(last) && site != .decoder ? last : nil
    self.special = special
  }
}

extension HeadMeasures {
  /// Measures one sentence.
  ///
  /// - Parameters:
  ///   - matrix: of one head, `[rows, columns]`.
  ///   - mean: over all heads of the site, of the same shape.
  ///   - roles: of the columns.
  mutating func add(_ matrix: AttentionMatrix, mean: AttentionMatrix, roles: ColumnRoles) {
    guard matrix.columns > 0, matrix.rows > 0 else { return }
    for row in 0..<matrix.rows { add(row, of: matrix, mean: mean, roles: roles) }
    let content = Set((0..<matrix.columns)).subtracting(roles.special)
    let strongest = Set((0..<matrix.rows).compactMap(matrix.strongestColumn)).intersection(content)
    if !content.isEmpty { coverage.add(Double(strongest.count) / Double(min(content.count, matrix.rows))) }
  }

  private mutating func add(_ row: Int, of matrix: AttentionMatrix, mean: AttentionMatrix, roles: ColumnRoles) {
    let weights = matrix[row: row].map(Double.init)
    // A causal decoder cannot look past the token that it has just read.
    let visible = site == .decoder ? min(row + 1, weights.count) : weights.count
    let bits = Double(matrix.entropy(row: row))
    entropy.add(bits)
    if visible > 1 { breadth.add(bits / log2(Double(visible))) }
    sharpness.add(weights.max() ?? 0)
    let diagonal = (Double(row) + 0.5) * Double(matrix.columns) / Double(matrix.rows) - 0.5
    let away = weights.indices.map { abs(Double($0) - diagonal) }
    let strayed = zip(weights, away).reduce(0) { $0 + $1.0 * $1.1 }
    distance.add(strayed)
    if visible > 1 { relativeDistance.add(strayed * Double(visible) / away.prefix(visible).reduce(0, +)) }
    if site != .cross {
      if row > 0, row - 1 < visible { previous.add(weights[row - 1]) }
      if row < visible { same.add(weights[row]) }
      if row + 1 < visible { next.add(weights[row + 1]) }
    }
    if let start = roles.start { self.start.add(weights[start]) }
    // A row that cannot see the end token yet says nothing about it.
    if let end = roles.end, end < visible { self.end.add(weights[end]) }
    special.add(roles.special.reduce(0) { $0 + weights[$1] })
    agreement.add(zip(weights, mean[row: row]).reduce(0) { $0 + min($1.0, Double($1.1)) })
  }
}

extension AttentionTrace {
  /// What a head, or a mean of heads, does in this trace; nil where the trace lacks it.
  public func measures(_ selection: HeadSelection) -> HeadMeasures? {
    let site = selection.site
    guard let matrix = matrix(selection), let mean = self.matrix(.mean(site: site, layer: nil)) else { return nil }
    var measures = HeadMeasures(site: site)
    measures.add(matrix, mean: mean, roles: ColumnRoles(columnTokens(site), site: site))
    return measures
  }

  /// What every head of a site does, `[layers][heads]`; empty where the trace has none.
  public func measuresOfHeads(_ site: Site) -> [[HeadMeasures]] {
    guard let block = block(site), let mean = matrix(.mean(site: site, layer: nil)) else { return [] }
    let roles = ColumnRoles(columnTokens(site), site: site)
    return (0..<block.layers).map { layer in
      (0..<block.heads).map { head in
        var measures = HeadMeasures(site: site)
        if let matrix = matrix(.head(HeadAddress(site: site, layer: layer, head: head))) {
          measures.add(matrix, mean: mean, roles: roles)
        }
        return measures
      }
    }
  }
}
