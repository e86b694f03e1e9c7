import Foundation

/// What is looked at: one head, or the mean over the heads of a site.
public enum HeadSelection: Sendable, Hashable, CustomStringConvertible {
  case head(HeadAddress)
  /// The mean over the heads of one layer, or over all layers if `layer` is nil.
  case mean(site: Site, layer: Int?)

  public var site: Site {
    switch self {
    case .head(let address): address.site
    case .mean(let site, _): site
    }
  }

  /// `L0H3`, `L0 mean` or `mean`.
  public var description: String {
    switch self {
    case .head(let address): address.description
    case .mean(_, let layer?): "L\(layer) mean"
    case .mean(_, nil): "mean"
    }
  }
}

extension AttentionBlock {
  /// One row of one head, or its mean over the selected heads: `columns` weights; nil where the block lacks the head.
  public func weights(_ selection: HeadSelection, row: Int) -> ArraySlice<Float>? {
    guard row >= 0, row < rows else { return nil }
    switch selection {
    case .head(let address):
      guard holds(address) else { return nil }
      return weights(layer: address.layer, head: address.head, row: row)
    case .mean(_, let layer):
      guard layer.map({ $0 >= 0 && $0 < layers }) ?? true else { return nil }
      return meanWeights(layers: layer.map { $0..<($0 + 1) } ?? 0..<layers, row: row).map { $0[...] }
    }
  }

  /// One row of scores of one head; nil for a mean and where the block lacks the head.
  public func scores(_ selection: HeadSelection, row: Int) -> ArraySlice<Float>? {
    guard case .head(let address) = selection, holds(address), row >= 0, row < rows else { return nil }
    return scores(layer: address.layer, head: address.head, row: row)
  }

  private func holds(_ address: HeadAddress) -> Bool {
    (0..<layers).contains(address.layer) && (0..<heads).contains(address.head)
  }

  private func meanWeights(layers selected: Range<Int>, row: Int) -> [Float]? {
    let count = selected.count * heads
    guard count > 0 else { return nil }
    var sum = [Float](repeating: 0, count: columns)
    for layer in selected {
      for head in 0..<heads {
        for (column, weight) in weights(layer: layer, head: head, row: row).enumerated() { sum[column] += weight }
      }
    }
    return sum.map { $0 / Float(count) }
  }
}

extension AttentionTrace {
  /// The attention that `selection` names over every step so far; nil where the model or a step has none.
  ///
  /// Cross-attention is `[steps, source length]`, the encoder's `[source length, source length]`, and the decoder's
  /// `[steps, steps]` with the future masked; a language model's begins with a row and a column for each token of the
  /// prompt but the last, see `rowTokens` and `columnTokens`.
  public func matrix(_ selection: HeadSelection) -> AttentionMatrix? {
    switch selection.site {
    case .encoder:
      guard let encoder else { return nil }
      let rows = (0..<encoder.rows).map { (encoder, $0) }
      return Self.stack(rows, columns: encoder.columns, selection)
    case .cross: return stack(steps.map(\.cross), columns: source.count, selection)
    case .decoder: return stack(steps.map(\.decoder), after: prompt, columns: decoderLength, selection)
    }
  }

  /// Rows and columns of decoder self-attention.
  private var decoderLength: Int { (prompt?.rows ?? 0) + steps.count }

  /// For each row of a site's matrix the token that the model came to by looking so: the one produced, or in a prompt
  /// the next one; in an encoder the one that looks.
  public func rowTokens(_ site: Site) -> [Token] {
    switch site {
    case .encoder: source
    case .cross: steps.map(\.token)
    case .decoder: (prompt == nil ? [] : Array(source.dropFirst())) + steps.map(\.token)
    }
  }

  /// For each column of a site's matrix the token that is looked at; nil for the start token, which no trace holds.
  public func columnTokens(_ site: Site) -> [Token?] {
    guard site == .decoder else { return source }
    let read: [Token?] = prompt == nil ? [nil] : source
    return Array((read + steps.map(\.token)).prefix(decoderLength))
  }

  private func stack(
    _ blocks: [AttentionBlock?], after earlier: AttentionBlock? = nil, columns: Int, _ selection: HeadSelection
  ) -> AttentionMatrix? {
    let present = blocks.compactMap { $0 }
    guard present.count == blocks.count else { return nil }
    let rows = earlier.map { earlier in (0..<earlier.rows).map { (earlier, $0) } } ?? []
    return Self.stack(rows + present.map { ($0, 0) }, columns: columns, selection)
  }

  private static func stack(
    _ rows: [(block: AttentionBlock, row: Int)], columns: Int, _ selection: HeadSelection
  ) -> AttentionMatrix? {
    var weights: [Float] = []
    var scores: [Float]? = if case .head = selection { [] } else { nil }
    weights.reserveCapacity(rows.count * columns)
    scores?.reserveCapacity(rows.count * columns)
    for (block, row) in rows {
      guard block.columns <= columns, let found = block.weights(selection, row: row) else { return nil }
      let missing = columns - block.columns
      weights += found
      weights += repeatElement(0, count: missing)
      if let row = block.scores(selection, row: row) {
        scores?.append(contentsOf: row)
        scores?.append(contentsOf: repeatElement(-.infinity, count: missing))
      }
    }
    return AttentionMatrix(rows: rows.count, columns: columns, weights: weights, scores: scores)
  }
}

extension AttentionMatrix {
  /// Shannon entropy of one row, in bits: 0 where all weight is on one column, `log2(columns)` where it is even.
  public func entropy(row: Int) -> Float {
    var sum = 0.0
    for weight in self[row: row] where weight > 0 { sum -= Double(weight) * log2(Double(weight)) }
    return Float(max(0, sum))
  }

  /// The column with the largest weight of a row, the first of equals; nil for a matrix without columns.
  public func strongestColumn(row: Int) -> Int? {
    let start = row * columns
    return self[row: row].indices.max { weights[$0] < weights[$1] || (weights[$0] == weights[$1] && $0 > $1) }
      .map { $0 - start }
  }

  /// Columns of a row by falling weight; equals stay in order.
  public func columnsByWeight(row: Int) -> [Int] {
    (0..<columns).sorted { self[row, $0] == self[row, $1] ? $0 < $1 : self[row, $0] > self[row, $1] }
  }

  /// 1 for the largest weight of its row; equals share the better rank.
  public func rankInRow(row: Int, column: Int) -> Int {
    let weight = self[row, column]
    return 1 + self[row: row].count { $0 > weight }
  }

  /// 1 for the largest weight of its column among the rows so far; equals share the better rank.
  public func rankInColumn(row: Int, column: Int) -> Int {
    let weight = self[row, column]
    return 1 + (0..<rows).count { self[$0, column] > weight }
  }
}
