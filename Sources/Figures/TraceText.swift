import TUI
import Traces

/// A trace to read in a terminal or a text file: the sentences, what a reader must know before trusting the picture, and
/// for each site of attention a line for each token that looked and a column for each that it could look at.
public struct TraceText {
  /// Narrower terminals are drawn as if they had this many columns.
  public static let leastWidth = 40

  let trace: AttentionTrace
  let effect: TraceDifference?
  private let width: Int?
  private let shading: Heatmap.Shading
  let isUTF8: Bool

  /// - Parameters:
  ///   - effect: what the trace's interventions did.
  ///   - width: columns of the terminal, within which a heatmap is drawn; nil for a table of numbers of any width.
  ///   - depth: the terminal's colours; with `.none` the heatmap is made of glyphs. Without a `width` there is no colour.
  ///   - isUTF8: false draws everything in ASCII, letters without their accents.
  public init(
    _ trace: AttentionTrace, effect: TraceDifference? = nil, width: Int? = nil, depth: ColorDepth = .none,
    isUTF8: Bool = true
  ) {
    self.trace = trace
    self.effect = effect
    self.width = width.map { max(Self.leastWidth, $0) }
    self.isUTF8 = isUTF8
    shading = width == nil ? .plain : depth == .none ? .glyphs : .colors(depth)
  }

  /// Whole lines, the last one ended too.
  public var text: String {
    var text = "source  \(shown(trace.sourceText))\ntarget  \(shown(trace.targetText))\n"
    for note in notes { text += note + "\n" }
    for table in [interventionTable, beamTable] where !table.isEmpty {
      text += "\n" + table.map { $0 + "\n" }.joined()
    }
    for selection in selections {
      guard let matrix = trace.matrix(selection), matrix.columns > 0, matrix.rows > 0 else { continue }
      let heatmap = Heatmap(
        matrix, rowNames: rowNames(selection.site), columnNames: columnNames(selection.site), width: width,
        shading: shading, isUTF8: isUTF8)
      text += "\n\(title(of: selection))\n" + heatmap.text
      if let legend = heatmap.legend { text += legend + "\n" }
    }
    return text
  }

  private var notes: [String] {
    var notes: [String] = []
    let unknown = trace.source.filter { $0.kind == .unknown }.map { shown($0.surface) }
    if !unknown.isEmpty { notes.append("unknown to the model, read as <unk>: \(unknown.joined(separator: ", "))") }
    if trace.ending == .lengthLimit {
      notes.append("stopped at the limit of \(trace.lengthLimit) tokens before the end token")
    }
    if selections.isEmpty {
      notes.append(trace.steps.isEmpty ? "no token has been produced yet" : "this model has no attention to show")
    }
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

  private func rowNames(_ site: Site) -> [String] {
    trace.rowTokens(site).map { shown($0.surface) }
  }

  private func columnNames(_ site: Site) -> [String] {
    trace.columnTokens(site).map { $0.map { shown($0.surface) } ?? "<start>" }
  }

  /// A text that cannot leave its line or steer the terminal, in the terminal's characters.
  func shown(_ text: String) -> String {
    let clean = text.map { character in
      let isControl = character.unicodeScalars.contains { $0.properties.generalCategory == .control }
      return isControl || character.isNewline ? " " : character
    }
    return String(isUTF8 ? clean : clean.map(\.asciiFallback))
  }
}
