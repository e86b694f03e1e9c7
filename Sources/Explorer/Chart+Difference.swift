import Traces

extension Chart {
  /// The attention of one head over a trace as its options say.
  init(_ matrix: AttentionMatrix, _ trace: AttentionTrace, _ site: Site, _ options: Options) {
    func axis(_ tokens: [AxisToken]) -> Axis {
      Axis(tokens, mergesWords: options.mergesWords, hidesSpecial: options.hidesSpecial)
    }
    self.init(matrix, site: site, rows: axis(trace.rowLabels(site)), columns: axis(trace.columnLabels(site)))
  }

  /// The weights of `now` less those of `before`, over the rows and columns that both have; masked where either is. A row
  /// that led to different tokens has both as its label.
  ///
  /// - Returns: nil where the places of the two are not the same tokens.
  init?(_ now: Chart, less before: Chart) {
    guard let rows = Axis(from: before.rows, to: now.rows), let columns = Axis(from: before.columns, to: now.columns)
    else { return nil }
    var values = [Float](repeating: Self.masked, count: rows.count * columns.count)
    for row in 0..<rows.count {
      for column in 0..<columns.count {
        values[row * columns.count + column] = Self.place(
          of: now.values[row * now.columns.count + column], less: before.values[row * before.columns.count + column])
      }
    }
    self.init(differences: values, rows: rows, columns: columns)
  }
}

extension Axis {
  /// What two axes share from their beginnings on; nil where their places are other tokens.
  fileprivate init?(from before: Axis, to now: Axis) {
    let pairs = zip(before.entries, now.entries)
    guard pairs.allSatisfy({ $0.tokens == $1.tokens }) else { return nil }
    let entries = pairs.map { old, new in
      func word(_ label: String) -> Substring { label.hasPrefix("*") ? label.dropFirst() : label[...] }
      let label = word(old.label) == word(new.label) ? new.label : "\(old.label)→\(new.label)"
      return Entry(tokens: new.tokens, label: label, kind: new.kind)
    }
    self.init(entries, hidden: now.hidden)
  }
}
