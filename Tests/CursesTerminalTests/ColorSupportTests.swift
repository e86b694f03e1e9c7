import TUI
import Testing

@testable import CursesTerminal

struct ColorSupportTests {
  private func support(_ term: String, _ environment: [String: String] = [:]) -> ColorSupport {
    let known: [String: ColorSupport.Description] = [
      "xterm-256color": .init(colors: 256), "xterm": .init(colors: 8), "vt100": .init(colors: 0),
      "xterm-16color": .init(colors: 16), "xterm-direct": .init(hasRGB: true, colors: 1 << 24),
      "screen-256color": .init(colors: 256), "odd-direct": .init(colors: 256), "odd": .init(colors: 88),
    ]
    return ColorSupport(term: term, environment: environment) { known[$0] ?? .init(exists: false, colors: 0) }
  }

  @Test(arguments: [
    ("xterm-256color", ColorDepth.indexed256), ("xterm-16color", .ansi16), ("xterm", .ansi8), ("vt100", .none),
    ("xterm-direct", .trueColor), ("odd", .ansi16),
  ])
  func byDescription(term: String, depth: ColorDepth) {
    #expect(support(term).depth == depth)
    #expect(support(term).term == term)
  }

  @Test func trueColourNeedsADirectDescription() {
    let environment = ["COLORTERM": "truecolor"]
    #expect(support("xterm-256color", environment) == support("xterm-direct"))
    #expect(support("xterm", ["COLORTERM": "24bit"]).term == "xterm-direct")
    #expect(support("screen-256color", environment).depth == .indexed256)
    #expect(support("odd", environment).term == "odd")
    #expect(support("xterm-256color", ["COLORTERM": "yes"]).depth == .indexed256)
  }

  @Test func noColorWins() {
    #expect(support("xterm-direct", ["NO_COLOR": "1"]).depth == .none)
    #expect(support("xterm-256color", ["NO_COLOR": "1", "COLORTERM": "truecolor"]).term == "xterm-256color")
    #expect(support("xterm-256color", ["NO_COLOR": ""]).depth == .indexed256)
  }
}
