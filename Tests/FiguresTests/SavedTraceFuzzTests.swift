import TestSupport
import Testing

@testable import Figures

/// The fuzz target of traces that are read back.
@Suite struct SavedTraceFuzzTests {
  @Test func anyDamageEndsInOneLineOrInATrace() {
    var fuzzer = Fuzzer(seed: 1)
    var accepted = 0
    for trace in [Example.small(), Example.transformer(), Example.languageModel(), Example.changed()] {
      let text = TraceJSON.text(of: trace)
      for _ in 0..<120 {
        do {
          // What is taken for a trace must be one that can be written.
          _ = TraceJSON.text(of: try SavedTrace.read(fuzzer.text(from: text).utf8))
          accepted += 1
        } catch {
          #expect(Fuzzer.isOneLine(error), "\(error)")
        }
      }
    }
    // Neither everything nor nothing.
    #expect(accepted > 0 && accepted < 470, "\(accepted)")
  }
}
