import Testing

@testable import TUI

@Suite struct KeyScriptTests {
  @Test func keysAndWhatIsNoKey() throws {
    let script = try KeyScript(
      """
      # A comment, and an empty line

        iHello, you<Enter>  \r
      :resize 60x50
      :click 10,4
      :paste two words
      :screen
      :palette<Esc>
      """)
    func keys(_ text: String) throws -> [KeyScript.Step] { try Key.sequence(text).map { .event(.key($0)) } }
    let typed = try keys("iHello, you<Enter>")
    #expect(
      script.steps.map(\.step) == typed + [
        .event(.resize(Size(columns: 60, rows: 50))), .event(.mouse(column: 10, row: 4, .press)),
        .event(.mouse(column: 10, row: 4, .release)), .event(.paste("two words")), .screen,
      ] + (try keys(":palette<Esc>")))
    #expect(script.steps.first?.line == 3 && script.steps.last?.line == 8)
  }

  @Test(arguments: [
    ("a\n<Nope>", "line 2: no key is called <Nope>"), (":resize 0x5", "line 1: :resize takes a size"),
    (":resize", "takes a size"), (":click 4", ":click takes a column and a row"),
    (":resize 99999999999999999999x4", "takes a size"), ("<C-r", "line 1: “<” begins a name"),
  ])
  func whatIsWrongIsSaidWithItsLine(text: String, message: String) {
    do {
      _ = try KeyScript(text)
      Issue.record("\(text) was read")
    } catch {
      #expect(error.description.contains(message), "\(error)")
    }
  }
}
