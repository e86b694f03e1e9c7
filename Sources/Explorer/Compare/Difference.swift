import Traces

/// Two charts laid over each other: which rows and columns belong together, and what the second has more or less.
///
/// Source tokens are aligned by their words, with as few changes as possible (Levenshtein 1966); what was produced or read
/// in the decoder is aligned by position.
struct Difference: Sendable, Equatable {
  /// A place of the first chart and one of the second; nil where one has none.
  struct Pair: Sendable, Equatable {
    var first: Int?
    var second: Int?
  }

  let first: Chart
  let second: Chart
  let rows: [Pair]
  let columns: [Pair]
  /// Second less first.
  let chart: Chart
  /// Whether the parts of words were put together because the two models split words differently.
  let mergesWords: Bool
  /// The part of a row's weight that lies elsewhere in the second, 0 to 1, as a mean over the rows that both have: the total
  /// variation distance. Nil without such rows.
  let moved: Float?

  init(_ first: Chart, _ second: Chart, site: Site, mergesWords: Bool = false) {
    (self.first, self.second, self.mergesWords) = (first, second, mergesWords)
    let bySource = Self.alignment
    rows = site == .encoder ? bySource(first.rows, second.rows) : Self.positions(first.rows.count, second.rows.count)
    columns =
      site == .decoder
      ? Self.positions(first.columns.count, second.columns.count) : bySource(first.columns, second.columns)
    chart = Self.chart(first, second, rows, columns)
    let magnitudes = chart.matrix
    let moves = rows.indices.filter { [rows] in rows[$0].first != nil && rows[$0].second != nil }.map {
      magnitudes[row: $0].reduce(0, +) / 2
    }
    moved = moves.isEmpty ? nil : moves.reduce(0, +) / Float(moves.count)
  }

  /// Whether both have a token in this row and not the same.
  func differs(row: Int) -> Bool {
    guard rows.indices.contains(row), let a = rows[row].first, let b = rows[row].second else { return false }
    return !Self.agree(first.rows.entries[a], second.rows.entries[b])
  }

  /// The weights of a cell in both; nil where one has none.
  func weights(row: Int, column: Int) -> (first: Float?, second: Float?) {
    guard rows.indices.contains(row), columns.indices.contains(column) else { return (nil, nil) }
    return (
      Self.weight(first, rows[row].first, columns[column].first),
      Self.weight(second, rows[row].second, columns[column].second)
    )
  }

  // MARK: Values

  private static func weight(_ chart: Chart, _ row: Int?, _ column: Int?) -> Float? {
    guard let row, let column, case .weight(let weight) = chart[row, column] else { return nil }
    return weight
  }

  /// A row that one lacks cannot be compared; in a column that one lacks it has no weight.
  private static func chart(_ first: Chart, _ second: Chart, _ rows: [Pair], _ columns: [Pair]) -> Chart {
    var values = [Float](repeating: Chart.masked, count: rows.count * columns.count)
    let sources = (places(columns.map(\.first), of: first.columns), places(columns.map(\.second), of: second.columns))
    for (index, row) in rows.enumerated() {
      guard let a = row.first, let b = row.second else { continue }
      let (before, now) = (first.values(row: a).picked(sources.0), second.values(row: b).picked(sources.1))
      var place = index * columns.count
      for (now, before) in zip(now, before) {
        values[place] = Chart.place(of: now, less: before)
        place += 1
      }
    }
    return Chart(
      differences: values, rows: axis(first.rows, second.rows, rows),
      columns: axis(first.columns, second.columns, columns, marksMissing: true))
  }

  /// Nil where the pairs have all places of an axis in order, as they mostly have.
  private static func places(_ places: [Int?], of axis: Axis) -> [Int?]? {
    places.count == axis.count && places.indices.allSatisfy { places[$0] == $0 } ? nil : places
  }

  private static func axis(_ first: Axis, _ second: Axis, _ pairs: [Pair], marksMissing: Bool = false) -> Axis {
    Axis(
      pairs.enumerated().map { index, pair in
        let (a, b) = (pair.first.map { first.entries[$0] }, pair.second.map { second.entries[$0] })
        let label: String
        switch (a, b) {
        case (let a?, let b?): label = agree(a, b) ? a.label : "\(a.label)≠\(b.label)"
        case (let a?, nil): label = (marksMissing ? "−" : "") + a.label
        case (nil, let b?): label = (marksMissing ? "+" : "") + b.label
        case (nil, nil): label = ""
        }
        return Axis.Entry(tokens: index..<index + 1, label: label, kind: (a ?? b)?.kind ?? .word)
      })
  }

  // MARK: Alignment

  private static func agree(_ a: Axis.Entry, _ b: Axis.Entry) -> Bool {
    a.label == b.label || a.label.lowercased() == b.label.lowercased()
  }

  static func positions(_ first: Int, _ second: Int) -> [Pair] {
    (0..<max(first, second)).map { Pair(first: $0 < first ? $0 : nil, second: $0 < second ? $0 : nil) }
  }

  /// Longer axes are aligned by position: the table has a place for each pair of tokens.
  private static let longest = 1500

  /// Words that are equal belong together; others may stand for each other, the more so if they begin alike, but not a special
  /// token for a word.
  static func alignment(_ first: Axis, _ second: Axis) -> [Pair] {
    let (a, b) = (first.entries, second.entries)
    let isSame = a.count == b.count && zip(a, b).allSatisfy(agree)
    guard !isSame, a.count <= longest, b.count <= longest else { return positions(a.count, b.count) }
    let width = b.count + 1
    var costs = [Int32](repeating: 0, count: (a.count + 1) * width)
    let lower = (a.map { $0.label.lowercased() }, b.map { $0.label.lowercased() })
    let beginnings = (lower.0.map { $0.prefix(3) }, lower.1.map { $0.prefix(3) })
    func change(_ i: Int, _ j: Int) -> Int32 {
      if lower.0[i] == lower.1[j] { return 0 }
      if (a[i].kind == .special) != (b[j].kind == .special) { return 8 }
      return beginnings.0[i] == beginnings.1[j] && beginnings.0[i].utf8.count >= 3 ? 2 : 3
    }
    for i in 0...a.count {
      for j in 0...b.count where i + j > 0 {
        var best = Int32.max
        if i > 0 { best = min(best, costs[(i - 1) * width + j] + 2) }
        if j > 0 { best = min(best, costs[i * width + j - 1] + 2) }
        if i > 0, j > 0 { best = min(best, costs[(i - 1) * width + j - 1] + change(i - 1, j - 1)) }
        costs[i * width + j] = best
      }
    }
    var pairs: [Pair] = []
    var (i, j) = (a.count, b.count)
    while i + j > 0 {
      let cost = costs[i * width + j]
      if i > 0, j > 0, cost == costs[(i - 1) * width + j - 1] + change(i - 1, j - 1) {
        (i, j) = (i - 1, j - 1)
        pairs.append(Pair(first: i, second: j))
      } else if i > 0, cost == costs[(i - 1) * width + j] + 2 {
        i -= 1
        pairs.append(Pair(first: i, second: nil))
      } else {
        j -= 1
        pairs.append(Pair(first: nil, second: j))
      }
    }
    return pairs.reversed()
  }
}

extension ArraySlice<Float> {
  /// A row's values in the order of another axis; masked where that has a place that this has not.
  fileprivate func picked(_ places: [Int?]?) -> ArraySlice<Float> {
    guard let places else { return self }
    return ArraySlice(places.map { $0.map { self[startIndex + $0] } ?? Chart.masked })
  }
}

extension Difference {
  /// Of two decodes that look at the same kind of attention; nil where either has none yet.
  init?(_ first: Decode, _ second: Decode) {
    guard let a = first.chart, let b = second.chart, first.site == second.site else { return nil }
    if first.options.mergesWords || !Self.splitsDifferently(first, second) {
      self.init(a, b, site: first.site)
    } else if let a = first.chart(mergingWords: true), let b = second.chart(mergingWords: true) {
      self.init(a, b, site: first.site, mergesWords: true)
    } else {
      return nil
    }
  }

  /// Whether the same words are made of different parts, so that only whole words can be compared.
  private static func splitsDifferently(_ first: Decode, _ second: Decode) -> Bool {
    guard let a = first.trace?.source, let b = second.trace?.source else { return false }
    let hasParts = (a + b).contains(where: \.continuesWord)
    return hasParts && a.map(\.surface) != b.map(\.surface)
  }
}
