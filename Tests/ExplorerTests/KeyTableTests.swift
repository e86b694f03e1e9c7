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
    #expect(KeyMap().find([g], in: .matrix) == .beginning)
    #expect(KeyMap().find([g, g], in: .matrix) == .action(.firstRow))
    #expect(KeyMap().find([g, .character("h")], in: .matrix) == .nothing)
    #expect(KeyMap().find([.character("Q")], in: .matrix) == .nothing)
  }

  @Test func theHelpListsEveryBinding() {
    let views: [Context] = Context.anyView
    let lines = views.flatMap { Help.lines($0, filter: "", columns: 60, glyphs: Glyphs(isUTF8: true)) }
    for binding in KeyTable.bindings {
      #expect(lines.contains { if case .keys(_, binding.help) = $0 { true } else { false } }, "\(binding.action)")
    }
  }

  @Test(arguments: KeyTable.bindings)
  func theHelpFitsItsColumn(_ binding: Binding) {
    #expect(binding.help.count <= 38, "\(binding.help)")
  }

  @Test func theHelpIsThatOfTheView() {
    func has(_ text: String, _ context: Context) -> Bool {
      Help.lines(context, filter: "", columns: 60, glyphs: Glyphs(isUTF8: true)).contains {
        if case .keys(_, text) = $0 { true } else { false }
      }
    }
    #expect(has("Open this head's matrix", .heads) && !has("Open this head's matrix", .matrix))
    #expect(has("Show or hide the numbers", .matrix) && !has("Show or hide the numbers", .heads))
  }

  @Test func theHelpIsFiltered() {
    var state = Samples.state(80, 24)
    _ = Samples.press("?/palet", &state)
    var text = view(state).text.joined(separator: "\n")
    #expect(text.contains("Next palette") && !text.contains("Decode one more token"))
    _ = Samples.press("zzz", &state)
    #expect(view(state).text.contains { $0.contains("nothing with “paletzzz” in it") })
    _ = update(&state, .terminal(.key(Key(.escape))))
    text = view(state).text.joined(separator: "\n")
    #expect(state.context == .help && text.contains("Decode one more token"))
  }

  @Test func aKeyInTheHelpDoesWhatItSays() {
    var state = Samples.state(80, 24)
    #expect(Samples.press("? ", &state) == [.step(generation: 1)])
    #expect(state.helpLine == nil)
    _ = Samples.press("?", &state)
    _ = Samples.press("~", &state)
    #expect(state.context == .help)
  }

  @Test(arguments: [(80, 24), (120, 40), (200, 60), (60, 50), (40, 12)])
  func theHelpCanBeReadToItsEnd(columns: Int, rows: Int) {
    var state = Samples.state(columns, rows)
    _ = Samples.press("?", &state)
    var text = view(state).text.joined(separator: "\n")
    for _ in 0..<20 {
      _ = update(&state, .terminal(.key(Key(.pageDown))))
      text += view(state).text.joined(separator: "\n")
    }
    #expect(text.contains("Decode one more") && text.contains("Put back what was"))
  }

  @Test func pageDownTurnsTheHelpByPages() {
    var state = Samples.state(80, 24)
    _ = Samples.press("?", &state)
    let first = Set(view(state).text[3..<20])
    _ = update(&state, .terminal(.key(Key(.pageDown))))
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

  @Test(arguments: ["", "2", "3", "5", "6", "f", "i", "o", "?", ":", "ss2"])
  func aPressOnAHintIsItsKey(_ keys: String) throws {
    var state = Samples.state(120, 40, trace: Samples.trace(steps: 4))
    _ = Samples.press(keys, &state)
    let row = 39
    for hint in HintBar(state, columns: 120).hints where hint.binding.hintActions.isEmpty {
      var pressed = state
      var typed = state
      _ = update(&pressed, .terminal(.mouse(column: hint.columns.lowerBound, row: row, .press)))
      for key in try #require(hint.binding.keys.first) { _ = update(&typed, .terminal(.key(key))) }
      #expect(pressed == typed, "\(hint.binding.action)")
      let text = Array(view(state).text[row])
      #expect(String(text[hint.columns].prefix(hint.keys.count)) == hint.keys)
    }
  }

  @Test func ofSeveralKeysThePressedOneCounts() throws {
    var state = Samples.state(200, 60, trace: Samples.trace(steps: 4))
    state.cursor = Cursor(step: 1, source: 5)
    let move = try #require(HintBar(state, columns: 200).hints.first { $0.keys == "hjkl" })
    for (offset, place) in [(1, (2, 5)), (3, (2, 6)), (2, (1, 6)), (0, (1, 5))] {
      _ = update(&state, .terminal(.mouse(column: move.columns.lowerBound + offset, row: 59, .press)))
      #expect((state.row, state.column) == place)
    }
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
