import TUI
import Testing
import Traces

@testable import Figures

@Suite struct TraceTextTests {
  private let example = Example.trace("she does not eat apples . </s>", "elle ne mange pas de pommes . </s>") {
    let strongest = [0, 2, 3, 2, 4, 4, 5, 6][$0]
    return $1 == strongest ? 0.9 : $1 == strongest + 1 ? 0.096 : 0.001
  }

  @Test func filesGetNumbers() {
    let expected = """
      source  zor g été
      target  層
      unknown to the model, read as <unk>: zor g, "x"
      stopped at the limit of 2 tokens before the end token

      cross attention, weights
            zor g, "x"  été </s>
        層         .25  .75    ·
      </s>           ·    · 1.00

      """
    #expect(TraceText(Example.small(ending: .lengthLimit)).text == expected)
    // Colours are for terminals, which have a width.
    #expect(TraceText(Example.small(ending: .lengthLimit), depth: .trueColor).text == expected)
  }

  @Test func terminalsWithoutColourGetShades() {
    #expect(
      heatmap(of: example, width: 80) == """
                 she does  not  eat apples    . </s>
          elle  █.90  .10
            ne            █.90  .10
         mange                 █.90    .10
           pas            █.90  .10
            de                        █.90  .10
        pommes                        █.90  .10
             .                             █.90  .10
          </s>                                  █.90
        weight 0 |    ░░░░▒▒▒▒▓▓▓▓████| 1
        """)
  }

  @Test func namesRunDownWhereTheLineIsShort() {
    #expect(
      heatmap(of: example, width: 43, isUTF8: false) == """
                                       a
                                       p
                        d              p         <
                   s    o    n    e    l         /
                   h    e    o    a    e         s
                   e    s    t    t    s    .    >
          elle  @.90  .10
            ne            @.90  .10
         mange                 @.90  .10
           pas            @.90  .10
            de                      @.90  .10
        pommes                      @.90  .10
             .                           @.90  .10
          </s>                                @.90
        weight 0 |  ..::--==++**##%%@@| 1
        """)
  }

  @Test func terminalsWithoutUnicodeGetASCII() {
    for depth in [ColorDepth.none, .indexed256] {
      let text = TraceText(Example.small(), width: 80, depth: depth, isUTF8: false).text
      #expect(text.utf8.allSatisfy { $0 < 0x80 })
      #expect(text.contains("ete"))
    }
  }

  @Test func numbersGiveWayBeforeColumnsDo() {
    #expect(
      heatmap(of: example, width: 40) == """
                        a
                        p
                  d     p   <
                s o n e l   /
                h e o a e   s
                e s t t s . >
          elle ██
            ne     ██
         mange       ██
           pas     ██
            de         ██
        pommes         ██
             .           ██
          </s>             ██
        weight 0 |    ░░░░▒▒▒▒▓▓▓▓████| 1
        """)
  }

  @Test func aLongSentenceContinuesBelow() {
    let long = Example.trace((1...50).map { "w\($0)" }.joined(separator: " "), "oui non") { $0 == $1 ? 1 : 0 }
    #expect(
      heatmap(of: long, width: 40) == """
        columns 1 to 18 of 50
                               w w w w w w w w w
             w w w w w w w w w 1 1 1 1 1 1 1 1 1
             1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8
        oui ██
        non   ██

        columns 19 to 36 of 50
             w w w w w w w w w w w w w w w w w w
             1 2 2 2 2 2 2 2 2 2 2 3 3 3 3 3 3 3
             9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6
        oui
        non

        columns 37 to 50 of 50
             w w w w w w w w w w w w w w
             3 3 3 4 4 4 4 4 4 4 4 4 4 5
             7 8 9 0 1 2 3 4 5 6 7 8 9 0
        oui
        non
        weight 0 |    ░░░░▒▒▒▒▓▓▓▓████| 1
        """)
    // Wide enough for two columns a cell.
    #expect(!TraceText(long, width: 200).text.contains("columns 1 to"))
  }

  @Test(arguments: [ColorDepth.none, .ansi8, .ansi16, .indexed256, .trueColor], [40, 57, 80, 200])
  func noLineOfTheGridIsWiderThanTheTerminal(depth: ColorDepth, width: Int) {
    let long = Example.trace(
      (1...70).map { "token\($0)" }.joined(separator: " "), "中文翻译 internationalisation 👍🏽 e\u{301} ."
    ) { $0 == $1 ? 0.5 : 0.25 }
    let lines = TraceText(long, width: width, depth: depth).text.split(
      separator: "\n", omittingEmptySubsequences: false)
    for line in lines.dropFirst(2) { #expect(withoutEscapes(line).displayWidth <= width, "\(line)") }
  }

  @Test func wideAndJoinedCharactersKeepTheGridStraight() {
    let trace = Example.trace("我 喜欢 👍🏽 cafe\u{301} </s>", "🇫🇷 j' aime 中文 </s>") { _, _ in 0.2 }
    for width in [200, 40] {
      let lines = heatmap(of: trace, width: width, depth: .trueColor).split(separator: "\n").map(withoutEscapes)
      let rows = lines.suffix(6).dropLast()
      #expect(Set(rows.map(\.displayWidth)).count == 1, "\(width)")
    }
  }

  @Test func colouredCellsAreViridis() {
    let trace = Example.trace("a b", "x") { $1 == 0 ? 1 : 0 }
    // Yellow with black text, then violet with white.
    #expect(
      heatmap(of: trace, width: 80, depth: .trueColor).hasPrefix(
        "    a    b\n"
          + "x \u{1B}[0;38;2;0;0;0;48;2;253;231;36m1.00 \u{1B}[0;38;2;255;255;255;48;2;68;1;84m     \u{1B}[0m\nweight 0 "
      ))
    #expect(
      heatmap(of: trace, width: 80, depth: .indexed256).hasPrefix(
        "    a    b\n" + "x \u{1B}[0;38;5;16;48;5;220m1.00 \u{1B}[0;38;5;231;48;5;53m     \u{1B}[0m\nweight 0 "))
  }

  @Test func coloursDoNotMoveTheText() {
    let plain = withoutEscapes(heatmap(of: example, width: 80, depth: .trueColor))
    #expect(
      plain.split(separator: "\n").prefix(3).map { $0.trimmingSuffix(" ") } == [
        "        she does  not  eat apples   .  </s>",
        "  elle  .90  .10",
        "    ne            .90  .10",
      ])
    for depth in [ColorDepth.ansi8, .ansi16, .indexed256] {
      #expect(withoutEscapes(heatmap(of: example, width: 80, depth: depth)) == plain)
    }
  }

  @Test func eachSiteIsShownAsTheMeanOfItsHeads() {
    let text = TraceText(Example.transformer()).text
    let titles = text.split(separator: "\n").filter { $0.contains("attention") }
    #expect(titles == ["cross", "encoder", "decoder"].map { "\($0) attention, mean weights of 4 heads" })
    // Cross-attention's numbers are 0, 1, 2, … 64ths: (0 + 2 + 4 + 6) / 4 and (1 + 3 + 5 + 7) / 4 of them.
    #expect(text.contains("\n      a    b\nx   .05  .06\ny   .05  .06\n"))
    // The future of the first step is masked; its mean is (0 + 1 + 2 + 3) / 4 64ths.
    #expect(text.contains("\n   <start>    x\nx      .02    ·\ny      .05  .06\n"))
  }

  @Test func whatIsMissingIsSaid() {
    #expect(TraceText(Example.small(attention: false)).text.hasSuffix("\nthis model has no attention to show\n"))
    #expect(TraceText(Example.empty()).text.hasSuffix("\nno token has been produced yet\n"))
  }

  @Test func numbersAreRoundedToHundredths() {
    let numbers = [Float(0), 0.004, 0.0051, 0.35, 0.994, 0.996, 1.2, -1, .nan, .infinity].map(Heatmap.number)
    #expect(numbers == [nil, nil, ".01", ".35", ".99", "1.00", "1.00", nil, "?", "?"])
  }

  /// What follows the title, without spaces at the ends of lines.
  private func heatmap(of trace: AttentionTrace, width: Int, depth: ColorDepth = .none, isUTF8: Bool = true) -> String {
    let text = TraceText(trace, width: width, depth: depth, isUTF8: isUTF8).text
    return text.split(separator: "\n", omittingEmptySubsequences: false)
      .drop { !$0.hasPrefix("cross attention") }.dropFirst().dropLast()
      .map { $0.trimmingSuffix(" ") }.joined(separator: "\n")
  }

  private func withoutEscapes(_ text: some StringProtocol) -> String {
    String(text).replacing(/\u{1B}\[[0-9;]*m/, with: "")
  }
}

extension StringProtocol {
  fileprivate func trimmingSuffix(_ character: Character) -> String {
    String(reversed().drop { $0 == character }.reversed())
  }
}
