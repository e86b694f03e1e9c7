import TUI
import Testing
import Traces

@testable import Explorer

/// Where keys take the cursor, from step 4 of 10 and source token 5 of 12.
@Suite struct CursorTests {
  @Test(arguments: [
    ("h", 3, 3), ("l", 3, 5), ("j", 4, 4), ("k", 2, 4), ("0", 3, 0), ("$", 3, 11), ("gg", 0, 4), ("G", 9, 4),
    ("*", 3, 3), (",", 2, 4), (";", 4, 6), ("0h", 3, 0), ("$l", 3, 11), ("ggk", 0, 4), ("Gj", 9, 4), ("gxl", 3, 5),
    ("gG", 9, 4), ("kkkkkkkk;", 1, 2),
  ])
  func keysMove(_ keys: String, row: Int, column: Int) {
    var state = Samples.state(120, 40, trace: Samples.trace(steps: 10))
    state.cursor = Cursor(step: 3, source: 4)
    _ = Samples.press(keys, &state)
    #expect(state.cursor == Cursor(step: row, source: column, follows: false))
  }

  @Test func arrowsMoveAsLettersDo() {
    for (code, letter) in [(Key.Code.left, "h"), (.down, "j"), (.up, "k"), (.right, "l"), (.home, "0"), (.end, "$")] {
      var arrows = Samples.state(120, 40, trace: Samples.trace(steps: 10))
      arrows.cursor = Cursor(step: 3, source: 4)
      var letters = arrows
      _ = update(&arrows, .terminal(.key(Key(code))))
      _ = Samples.press(letter, &letters)
      #expect(arrows == letters)
    }
  }

  @Test func nothingDecodedLeavesTheCursorAtTheStart() {
    var state = Samples.state(120, 40, trace: Samples.trace(steps: 0))
    _ = Samples.press("jG,;*", &state)
    #expect(state.cursor.step == 0 && state.cursor.source == 0)
  }

  @Test func halfAPageIsHalfOfWhatIsInSight() {
    var state = Samples.state(80, 24, trace: FakeEngine.long(steps: 50))
    _ = Samples.press("gg", &state)
    _ = update(&state, .terminal(.key(.control("d"))))
    let visible = ScreenLayout(state)?.matrix(state)?.visibleRows.count ?? 0
    #expect(state.cursor.step == visible / 2 && visible > 4)
    _ = update(&state, .terminal(.key(.control("u"))))
    #expect(state.cursor.step == 0)
  }
}

extension FakeEngine {
  /// A trace of a long sentence.
  static func long(steps: Int, words: Int = 80) -> AttentionTrace {
    let text = FakeEngine.words(words)
    return Samples.trace(source: text, target: text + " <end>", steps: steps, alignment: nil, limit: 200)
  }
}
