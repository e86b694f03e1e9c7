import TUI
import Testing

@Suite struct TextDirectionTests {
  @Test(arguments: [
    ("", false), ("word", false), ("naïve Ελλάδα привет", false), ("漢字 👩‍👩‍👧", false), ("שלום", true), ("a مرحبا", true),
    ("\u{200F}", true), ("ܫܠܡܐ", true), ("ﷺ", true), ("𐤀", true),
  ])
  func rightToLeft(text: String, expected: Bool) {
    #expect(text.hasRightToLeftLetters == expected)
  }
}
