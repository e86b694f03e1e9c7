import TUI
import Traces

/// A trace as a table of weights to read in a terminal or a text file: a line for each produced token, a column for
/// each source token. With colours the cells are a heatmap.
public struct TraceText {
  private let trace: AttentionTrace
  private let width: Int
  private let depth: ColorDepth

  /// - Parameters:
  ///   - width: columns of the terminal; a longer sentence continues in a second table below. nil never breaks one.
  ///   - depth: `.none` draws no colour.
  public init(_ trace: AttentionTrace, width: Int? = nil, depth: ColorDepth = .none) {
    self.trace = trace
    self.width = min(max(40, width ?? Screen.longestSide), Screen.longestSide)
    self.depth = depth
  }

  /// Whole lines, the last one ended too.
  public var text: String {
    var text = "source  \(clean(trace.sourceText))\ntarget  \(clean(trace.targetText))\n"
    for note in notes { text += note + "\n" }
    for selection in selections {
      guard let matrix = trace.matrix(selection), matrix.columns > 0 else { continue }
      text += "\n\(title(of: selection))\n"
      text += tables(of: matrix, selection.site).map(rendered).joined(separator: "\n")
    }
    return text
  }

  /// What a reader must know before trusting the picture.
  private var notes: [String] {
    var notes: [String] = []
    let unknown = trace.source.filter { $0.kind == .unknown }.map { clean($0.surface) }
    if !unknown.isEmpty { notes.append("unknown to the model, read as <unk>: \(unknown.joined(separator: ", "))") }
    if trace.ending == .lengthLimit {
      notes.append("stopped at the limit of \(trace.lengthLimit) tokens before the end token")
    }
    if selections.isEmpty { notes.append("this model has no attention to show") }
    return notes
  }

  /// One head as it is, several as their mean, each site for itself.
  private var selections: [HeadSelection] {
    [Site.cross, .encoder, .decoder].compactMap { site in
      let heads = trace.heads.filter { $0.site == site }
      return heads.count > 1 ? .mean(site: site, layer: nil) : heads.first.map(HeadSelection.head)
    }
  }

  private func title(of selection: HeadSelection) -> String {
    switch selection {
    case .head: return "\(selection.site.rawValue) attention, weights"
    case .mean(let site, _):
      let count = trace.heads.count { $0.site == site }
      return "\(site.rawValue) attention, mean weights of \(count) heads"
    }
  }

  private func rendered(_ screen: Screen) -> String {
    depth == .none ? screen.text.map { $0 + "\n" }.joined() : screen.ansi(depth: depth)
  }

  /// The matrix in as many tables as the width asks for.
  private func tables(of matrix: AttentionMatrix, _ site: Site) -> [Screen] {
    let rowNames = (site == .encoder ? trace.source : trace.steps.map(\.token)).map(label)
    let columnNames =
      site == .decoder ? ["<start>"] + trace.steps.dropLast().map { label($0.token) } : trace.source.map(label)
    let rowNameWidth = min(16, rowNames.map(\.displayWidth).max() ?? 0)
    var tables: [Screen] = []
    var first = 0
    while first < matrix.columns {
      var end = first
      var used = rowNameWidth
      while end < matrix.columns, end == first || used + cellWidth(columnNames[end]) <= width {
        used += cellWidth(columnNames[end])
        end += 1
      }
      var screen = Screen(Size(columns: used, rows: matrix.rows + 1))
      for row in 0..<matrix.rows {
        screen.draw(rowNames[row].truncated(to: rowNameWidth), column: 0, row: row + 1)
      }
      draw(matrix, columns: first..<end, names: columnNames, at: rowNameWidth, on: &screen)
      tables.append(screen)
      first = end
    }
    return tables
  }

  private func draw(
    _ matrix: AttentionMatrix, columns: Range<Int>, names: [String], at left: Int, on screen: inout Screen
  ) {
    var start = left
    for column in columns {
      let width = cellWidth(names[column])
      screen.draw(rightAligned(names[column].truncated(to: width - 1), in: width), column: start, row: 0)
      for row in 0..<matrix.rows {
        let weight = matrix[row, column]
        screen.draw(rightAligned(number(weight), in: width), column: start, row: row + 1, style: style(of: weight))
      }
      start += width
    }
  }

  /// A blank and the name, or a blank and a number.
  private func cellWidth(_ name: String) -> Int { 1 + min(12, max(4, name.displayWidth)) }

  private func rightAligned(_ text: String, in width: Int) -> String {
    String(repeating: " ", count: max(0, width - text.displayWidth)) + text
  }

  /// Two digits, and a dot for what rounds to nothing.
  private func number(_ weight: Float) -> String {
    let hundredths = weight.isFinite ? Int((min(max(weight, 0), 1) * 100).rounded()) : -1
    switch hundredths {
    case -1: return "?"
    case 0: return "·"
    case 100: return "1.00"
    default: return hundredths < 10 ? ".0\(hundredths)" : ".\(hundredths)"
    }
  }

  private func style(of weight: Float) -> Style {
    guard depth > .none else { return .plain }
    let background = Palette.viridis.color(at: weight, depth: depth)
    return Style(foreground: background.contrastingText, background: background)
  }

  private func label(_ token: Token) -> String { clean(token.surface) }

  /// A text that cannot leave its line or steer the terminal.
  private func clean(_ text: String) -> String {
    String(
      text.map { $0.isNewline || $0.unicodeScalars.contains { $0.properties.generalCategory == .control } ? " " : $0 })
  }
}
