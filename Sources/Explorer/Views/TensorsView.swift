import Inspection
import TUI

/// The tree of a checkpoint's tensors.
extension Painter {
  mutating func drawTensors() {
    if state.tensors.isOpen { return drawTensorMatrix() }
    let reason = layout.reason(state)
    let layout = layout.tensors(state)
    if let reason { drawReason(reason, in: layout.reason) }
    guard let checkpoint = state.tensors.checkpoint else { return drawNoTensors(layout) }
    let lines = layout.visible.map { treeLine($0, checkpoint) }
    let facts = (0..<3).map { column in lines.map { $0.facts[column].displayWidth }.max() ?? 0 }
    let room = layout.list.columns - facts.reduce(6, +) - (layout.panelIsBelow || layout.panel == nil ? 0 : 2)
    let name = max(8, min(room, lines.map(\.label.displayWidth).max() ?? 8))
    for (offset, line) in lines.enumerated() {
      let area = layout.list.splitTop(offset).rest.splitTop(1).top
      let isCurrent = layout.visible.lowerBound + offset == state.tensors.line
      let style = isCurrent ? theme.accent : line.isBranch ? theme.strong : theme.text
      var pieces: [Piece] = [(isCurrent ? "▶ " : "  ", theme.accent), (line.label.fitted(name), style)]
      for (column, fact) in line.facts.enumerated() {
        let text = column == 2 ? fact.rightAligned(facts[column]) : fact.fitted(facts[column])
        pieces.append(("  " + text, column == 1 ? theme.text : theme.quiet))
      }
      draw(pieces, in: area)
    }
    drawTensorPanel(layout, checkpoint)
  }

  private mutating func drawReason(_ text: String, in area: Rect) {
    let lines = text.wrapped(to: area.columns)
    let room = max(1, area.rows - 1)
    for (number, line) in lines.prefix(room).enumerated() {
      let isCut = number == room - 1 && number < lines.count - 1
      let shown = isCut ? line.truncated(to: area.columns - 1, mark: "") + "…" : line
      draw([(shown, theme.failure)], in: area.splitTop(number).rest)
    }
  }

  private mutating func drawNoTensors(_ layout: TensorsLayout) {
    if let failure = state.tensors.failure {
      for (line, text) in failure.wrapped(to: layout.list.columns).enumerated() {
        draw([(text, theme.failure)], in: layout.list.splitTop(line).rest)
      }
    } else {
      let text = state.tensors.path == nil ? "no checkpoint is open" : "reading the headers…"
      drawCentred([[(text, theme.quiet)]], in: layout.list)
    }
  }

  private struct TreeLine {
    let label: String
    /// Type, shape and size.
    let facts: [String]
    let isBranch: Bool
  }

  private func treeLine(_ line: Int, _ checkpoint: CheckpointSummary) -> TreeLine {
    guard line > 0 else {
      let count = Amounts.count(checkpoint.tensors.count, "tensor")
      return TreeLine(
        label: State.lastName(of: checkpoint.path),
        facts: [checkpoint.format, count, Amounts.bytes(checkpoint.byteCount)],
        isBranch: true)
    }
    let here = state.tensors.lines[line - 1]
    let indent = String(repeating: "  ", count: here.depth)
    let label = here.label.isEmpty ? "(no name)" : here.label
    guard let index = here.tensor else {
      let isFolded = state.tensors.folded.contains(here.path)
      return TreeLine(
        label: indent + (isFolded ? glyphs.folded : glyphs.unfolded) + " " + label,
        facts: [
          "", isFolded ? Amounts.count(here.tensorCount, "tensor") : "", isFolded ? Amounts.bytes(here.byteCount) : "",
        ],
        isBranch: true)
    }
    let tensor = checkpoint.tensors[index]
    return TreeLine(
      label: indent + "  " + label, facts: [tensor.type, tensor.shapeText, Amounts.bytes(tensor.byteCount)],
      isBranch: false)
  }

  // MARK: The panel

  private mutating func drawTensorPanel(_ layout: TensorsLayout, _ checkpoint: CheckpointSummary) {
    guard let panel = layout.panel else { return }
    let area: Rect
    if layout.panelIsBelow {
      screen.drawHorizontalLine(column: 0, row: panel.row, columns: screen.size.columns, style: theme.frame)
      area = panel.splitTop(1).rest
    } else {
      screen.drawVerticalLine(column: panel.column, row: panel.row, rows: panel.rows, style: theme.frame)
      area = panel.splitLeft(2).rest
    }
    if let tensor = state.tensors.tensor {
      drawTensor(tensor, in: area)
    } else if let branch = state.tensors.treeLine {
      draw([(branch.label, theme.strong)], in: area)
      let text = "\(Amounts.count(branch.tensorCount, "tensor")), \(Amounts.bytes(branch.byteCount))"
      draw([(text, theme.text)], in: area.splitTop(1).rest)
    } else {
      drawMetadata(checkpoint, in: area)
    }
  }

  private mutating func drawMetadata(_ checkpoint: CheckpointSummary, in area: Rect) {
    draw([("Metadata", theme.strong)], in: area)
    let numbers = "\(checkpoint.format) · \(checkpoint.numberCount) numbers · \(checkpoint.path)"
    var lines: [[Piece]] = numbers.wrapped(to: area.columns).map { [($0, theme.quiet)] }
    if checkpoint.metadata.isEmpty { lines.append([("none is stored in the file", theme.quiet)]) }
    for entry in checkpoint.metadata {
      let key = entry.key.truncated(to: max(8, area.columns / 2))
      lines.append([(key + "  ", theme.text), (entry.value, theme.quiet)])
    }
    let room = area.rows - 1
    let shown = lines.count > room ? max(0, room - 1) : lines.count
    for (line, pieces) in lines.prefix(shown).enumerated() { draw(pieces, in: area.splitTop(1 + line).rest) }
    if shown < lines.count {
      draw([("\(lines.count - shown) lines more", theme.quiet)], in: area.splitTop(1 + shown).rest)
    }
  }

  private mutating func drawTensor(_ tensor: TensorSummary, in area: Rect) {
    draw([(tensor.name.truncated(to: area.columns), theme.strong)], in: area)
    let label = tensor.label.map { ["= " + $0] } ?? []
    let facts = [tensor.type, tensor.shapeText, Amounts.count(tensor.count, "number"), Amounts.bytes(tensor.byteCount)]
    draw([(fitting(facts + label, in: area.columns), theme.quiet)], in: area.splitTop(1).rest)
    var rest = area.splitTop(area.rows >= 14 ? 3 : 2).rest
    let lines = statisticsLines(tensor)
    for line in lines {
      draw([(line.text.truncated(to: rest.columns), line.isQuiet ? theme.quiet : theme.text)], in: rest)
      rest = rest.splitTop(1).rest
    }
    guard let known = state.tensors.statistics[tensor.name], let statistics = known else { return }
    rest = drawHistogram(statistics, in: rest.splitTop(area.rows >= 14 ? 1 : 0).rest)
    drawPreview(in: rest.splitTop(area.rows >= 14 ? 1 : 0).rest)
  }

  private func statisticsLines(_ tensor: TensorSummary) -> [(text: String, isQuiet: Bool)] {
    guard tensor.isNumeric else { return [("single numbers of this type cannot be read", true)] }
    if let why = state.tensors.unread[tensor.name] { return [(why, true)] }
    guard let known = state.tensors.statistics[tensor.name], let statistics = known else {
      return [("measuring…", true)]
    }
    return statistics.lines.map { ($0, false) }
  }

  /// Bars upwards, and the range under them; returns what is left.
  private mutating func drawHistogram(_ statistics: TensorStatistics, in area: Rect) -> Rect {
    guard let range = statistics.range, area.rows >= 2 else { return area }
    let height = min(6, max(1, area.rows / 4))
    let width = min(
      area.columns, statistics.histogram.count * max(1, min(2, area.columns / max(1, statistics.histogram.count))))
    let rows = Histogram.rows(statistics.histogram, columns: width, height: height, isUTF8: state.display.isUTF8)
    for (line, text) in rows.enumerated() {
      draw([(text, Style(foreground: heat(0.7)))], in: area.splitTop(line).rest)
    }
    let ends = area.splitTop(height).rest
    let (least, most) = (Amounts.short(range.lowerBound), Amounts.short(range.upperBound))
    draw([(least, theme.quiet)], in: ends.splitLeft(width).left)
    drawAtEnd([(most, theme.quiet)], in: ends.splitTop(1).top.splitLeft(max(width, least.count + most.count + 1)).left)
    return area.splitTop(height + 1).rest
  }

  private mutating func drawPreview(in area: Rect) {
    guard area.rows >= 3, let tile = state.tensors.shownTile, !tile.values.isEmpty else { return }
    let (picture, foot) = area.splitTop(area.rows - 1)
    let grid = TensorGrid(tile, in: picture, drawsHalfBlocks: state.display.drawsHalfBlocks, hasLabels: false)
    drawBins(grid, cursor: nil, limit: tile.largest)
    let end = Rect(column: foot.column, row: grid.cells.endRow, columns: foot.columns, rows: 1)
    let open = "\(state.keyName(.openTensor)) opens it"
    draw([(fitting([grid.remark(short: true), open], in: end.columns), theme.quiet)], in: end)
  }
}

extension TensorStatistics {
  /// In words, what matters most first.
  var lines: [String] {
    var lines: [String] = []
    if let range { lines.append("range \(Amounts.short(range.lowerBound)) to \(Amounts.short(range.upperBound))") }
    if let mean, let deviation {
      lines.append("mean \(Amounts.short(mean)), deviation \(Amounts.short(deviation))")
    }
    if count == 0 { return ["no numbers"] }
    let odd = [(zeros, "zero"), (nans, "not a number"), (infinities, "infinite")].map { number, what in
      let share = number > 0 ? " (\(Amounts.short(100 * Double(number) / Double(count))) %)" : ""
      return "\(number) \(what)\(share)"
    }
    return lines + [odd.joined(separator: ", ")]
  }
}

extension Glyphs {
  /// Before the name of a branch.
  var folded: String { isUTF8 ? "▸" : "+" }
  var unfolded: String { isUTF8 ? "▾" : "-" }
}

/// A histogram as bars that stand on a line.
enum Histogram {
  private static let parts: [Character] = [" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]

  /// The rows from top to bottom, each of `columns` characters.
  static func rows(_ counts: [Int], columns: Int, height: Int, isUTF8: Bool) -> [String] {
    guard !counts.isEmpty, columns > 0, height > 0 else { return [] }
    let most = max(1, counts.max() ?? 1)
    let steps = isUTF8 ? 8 : 1
    // At least one step for a part with numbers, so that a single one far out can be seen.
    let heights = counts.map {
      $0 == 0 ? 0 : max(1, Int((Double($0) / Double(most) * Double(height * steps)).rounded()))
    }
    return (0..<height).reversed().map { row in
      String(
        (0..<columns).map { column -> Character in
          let filled = heights[min(counts.count - 1, column * counts.count / columns)] - row * steps
          return isUTF8 ? parts[max(0, min(8, filled))] : filled > 0 ? "#" : " "
        })
    }
  }
}
