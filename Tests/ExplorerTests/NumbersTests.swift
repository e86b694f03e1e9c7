import Testing

@testable import Explorer

@Suite struct NumbersTests {
  @Test(
    arguments: [
      (0, ".00"), (0.86, ".86"), (0.0051, ".01"), (0.004, "<.01"), (1e-30, "<.01"), (0.994, ".99"), (0.995, "1.0"),
      (1, "1.0"),
      (.nan, "?"), (-1, "?"), (.infinity, "?"),
    ] as [(Float, String)])
  func short(value: Float, text: String) { #expect(Numbers.short(value) == text) }

  @Test(
    arguments: [
      (0.88123, 4, "0.8812"), (4.906, 2, "4.91"), (-0.42, 2, "−0.42"), (-0.001, 2, "0.00"), (12, 1, "12.0"),
      (.infinity, 2, "inf"), (-.infinity, 2, "−inf"), (.nan, 2, "nan"), (0.9999999, 4, "1.0000"),
    ] as [(Float, Int, String)])
  func fixed(value: Float, decimals: Int, text: String) { #expect(Numbers.fixed(value, decimals) == text) }

  @Test func signedHasAPlus() {
    #expect(Numbers.signed(4.9, 2) == "+4.90" && Numbers.signed(-4.9, 2) == "−4.90")
    #expect(Numbers.signed(-.infinity, 2) == "−inf")
  }

  @Test(arguments: [
    (1, "1st"), (2, "2nd"), (3, "3rd"), (4, "4th"), (11, "11th"), (12, "12th"), (21, "21st"), (113, "113th"),
  ])
  func ordinal(number: Int, text: String) { #expect(Numbers.ordinal(number) == text) }

  @Test func wordsAreWrappedAndFitted() {
    #expect("one two  three".wrapped(to: 7) == ["one two", "three"])
    #expect("漢字".fitted(5) == "漢字 " && "abc".rightAligned(5) == "  abc")
  }
}
