import Testing

@testable import TUI

struct LineEditorTests {
  private func editor(_ text: String, _ keys: [Key] = [], history: [String] = []) -> LineEditor {
    var editor = LineEditor(text, history: history)
    for key in keys { press(key, &editor) }
    return editor
  }

  private func press(_ key: Key, _ editor: inout LineEditor) {
    let handled = editor.handle(key)
    #expect(handled, "\(key)")
  }

  @Test func typingInTheMiddle() {
    let e = editor("ab", [Key(.left), .character("日"), .character("é")])
    #expect(e.text == "a日éb")
    #expect(e.cursor == 3)
  }

  @Test func anAccentTypedAfterItsLetterJoinsIt() {
    let e = editor("cafe", [.character("\u{301}")])
    #expect(e.text == "café")
    #expect(e.cursor == 4)
    #expect(editor("cafe", [.character("\u{301}"), Key(.backspace)]).text == "caf")
  }

  @Test func deletingBetweenJoinedCharactersKeepsTheCursorInside() {
    // Without the x the two regional indicators become one flag.
    let e = editor("🇫x🇷", [Key(.left), Key(.backspace)])
    #expect(e.text == "🇫🇷")
    #expect(e.characters.count == 1)
    #expect(e.cursor <= 1)
  }

  @Test(arguments: [
    (Key.control("a"), 0), (Key(.home), 0), (Key.control("e"), 14), (Key(.end), 14), (Key.control("b"), 9),
    (Key.control("f"), 11), (Key(.character("b"), .alt), 9), (Key(.left, .control), 9), (Key(.right, .alt), 14),
    (Key(.character("f"), .alt), 14), (Key(.left), 9), (Key(.right), 11),
  ])
  func moves(key: Key, expected: Int) {
    let fourLeft = Array(repeating: Key(.left), count: 4)
    #expect(editor("the, un  déjàs", fourLeft + [key]).cursor == expected)
  }

  @Test(arguments: [
    (Key.control("k"), "one two", " three"), (Key.control("u"), " three", "one two"),
    (Key.control("w"), "one  three", "two"),
    (Key(.backspace, .alt), "one  three", "two"), (Key(.character("d"), .alt), "one two", " three"),
  ])
  func killing(key: Key, rest: String, killed: String) {
    let sixLeft = Array(repeating: Key(.left), count: 6)
    var e = editor("one two three", sixLeft + [key])
    #expect(e.text == rest)
    let back = editor("one two three", sixLeft + [key, .control("y")])
    #expect(back.text == "one two three")
    e.replace(with: "")
    press(.control("y"), &e)
    #expect(e.text == killed)
  }

  @Test func deletingAtTheEndsDoesNothing() {
    for key in [Key(.backspace), .control("w"), .control("u"), .control("h"), Key(.left), Key(.backspace, .alt)] {
      #expect(editor("ab", [Key(.home), key]).text == "ab")
    }
    for key in [Key(.delete), .control("d"), .control("k"), Key(.right), Key(.character("d"), .alt)] {
      #expect(editor("ab", [key]).text == "ab")
    }
    #expect(editor("", [.control("y"), .control("_"), Key(.up), Key(.down)]).text == "")
  }

  @Test func historyKeepsTheDraft() {
    var e = editor("draft", history: ["first", "second"])
    var seen: [String] = []
    for key in [Key(.up), Key(.up), Key(.up), Key(.down), Key(.down), Key(.down)] {
      press(key, &e)
      seen.append(e.text)
    }
    #expect(seen == ["second", "first", "first", "second", "draft", "draft"])
  }

  @Test func rememberingSkipsRepeatsAndBlanks() {
    var e = LineEditor("a")
    e.remember()
    e.remember()
    e.replace(with: "  ")
    e.remember()
    e.replace(with: "b")
    e.remember()
    #expect(e.history == ["a", "b"])
    press(Key(.up), &e)
    #expect(e.text == "b")
  }

  @Test func pastedLinesBecomeOne() {
    var e = LineEditor("<>")
    press(Key(.left), &e)
    e.insert("a\r\nb\n\tc\u{1B}[31m\u{0}d")
    #expect(e.text == "<a b  c[31md>")
  }

  @Test func undoGoesBackWordByWord() {
    var e = LineEditor("")
    for c in "one two" { press(.character(c), &e) }
    press(.control("_"), &e)
    #expect(e.text == "one ")
    press(.control("_"), &e)
    #expect(e.text == "one")
    press(.control("_"), &e)
    #expect(e.text == "")
  }

  @Test func otherKeysAreLeftAlone() {
    var e = LineEditor("x")
    for key in [
      Key(.enter), Key(.escape), Key(.tab), Key(.function(1)), .control("q"), Key(.character("z"), [.alt, .control]),
    ] {
      let handled = e.handle(key)
      #expect(!handled)
    }
    #expect(e.text == "x")
  }

  @Test func lengthIsBounded() {
    var e = LineEditor(String(repeating: "x", count: LineEditor.longestLine))
    e.insert("yz")
    #expect(e.characters.count == LineEditor.longestLine)
    #expect(e.cursor == LineEditor.longestLine)
  }

  @Test(arguments: 1...12)
  func theCursorIsAlwaysInSight(columns: Int) {
    var e = LineEditor("a日b本語cd👩‍💻éfgह्न्z")
    press(Key(.home), &e)
    for _ in 0...e.characters.count {
      let (text, column) = e.visible(columns: columns)
      #expect((0..<columns).contains(column))
      #expect(text.displayWidth <= columns)
      // What stands left of the cursor on the screen is what precedes it in the line.
      var left = ""
      for character in text where left.displayWidth < column { left.append(character) }
      #expect(String(e.characters[..<e.cursor]).hasSuffix(left))
      #expect(left.displayWidth == column)
      press(Key(.right), &e)
    }
  }

  @Test func aShortLineDoesNotScroll() {
    #expect(editor("abc").visible(columns: 4) == ("abc", 3))
    #expect(editor("abcd", [Key(.home)]).visible(columns: 4) == ("abcd", 0))
    #expect(editor("abc").visible(columns: 0) == ("", 0))
  }
}
