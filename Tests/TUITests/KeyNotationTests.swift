import Testing

@testable import TUI

@Suite struct KeyNotationTests {
  @Test(arguments: [
    ("a", [Key.character("a")]), ("gg", [.character("g"), .character("g")]), ("<Space>", [.character(" ")]),
    ("<C-r>", [.control("r")]), ("<Ctrl-r>", [.control("r")]), ("<ctrl-R>", [.control("R")]),
    ("<Esc>x", [Key(.escape), .character("x")]), ("<escape>", [Key(.escape)]), ("<CR>", [Key(.enter)]),
    ("<S-Tab>", [Key(.backTab)]), ("<Shift-Tab>", [Key(.backTab)]), ("<F12>", [Key(.function(12))]),
    ("<Ctrl-Shift-Left>", [Key(.left, [.control, .shift])]), ("<M-f>", [Key(.character("f"), .alt)]),
    ("<<>", [.character("<")]), ("<>>", [.character(">")]), (">", [.character(">")]),
    ("a<", [.character("a"), .character("<")]),
    ("<C-->", [.control("-")]), ("é漢", [.character("é"), .character("漢")]), ("", []),
    ("<C-Space>", [.control(" ")]), ("a b", [.character("a"), .character(" "), .character("b")]),
  ])
  func textsAreKeys(text: String, keys: [Key]) throws {
    #expect(try Key.sequence(text) == keys)
    let again = keys.map(\.notation).joined()
    #expect(try Key.sequence(again) == keys, "\(again)")
  }

  @Test(arguments: [
    ("<Spcae>", "no key is called <Spcae>"), ("<C-r", "no “>” ends"), ("<F0>", "no key is called"),
    ("<F99999999999999999999>", "no key is called"), ("<C-Foo>", "no key is called <C-Foo>"),
  ])
  func whatIsNoKeyIsSaid(text: String, message: String) {
    do {
      _ = try Key.sequence(text)
      Issue.record("\(text) was read")
    } catch {
      #expect(error.description.contains(message))
    }
  }

  @Test func everyNameReadsBack() throws {
    let codes: [Key.Code] = [
      .enter, .escape, .tab, .backTab, .backspace, .delete, .insert, .up, .down, .left, .right, .home, .end, .pageUp,
      .pageDown, .function(1), .character(" "), .character("<"), .character("-"),
    ]
    for code in codes {
      for modifiers in [Key.Modifiers(), .control, .alt, [.control, .alt]] where code != .backTab || modifiers == [] {
        let key = Key(code, modifiers)
        #expect(try Key.sequence(key.notation) == [key], "\(key.notation)")
      }
    }
  }
}
