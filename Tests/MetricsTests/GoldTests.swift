import Foundation
import Testing

@testable import Metrics

/// The hand-made alignments that ship with the sample models obey their own guidelines.
@Suite struct GoldTests {
  private static let folder = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "sample-models/gold")

  private static func text(_ name: String) throws -> String {
    try String(contentsOf: folder.appending(path: name), encoding: .utf8)
  }

  private let pairs: [AlignedPair]

  init() throws { pairs = try AlignedPair.parse(lines: Self.text("en-fr.tsv").split(separator: "\n")) }

  @Test func thereAreEnoughDistinctPairs() {
    #expect(pairs.count >= 120)
    #expect(Set(pairs.map(\.source)).count == pairs.count)
    #expect(Set(pairs.map(\.target)).count == pairs.count)
  }

  @Test func linksAreWrittenOnceAndInOrder() throws {
    let written = try Self.text("en-fr.tsv").split(separator: "\n").filter { !$0.hasPrefix("#") }
      .map { $0.split(separator: "\t")[2] }
    #expect(written.count == pairs.count)
    for (pair, links) in zip(pairs, written) { #expect(pair.gold.pharaoh == links) }
  }

  @Test func everyWordIsLinked() {
    func isWord(_ token: String) -> Bool { token.contains { $0.isLetter || $0.isNumber } }
    for pair in pairs {
      let sources = Set(pair.gold.possible.map(\.source))
      let targets = Set(pair.gold.possible.map(\.target))
      for (index, token) in pair.source.enumerated() where isWord(token) {
        #expect(sources.contains(index), "'\(token)' in \(pair.source)")
      }
      for (index, token) in pair.target.enumerated() where isWord(token) {
        #expect(targets.contains(index), "'\(token)' in \(pair.target)")
      }
    }
  }

  /// By the guidelines a word of negation is surely linked to `ne` and to its second half.
  @Test func negationIsLinkedToBothHalves() throws {
    let negations: Set = [
      "not", "never", "nothing", "nobody", "don't", "didn't", "isn't", "can't", "won't", "shouldn't",
    ]
    var seen = 0
    for pair in pairs {
      for (index, token) in pair.source.enumerated() where negations.contains(token.lowercased()) {
        let linked = pair.gold.sure.filter { $0.source == index }.map { pair.target[$0.target].lowercased() }
        #expect(linked.contains { ["ne", "n'"].contains($0) }, "\(pair.source)")
        // The second half is `plus` where `any more` says it, and surely linked there.
        let halves = ["pas", "jamais", "rien", "personne"]
        #expect(linked.contains { halves.contains($0) } || pair.target.contains("plus"), "\(pair.source)")
        seen += 1
      }
    }
    #expect(seen >= 20)
  }

  @Test func tokensAreThoseOfTheGuidelines() {
    for pair in pairs {
      #expect((3...12).contains(pair.source.count) && (3...12).contains(pair.target.count), "\(pair.source)")
      // The punctuation that ends a sentence stands alone; an elided word ends at its apostrophe.
      #expect(pair.source.last.map { [".", "?", "!"].contains($0) } == true)
      #expect(pair.source.last == pair.target.last)
      for token in pair.target where token.contains("'") {
        #expect(token.hasSuffix("'") && token.count { $0 == "'" } == 1, "'\(token)'")
      }
    }
  }

  @Test func readmeCountsAndBaselinesAreTrue() throws {
    let readme = try Self.text("README.md")
    func says(_ line: String) -> Bool { readme.contains(line + "\n") }
    func sum(_ count: (AlignedPair) -> Int) -> Int { pairs.map(count).reduce(0, +) }
    let sure = sum { $0.gold.sure.count }
    #expect(says("| sentence pairs | \(pairs.count) |"))
    #expect(says("| English tokens | \(sum { $0.source.count }) |"))
    #expect(says("| French tokens | \(sum { $0.target.count }) |"))
    #expect(says("| sure links | \(sure) |"))
    #expect(says("| possible links | \(sum { $0.gold.possible.count } - sure) |"))

    var all = AlignmentScore()
    var content = AlignmentScore()
    for pair in pairs {
      let diagonal = Aligner.diagonal(sourceLength: pair.source.count, targetLength: pair.target.count)
      all.add(predicted: diagonal, gold: pair.gold)
      let words = FunctionWords.french.contentPositions(in: pair.target)
      content.add(
        predicted: diagonal.filter { words.contains($0.target) }, gold: pair.gold.restricted(toTargets: words))
    }
    #expect(says("- all words: \(all)"))
    #expect(says("- content words: \(content)"))
  }
}
