import Layers
import Tensors
import Traces

extension InterventionPlan {
  /// What is changed while the source, or a language model's prompt, is read.
  var readingEdits: TapEdits {
    subject.isPrompt
      ? edits(at: .decoder, rows: 0..<subject.promptRows) : edits(at: .encoder, rows: 0..<subject.sourceLength)
  }

  /// What is changed in one step.
  func stepEdits(_ step: Int) -> TapEdits {
    let row = subject.promptRows + step
    return edits(at: .cross, rows: step..<step + 1).merging(edits(at: .decoder, rows: row..<row + 1)) { $1 }
  }

  /// - Parameter rows: of the site's whole matrix, those that the tapped tensors hold.
  private func edits(at site: Site, rows: Range<Int>) -> TapEdits {
    guard let layout = subject.attention.first(where: { $0.site == site }) else { return [:] }
    let temperature = temperatures[site]
    let hidden = canHide(at: site) ? hidden : []
    var edits: TapEdits = [:]
    for layer in 0..<layout.layers {
      let place = AttentionSite(site, layer: layer)
      let heads = (0..<layout.heads).map { HeadAddress(site: site, layer: layer, head: $0) }
      if temperature != nil || !hidden.isEmpty {
        // A token that was produced, or stands in a prompt, always sees itself.
        let seen = site == .decoder ? rows.lowerBound : nil
        edits[.init(.scores, at: place)] = {
          $0.divided(by: temperature ?? 1, hiding: hidden, heads: heads.count, diagonal: seen)
        }
      }
      let changes = heads.map { head in (self.rows[head] ?? [:]).filter { rows.contains($0.key) } }
      if changes.contains(where: { !$0.isEmpty }) {
        edits[.init(.weights, at: place)] = { $0.setting(changes, from: rows.lowerBound, hiding: hidden) }
      }
      let silent = heads.indices.filter { silenced.contains(heads[$0]) }
      if !silent.isEmpty { edits[.init(.output, at: place)] = { $0.silencing(silent, of: heads.count) } }
    }
    return edits
  }
}

/// Tapped tensors of one sentence, `[..., H, T, N]`: H heads, each with T rows of N numbers.
extension Tensor {
  /// - Parameter diagonal: the column that the first row's own token has, which stays visible to it; nil if rows and
  ///   columns are different tokens or may hide from themselves.
  fileprivate func divided(by temperature: Float, hiding hidden: Set<Int>, heads: Int, diagonal: Int?) -> Tensor {
    let columns = shape.columns
    let rows = shape.rows / heads
    var result = self
    result.withUnsafeMutableElements { x in
      for index in 0..<count { x[index] /= temperature }
      for row in 0..<shape.rows {
        let own = diagonal.map { $0 + row % rows }
        for column in hidden where column < columns && column != own { x[row * columns + column] = -.infinity }
      }
    }
    return result
  }

  /// - Parameter edits: for each head the rows to set, of which the tensor holds those from `first` on.
  fileprivate func setting(_ edits: [[Int: RowEdit]], from first: Int, hiding hidden: Set<Int>) -> Tensor {
    let columns = shape.columns
    let rows = shape.rows / edits.count
    var result = self
    result.withUnsafeMutableElements { x in
      for (head, edits) in edits.enumerated() {
        for (row, edit) in edits where row - first < rows {
          let start = x + (head * rows + row - first) * columns
          edit.apply(to: UnsafeMutableBufferPointer(start: start, count: columns), hiding: hidden)
        }
      }
    }
    return result
  }

  fileprivate func silencing(_ silent: [Int], of heads: Int) -> Tensor {
    let size = count / heads
    var result = self
    result.withUnsafeMutableElements { x in
      for head in silent { (x + head * size).update(repeating: 0, count: size) }
    }
    return result
  }
}

extension RowEdit {
  /// Sets one row; it sums to 1 afterwards and hidden columns stay 0.
  fileprivate func apply(to row: UnsafeMutableBufferPointer<Float>, hiding hidden: Set<Int>) {
    let visible = row.indices.filter { !hidden.contains($0) }
    switch self {
    case .column(let column):
      row.update(repeating: 0)
      row[column] = 1
    case .uniform:
      for column in visible { row[column] = 1 / Float(visible.count) }
    case .weights(let weights):
      let sum = weights.reduce(0, +)
      for column in row.indices { row[column] = weights[column] / sum }
    case .cell(let column, let weight):
      let others = visible.filter { $0 != column }
      let sum = others.reduce(0) { $0 + row[$1] }
      for other in others { row[other] = (1 - weight) * (sum > 0 ? row[other] / sum : 1 / Float(others.count)) }
      row[column] = others.isEmpty ? 1 : weight
    }
  }
}
