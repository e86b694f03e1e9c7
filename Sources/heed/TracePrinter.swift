import CursesTerminal
import Figures
import TUI
import Traces

/// Prints one trace after the other as each is ready.
struct TracePrinter {
  let format: Trace.Format
  private(set) var count = 0
  /// Nil where standard output is not a terminal: then text is plain.
  private let width: Int?
  private let terminal: CursesTerminal.Capabilities?

  init(format: Trace.Format) {
    self.format = format
    width = StandardOutput.isTerminal ? StandardOutput.columns ?? 80 : nil
    terminal = StandardOutput.isTerminal ? CursesTerminal.outputCapabilities() : nil
  }

  /// - Parameter effect: what the trace's interventions did.
  mutating func print(_ trace: AttentionTrace, effect: TraceDifference? = nil) throws {
    count += 1
    switch format {
    case .json: try StandardOutput.write(TraceJSON.text(of: trace, effect: effect) + "\n")
    case .csv:
      let header = count == 1 ? TraceCSV.header : ""
      try StandardOutput.write(header + TraceCSV.lines(of: trace, sentence: count))
    case .text:
      let gap = count == 1 ? "" : "\n"
      try StandardOutput.write(gap + text(of: trace, effect))
    }
  }

  private func text(of trace: AttentionTrace, _ effect: TraceDifference?) -> String {
    TraceText(trace, effect: effect, width: width, depth: terminal?.depth ?? .none, isUTF8: terminal?.isUTF8 ?? true)
      .text
  }
}
