import TUI
import Traces

extension State {
  /// What does not hold though it always should, a line each: the cursor is on something that there is, and what is drawn
  /// belongs to the trace. Empty unless heed is at fault.
  public var brokenInvariants: [String] {
    var broken: [String] = []
    func expect(_ holds: Bool, _ name: String) { if !holds { broken.append(name) } }
    func isInside(_ index: Int, _ count: Int) -> Bool { index >= 0 && index < max(1, count) }
    let promptRows = decode.site == .decoder ? self.promptRows : 0
    expect(cursor.step >= -promptRows && cursor.step < max(1, decode.steps.count), "step under the cursor")
    expect(isInside(cursor.read, self.promptRows + decode.steps.count), "read token under the cursor")
    expect(isInside(cursor.source, decode.source.count), "source token under the cursor")
    expect(isInside(cursor.query, decode.source.count), "query under the cursor")
    expect(candidate >= 0 && (focus != .candidates || currentStep != nil), "candidate")
    expect(decode.unanswered >= 0, "unanswered commands")
    expect(decode.bin == picture.bin, "bins")
    let hasThumbnails = decode.thumbnails != nil || decode.trace == nil || decode.matrix == nil
    expect(picture.view != .heads || hasThumbnails, "thumbnails of the heads")
    expect(helpLine.map { $0 >= 0 } ?? true, "line of the help")
    if let head = decode.head, let layout = headLayout {
      expect(isInside(head.layer, layout.layers) && isInside(head.head, layout.heads), "head")
    }
    if let matrix = decode.matrix {
      let produced = promptRows + decode.steps.count
      expect(matrix.rows == (decode.site == .encoder ? decode.source.count : produced), "rows of the matrix")
      expect(matrix.columns == (decode.site == .decoder ? produced : decode.source.count), "columns of the matrix")
      expect(isInside(row, matrix.rows) && isInside(column, matrix.columns), "cell under the cursor")
    }
    if let chart = decode.chart, let drawn = decode.drawn {
      expect(chart.values.count == chart.rows.count * chart.columns.count, "numbers of the chart")
      var most = (rows: chart.rows.count, columns: chart.columns.count)
      // The run before a what-if may have been longer, and where its words have other parts, the difference is one of parts.
      if decode.shown == .before, let earlier = decode.earlier { most = (earlier.rows.count, earlier.columns.count) }
      if decode.shown == .difference, let matrix = decode.matrix { most = (matrix.rows, matrix.columns) }
      expect(drawn.rows.count <= most.rows && drawn.columns.count <= most.columns, "bins of the chart")
      expect(isInside(chart.rows.place(of: row), chart.rows.count), "row of the chart")
      expect(isInside(chart.columns.place(of: column), chart.columns.count), "column of the chart")
    }
    if let picker { expect(picker.selected == 0 || picker.chosen != nil, "chosen entry") }
    expect(isInside(tensors.line, tensors.count), "line of the tensors")
    if let comparison {
      expect(comparison.focus >= 0 && comparison.focus <= comparison.others.count, "focus among decodes")
      expect(comparison.others.indices.contains(comparison.chosen), "chosen decode")
      expect(comparison.beyond >= 0, "rows below the first decode")
    }
    return broken
  }
}
