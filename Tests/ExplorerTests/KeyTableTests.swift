import TUI
import Testing

@testable import Explorer

@Suite struct KeyTableTests {
  @Test func everyActionHasKeys() {
    let bound = Set(KeyTable.bindings.map(\.action))
    #expect(Action.allCases.filter { !bound.contains($0) }.isEmpty)
    #expect(KeyTable.bindings.allSatisfy { !$0.keys.isEmpty && $0.keys.allSatisfy { !$0.isEmpty } })
  }

  @Test(arguments: Context.allCases)
  func noKeyMeansTwoThings(_ context: Context) {
    let sequences = KeyTable.bindings.filter { $0.contexts.contains(context) }.flatMap(\.keys)
    for (index, keys) in sequences.enumerated() {
      for other in sequences[(index + 1)...] {
        #expect(!keys.starts(with: other) && !other.starts(with: keys), "\(keys) and \(other)")
      }
    }
  }

  @Test func aSequenceIsFoundKeyByKey() {
    let g = Key.character("g")
    #expect(KeyTable.find([g], in: .matrix) == .beginning)
    #expect(KeyTable.find([g, g], in: .matrix) == .action(.firstRow))
    #expect(KeyTable.find([g, .character("h")], in: .matrix) == .nothing)
    #expect(KeyTable.find([.character("x")], in: .matrix) == .nothing)
  }

  @Test func theHelpListsEveryBinding() {
    let lines = Help.lines(columns: 60, glyphs: Glyphs(isUTF8: true))
    for binding in KeyTable.bindings {
      #expect(lines.contains { if case .keys(_, binding.help) = $0 { true } else { false } }, "\(binding.action)")
    }
  }

  @Test(arguments: [(80, 24), (120, 40), (200, 60), (60, 50), (40, 12)])
  func theHelpCanBeReadToItsEnd(columns: Int, rows: Int) {
    var state = Samples.state(columns, rows)
    _ = Samples.press("?" + String(repeating: "j", count: 200), &state)
    let text = view(state).text.joined(separator: "\n")
    #expect(text.contains("Quit"))
  }

  @Test func spaceTurnsTheHelpByPages() {
    var state = Samples.state(80, 24)
    _ = Samples.press("?", &state)
    let first = Set(view(state).text[3..<20])
    _ = Samples.press(" ", &state)
    #expect(first.intersection(view(state).text[3..<20]).subtracting([""]).isEmpty)
    _ = update(&state, .terminal(.key(Key(.pageUp))))
    #expect(Set(view(state).text[3..<20]) == first)
  }

  @Test func helpSaysThatAttentionIsNoExplanation() {
    var state = Samples.state(80, 24)
    _ = Samples.press("?", &state)
    #expect(view(state).text.joined(separator: " ").contains("Attention is not an explanation"))
  }

  @Test(arguments: [40, 60, 80, 120, 200])
  func hintsKeepHelpAndQuit(_ columns: Int) {
    let state = Samples.state(columns, 24)
    let hints = view(state).text.last ?? ""
    #expect(hints.contains("? help") && hints.contains("q quit"))
    #expect(hints.displayWidth <= columns)
  }

  @Test func namesOfKeys() {
    let name = KeyName(glyphs: Glyphs(isUTF8: true))
    #expect(name([.character(" ")]) == "Space")
    #expect(name([.character("g"), .character("g")]) == "gg")
    #expect(name([.control("d")]) == "Ctrl-d")
    #expect(name([Key(.left, [.control, .shift])]) == "Ctrl-Shift-←")
    #expect(name([Key(.function(5))]) == "F5")
    #expect(KeyName(glyphs: Glyphs(isUTF8: false))([Key(.left)]) == "Left")
  }
}
