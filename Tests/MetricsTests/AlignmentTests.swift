import Foundation
import Testing

@testable import Metrics

/// Rates of random links, made by `Tests/Reference/alignment.py`.
private struct GoldenRates: Decodable {
  let base: Int
  let gold: [String]
  let predicted: [String]
  let precision: Double
  let recall: Double
  let errorRate: Double

  enum CodingKeys: String, CodingKey {
    case base, gold, predicted, precision, recall
    case errorRate = "error_rate"
  }

  static func read() throws -> [GoldenRates] {
    let file = try #require(
      Bundle.module.url(forResource: "alignment", withExtension: "json", subdirectory: "Fixtures"))
    return try JSONDecoder().decode([GoldenRates].self, from: Data(contentsOf: file))
  }
}

@Suite struct AlignmentTests {
  @Test func ratesAreTheReferences() throws {
    for golden in try GoldenRates.read() {
      let gold = try Alignment.parse(lines: golden.gold, countingFrom: golden.base)
      let predicted = try Alignment.parse(lines: golden.predicted)
      var score = AlignmentScore()
      for (links, gold) in zip(predicted, gold) { score.add(predicted: links.possible, gold: gold) }
      #expect(score.precision == golden.precision && score.recall == golden.recall)
      #expect(abs((score.errorRate ?? -1) - golden.errorRate) < 1e-12)
    }
  }

  @Test func linksAreReadInEachForm() throws {
    let zeroBased = try Alignment(parsing: "0-0 1?2  2-1\t1p1")
    #expect(zeroBased.sure == [Link(0, 0), Link(2, 1)])
    #expect(zeroBased.possible == [Link(0, 0), Link(2, 1), Link(1, 2), Link(1, 1)])
    #expect(zeroBased.pharaoh == "0-0 1?1 1?2 2-1")

    let oneBased = try Alignment(parsing: "1-1 2p3 3-2 2p2", countingFrom: 1)
    #expect(oneBased == zeroBased)
    #expect(try Alignment(parsing: "0S0 1P2 2s1 1P1") == zeroBased)
    #expect(try Alignment(parsing: "") == Alignment(sure: []))
  }

  @Test func sureLinksStaySureWhenAlsoPossible() throws {
    let alignment = try Alignment(parsing: "0p0 0-0")
    #expect(alignment.sure == [Link(0, 0)])
    #expect(alignment.pharaoh == "0-0")
  }

  @Test(arguments: ["a-1", "1-", "-1", "1--2", "1 -2", "1_2", "1-2-3", "99999999999999999999-1", "+1-2", "٣-1"])
  func anythingElseIsRefused(text: String) throws {
    let error = try #require(throws: AlignmentError.self) { try Alignment(parsing: text) }
    #expect(error.description.contains("is not a link"))
  }

  @Test func zeroIsNoTokenWhenCountingFromOne() {
    #expect(throws: AlignmentError.badLink("0-1", base: 1)) { try Alignment(parsing: "2-2 0-1", countingFrom: 1) }
  }

  /// "she does not eat" / "elle ne mange pas", by hand. Sure: she-elle, not-ne, not-pas, eat-mange; possible: does-mange.
  @Test func ratesAgreeWithAWorkedExample() throws {
    let gold = try Alignment(parsing: "0-0 2-1 3-2 2-3 1?2")
    var score = AlignmentScore()
    // Predicted: she-elle (sure), does-ne (wrong), does-mange (possible), eat-pas (wrong), not-pas (sure).
    score.add(predicted: [Link(0, 0), Link(1, 1), Link(1, 2), Link(3, 3), Link(2, 3)], gold: gold)
    #expect(score.precision == 3.0 / 5)  // |A∩P| = 3 of |A| = 5
    #expect(score.recall == 2.0 / 4)  // |A∩S| = 2 of |S| = 4
    #expect(score.errorRate == 1 - 5.0 / 9)  // 1 − (2 + 3) / (5 + 4)
    #expect(score.description == "precision 60.0 %, recall 50.0 %, alignment error rate 44.4 %")

    // Sums over sentences, not means of rates: another pair with |A| = |S| = |A∩S| = |A∩P| = 1.
    score.add(predicted: [Link(0, 0)], gold: try Alignment(parsing: "0-0"))
    #expect(score.precision == 4.0 / 6)
    #expect(score.recall == 3.0 / 5)
    #expect(score.errorRate == 1 - 7.0 / 11)
  }

  @Test func sureLinksAndPossibleOnesMakeNoError() throws {
    let gold = try Alignment(parsing: "0-0 1?0 1?1")
    var score = AlignmentScore()
    score.add(predicted: [Link(0, 0), Link(1, 1)], gold: gold)
    #expect(score.errorRate == 0)
  }

  @Test func ratesOfNothingAreUndefined() {
    var score = AlignmentScore()
    #expect(score.precision == nil && score.recall == nil && score.errorRate == nil)
    score.add(predicted: [Link(0, 0)], gold: Alignment(sure: [], possible: [Link(0, 0)]))
    #expect(score.precision == 1)
    #expect(score.recall == nil)
    #expect(score.errorRate == 0)
  }

  @Test func restrictionKeepsWholeRows() throws {
    let gold = try Alignment(parsing: "0-0 1?0 1-1 2?2")
    #expect(gold.restricted(toTargets: [0, 2]).pharaoh == "0-0 1?0 2?2")
  }
}

@Suite struct AlignerTests {
  @Test func diagonalRunsFromCornerToCorner() {
    #expect(Aligner.diagonal(sourceLength: 3, targetLength: 3) == [Link(0, 0), Link(1, 1), Link(2, 2)])
    // Middles at 1/4 and 3/4 of five tokens: 1.25 and 3.75.
    #expect(Aligner.diagonal(sourceLength: 5, targetLength: 2) == [Link(1, 0), Link(3, 1)])
    // Middles at 1/8, 3/8, 5/8 and 7/8 of two tokens.
    #expect(Aligner.diagonal(sourceLength: 2, targetLength: 4) == [Link(0, 0), Link(0, 1), Link(1, 2), Link(1, 3)])
    #expect(Aligner.diagonal(sourceLength: 0, targetLength: 2).isEmpty)
    #expect(Aligner.diagonal(sourceLength: 2, targetLength: 0).isEmpty)
  }

  @Test func strongestTokenOfEachRowIsLinked() {
    let rows: [[Float]] = [[0.1, 0.7, 0.1, 0.1], [0.4, 0.1, 0.4, 0.1], [0.1, 0.1, 0.1, 0.7], []]
    // Column 0 is a start token; columns 1 to 3 are words 0 and 1 and an end token.
    #expect(Aligner.links(rows: rows, words: [[], [0], [1], []]) == [Link(0, 0)])
    #expect(Aligner.links(rows: rows, words: [[0], [1], [2], [3]]) == [Link(1, 0), Link(0, 1), Link(3, 2)])
    // Words that have one column in common are linked together.
    #expect(Aligner.links(rows: rows, words: [[], [0, 1], [2], []]) == [Link(0, 0), Link(1, 0)])
  }

  @Test func aThresholdLinksAllThatReachIt() {
    let rows: [[Float]] = [[0.1, 0.7, 0.2], [0.4, 0.2, 0.4], [0.3, 0.3, 0.4], [.nan, .nan, .nan], []]
    let words = [[0], [1], [2]]
    #expect(
      Aligner.links(rows: rows, words: words, rule: .atLeast(0.4))
        == [Link(1, 0), Link(0, 1), Link(2, 1), Link(2, 2)])
    #expect(Aligner.links(rows: rows, words: words, rule: .atLeast(0.8)).isEmpty)
  }
}

@Suite struct FunctionWordsTests {
  @Test func contentWordsAreWhatIsLeft() {
    let english = ["She", "doesn't", "want", "the", "green", "apple", "."]
    #expect(FunctionWords.english.contentPositions(in: english) == [2, 4, 5])
    let french = ["Elle", "ne", "veut", "pas", "l’", "eau", "froide", "!"]
    #expect(FunctionWords.french.contentPositions(in: french) == [2, 5, 6])
    #expect(FunctionWords.french.isContent("7"))
    #expect(FunctionWords.french.contentPositions(in: ["Est-ce", "as-tu", "veux-tu", "a-t-il", "-"]) == [2])
  }
}

@Suite struct AlignedPairTests {
  @Test func pairsAreRead() throws {
    let lines = ["# source, target, links", "I sleep .\tje dors .\t0-0 1-1 2-2", "", "a\tb c\t0?1"]
    let pairs = try AlignedPair.parse(lines: lines)
    #expect(pairs.map(\.source) == [["I", "sleep", "."], ["a"]])
    #expect(pairs.map(\.target) == [["je", "dors", "."], ["b", "c"]])
    #expect(pairs.map(\.gold.pharaoh) == ["0-0 1-1 2-2", "0?1"])
    #expect(try AlignedPair.parse(lines: ["a\tb c\t1?2"], countingFrom: 1) == [pairs[1]])
  }

  @Test(
    arguments: [
      ("a\tb", 0, "line 2: 2 columns; there must be three: source, target, links"),
      ("a\tb\t0-1", 0, "line 2: link 0-1 lies outside the 1 source and 1 target tokens (counted from 0)"),
      ("a\tb\t1-2", 1, "line 2: link 1-2 lies outside the 1 source and 1 target tokens (counted from 1)"),
      ("a\tb\t0:0", 0, "line 2: '0:0' is not a link"),
    ])
  func wrongLinesAreNamed(line: String, base: Int, message: String) throws {
    let error = try #require(throws: AlignedPairError.self) {
      try AlignedPair.parse(lines: ["a\tb\t\(base)-\(base)", line], countingFrom: base)
    }
    #expect(error.description.hasPrefix(message))
  }

  @Test func linksAloneAreJoinedToTheirSentences() throws {
    let links = try Alignment.parse(lines: ["1-1 2p1", "", "1-2"], countingFrom: 1)
    #expect(links.map(\.pharaoh) == ["0-0 1?0", "", "0-1"])
    let pairs = try AlignedPair.join(links, sentences: ["I see ||| vois", "a\tb", "a ||| b c"])
    #expect(pairs.map(\.source) == [["I", "see"], ["a"], ["a"]])
    #expect(pairs.map(\.target) == [["vois"], ["b"], ["b", "c"]])
    #expect(pairs.map(\.gold) == links)
  }

  @Test(
    arguments: [
      (["a ||| b"], "line 2: there are 2 lines of links for 1 pairs"),
      (["a ||| b", "a b"], "line 2: is no pair"),
      (["a ||| b", "a ||| b ||| c"], "line 2: is no pair"),
      (["a ||| b", "a ||| b"], "line 2: link 2-1 lies outside the 1 source and 1 target tokens (counted from 1)"),
    ])
  func sentencesThatDoNotFitTheirLinksAreNamed(sentences: [String], message: String) throws {
    let links = try Alignment.parse(lines: ["1-1", "2-1"], countingFrom: 1)
    let error = try #require(throws: AlignedPairError.self) {
      try AlignedPair.join(links, sentences: sentences, countedFrom: 1)
    }
    #expect(error.description.hasPrefix(message))
  }

  @Test func aWrongLinkNamesItsLine() throws {
    let error = try #require(throws: AlignedPairError.self) { try Alignment.parse(lines: ["0-0", "0-0 1"]) }
    #expect(error.description.hasPrefix("line 2: '1' is not a link"))
  }
}
