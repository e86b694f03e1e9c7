import Traces

/// The matrices of a figure, one or a grid of them, all over the same rows and columns.
struct Panels {
  let site: Site
  /// `[panel rows][panel columns]`.
  let matrices: [[AttentionMatrix]]
  /// Those of the rows and of the columns of panels; empty where there is but one panel.
  let layers: [Int]
  let heads: [Int]
  let rows: [AxisLabel]
  let columns: [AxisLabel]
  /// What the colours mean.
  let measure: String
  /// What a reader must know of the decode.
  let remarks: [String]

  /// - Throws: `FigureError` where a step lacks the attention, or there is no cell.
  init(_ trace: AttentionTrace, _ selection: FigureSelection, pieces: Bool = false) throws(FigureError) {
    site = selection.site
    rows = trace.rowLabels(site, pieces: pieces)
    columns = trace.columnLabels(site, pieces: pieces)
    remarks = trace.remarks
    let present = trace.heads.filter { [site] in $0.site == site }
    let selections: [[HeadSelection]]
    switch selection {
    case .one(let one):
      selections = [[one]]
      layers = []
      heads = []
      measure = Self.measure(one, heads: present)
    case .grid(let site, let layer):
      let shown = present.filter { layer == nil || $0.layer == layer }
      let layers = Set(shown.map(\.layer)).sorted()
      self.layers = layers
      heads = Set(shown.map(\.head)).sorted()
      selections = layers.map { layer in shown.filter { $0.layer == layer }.map(HeadSelection.head) }
      measure = "\(site.name) weight"
    }
    var matrices: [[AttentionMatrix]] = []
    for row in selections {
      var line: [AttentionMatrix] = []
      for one in row {
        guard let matrix = trace.matrix(one), matrix.rows == rows.count, matrix.columns == columns.count,
          matrix.rows > 0, matrix.columns > 0
        else {
          throw FigureError("there is no \(selection.site.rawValue) attention of \(one) at every step")
        }
        line.append(matrix)
      }
      matrices.append(line)
    }
    guard matrices.contains(where: { !$0.isEmpty }) else { throw FigureError("there is no attention to draw") }
    self.matrices = matrices
  }

  /// Whether the model could look at a cell.
  func isMasked(_ matrix: AttentionMatrix, row: Int, column: Int) -> Bool {
    if site == .decoder && column > row { return true }
    return matrix.score(row: row, column: column) == -.infinity && matrix[row, column] == 0
  }

  private static func measure(_ selection: HeadSelection, heads: [HeadAddress]) -> String {
    let name = selection.site.name
    switch selection {
    case .head(let address): return heads.count == 1 ? "\(name) weight" : "\(name) weight, \(address)"
    case .mean(_, nil): return "mean \(name) weight, \(heads.count) heads"
    case .mean(_, let layer?):
      return "mean \(name) weight, \(heads.count { $0.layer == layer }) heads of layer \(layer)"
    }
  }
}

extension Site {
  /// In words, before "weight".
  var name: String {
    switch self {
    case .cross: "cross-attention"
    case .encoder: "encoder self-attention"
    case .decoder: "decoder self-attention"
    }
  }
}

extension AttentionTrace {
  /// Whole sentences about what was changed on purpose, what the model did not know, and where it was stopped.
  var remarks: [String] {
    var remarks: [String] = []
    if !interventions.isEmpty {
      remarks.append("Changed on purpose: \(interventions.map(\.description).joined(separator: "; ")).")
    }
    let unknown = source.filter { $0.kind == .unknown && $0.surface != $0.piece }
    if !unknown.isEmpty {
      let words = unknown.map { AxisLabel($0, pieces: false).text }
      remarks.append("Unknown to the model: \(words.joined(separator: ", ")).")
    }
    if ending == .lengthLimit { remarks.append("Stopped after \(steps.count) tokens, before the end token.") }
    return remarks
  }
}
