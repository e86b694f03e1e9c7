import Traces

/// The heads of a saved trace, each of which must be whole.
enum SavedAttention {
  private struct Matrix {
    var weights: [Float]
    var scores: [Float]
  }

  static func read(_ list: JSONField, into trace: inout AttentionTrace) throws(FigureError) {
    var fields: [HeadAddress: JSONField] = [:]
    for field in try list.list() {
      let name = try field["site"]
      guard let site = Site(rawValue: try name.string()) else { throw name.wrong("a site") }
      let address = HeadAddress(site: site, layer: try field["layer"].count(), head: try field["head"].count())
      guard fields.updateValue(field, forKey: address) == nil else {
        throw field.wrong("another head: \(site.rawValue) \(address) is there already")
      }
    }
    // Only a language model has nothing but decoder attention. It begins with a row for each token of the prompt but the
    // last, which the first step reads.
    let isLanguageModel = fields.keys.allSatisfy { $0.site == .decoder }
    let prompt = isLanguageModel ? max(0, trace.source.count - 1) : 0
    let (source, length) = (trace.source.count, prompt + trace.steps.count)

    var heads: [HeadAddress: Matrix] = [:]
    for (address, field) in fields {
      heads[address] = try matrix(
        field, rows: [.encoder: source, .decoder: length, .cross: trace.steps.count][address.site] ?? 0,
        columns: address.site == .decoder ? length : source)
    }
    trace.encoder = try block(.encoder, heads, rows: 0..<source, columns: source)
    if prompt > 0 { trace.prompt = try block(.decoder, heads, rows: 0..<prompt, columns: prompt, stride: length) }
    for index in trace.steps.indices {
      trace.steps[index].cross = try block(.cross, heads, rows: index..<index + 1, columns: source)
      // Rows are filled up to the last column, the future masked.
      let row = prompt + index
      trace.steps[index].decoder = try block(.decoder, heads, rows: row..<row + 1, columns: row + 1, stride: length)
    }
  }

  private static func matrix(_ field: JSONField, rows: Int, columns: Int) throws(FigureError) -> Matrix {
    let weights = try numbers(field["rows"], rows, columns).map { cell throws(FigureError) in
      guard let weight = try cell.number() else { return Float.nan }
      guard weight >= 0, weight <= 1.001 else { throw cell.wrong("a weight from 0 to 1") }
      return weight
    }
    let scores = try numbers(field["scores"], rows, columns).map { cell throws(FigureError) in
      try cell.number() ?? -.infinity
    }
    return Matrix(weights: weights, scores: scores)
  }

  private static func numbers(_ field: JSONField, _ rows: Int, _ columns: Int) throws(FigureError) -> [JSONField] {
    let lines = try field.list()
    guard lines.count == rows else { throw field.wrong("\(rows) rows") }
    var cells: [JSONField] = []
    for line in lines {
      let row = try line.list()
      guard row.count == columns else { throw line.wrong("\(columns) numbers") }
      cells += row
    }
    return cells
  }

  /// Some rows of all heads of a site; nil where it has none.
  private static func block(
    _ site: Site, _ heads: [HeadAddress: Matrix], rows: Range<Int>, columns: Int, stride: Int? = nil
  ) throws(FigureError) -> AttentionBlock? {
    let present = heads.filter { $0.key.site == site }
    guard let layers = present.keys.map(\.layer).max(), let last = present.keys.map(\.head).max() else { return nil }
    let stride = stride ?? columns
    var weights: [Float] = []
    var scores: [Float] = []
    // Layers and heads come from the file: they are trusted only while there are heads for them.
    for layer in 0...layers {
      for head in 0...last {
        guard let matrix = present[HeadAddress(site: site, layer: layer, head: head)] else {
          throw FigureError("attention lacks \(site.rawValue) L\(layer)H\(head)")
        }
        for row in rows {
          weights += matrix.weights[row * stride..<row * stride + columns]
          scores += matrix.scores[row * stride..<row * stride + columns]
        }
      }
    }
    return AttentionBlock(
      layers: layers + 1, heads: last + 1, rows: rows.count, columns: columns, weights: weights, scores: scores)
  }
}
