import Foundation
import Metrics
import Models
import Testing
import Text

@testable import Training

/// Translates by a table and finds every token equally hard.
private struct TableModel: EvaluatedModel {
  var table: [[Int]: [Int]]
  var lossOfToken = 0.5

  func negativeLogLikelihood(of batch: Batch) -> Double { lossOfToken * Double(batch.targetTokens) }
  func translate(_ sources: [[Int]], maximumLength: Int) -> [[Int]] {
    sources.map { Array((table[$0] ?? []).prefix(maximumLength)) }
  }
}

@Suite struct EvaluationTests {
  let pairs = [
    ("i see the cat", "je vois le chat"), ("i see the cat", "je regarde le chat"),
    ("the cat sees me now", "le chat me voit"),
    ("run", "cours"), ("run", "courez"), ("the dog eats the big red apple", "le chien mange la grosse pomme rouge"),
  ].map { SentencePair(source: $0, target: $1) }
  let encoder: PairEncoder

  init() throws {
    encoder = PairEncoder(
      source: try Tokenizer.train(on: pairs.map(\.source), recipe: TokenizerRecipe(size: 100)),
      target: try Tokenizer.train(on: pairs.map(\.target), recipe: TokenizerRecipe(size: 100)),
      configuration: Seq2SeqConfiguration())
  }

  private func model(_ translations: [String: String]) -> TableModel {
    TableModel(
      table: Dictionary(
        uniqueKeysWithValues: translations.map { (encoder.encodeSource($0), encoder.target.encode($1).map(\.id)) }))
  }

  @Test func translationsOfOneSourceAreItsReferences() throws {
    let groups = ReferenceGroup.groups(of: pairs)
    #expect(groups.map(\.source) == ["i see the cat", "the cat sees me now", "run", "the dog eats the big red apple"])
    #expect(groups.map(\.references.count) == [2, 1, 2, 1])
  }

  @Test func countsAreOfPairsSentencesAndTokens() throws {
    let translations = [
      "i see the cat": "je regarde le chat", "the cat sees me now": "le chat voit", "run": "courez",
      "the dog eats the big red apple": "le chien mange la grosse pomme rouge",
    ]
    let evaluation = try Evaluator(model: model(translations), encoder: encoder).evaluate(pairs)
    #expect((evaluation.pairs, evaluation.sentences, evaluation.targetTokens) == (6, 4, 5 + 5 + 5 + 2 + 2 + 8))
    #expect(abs(evaluation.loss - 0.5) < 1e-12 && abs(evaluation.perplexity - exp(0.5)) < 1e-12)
    #expect(evaluation.exactMatch == 0.75)
    let groups = ReferenceGroup.groups(of: pairs)
    #expect(evaluation.translations == groups.map { translations[$0.source] })
    let expected = try BLEU.corpus(hypotheses: evaluation.translations, references: groups.map(\.references))
    #expect(evaluation.bleu == expected)
    #expect(evaluation.byLength.map(\.lengths) == [1...4, 5...5, 7...7])
    #expect(evaluation.byLength.map(\.sentences) == [2, 1, 1])
    #expect(evaluation.byLength.map(\.exactMatch) == [1, 0, 1])
  }

  @Test func caseAndLengthBoundsAreWhatWasAskedFor() throws {
    let capital = [SentencePair(source: "run", target: "Courez")]
    var evaluator = Evaluator(model: model(["run": "courez"]), encoder: encoder)
    #expect(try evaluator.evaluate(capital).exactMatch == 0)
    evaluator.ignoresCase = true
    let evaluation = try evaluator.evaluate(capital)
    #expect(evaluation.exactMatch == 1 && evaluation.bleu.signature.contains("case:lc"))
    evaluator.maximumLength = 0
    #expect(try evaluator.evaluate(capital).translations == [""])
  }

  @Test func progressCountsToTheEndAndMayStop() throws {
    var seen: [(Int, Int)] = []
    var evaluator = Evaluator(model: model([:]), encoder: encoder)
    evaluator.batching = Batching(sentences: 2)
    evaluator.progress = { seen.append(($0, $1)) }
    _ = try evaluator.evaluate(pairs)
    #expect(seen.map(\.0) == seen.map(\.0).sorted() && seen.last.map { $0 == $1 } == true)
    evaluator.progress = { _, _ in throw ValidationInterrupted() }
    #expect(throws: ValidationInterrupted.self) { try evaluator.evaluate(pairs) }
  }

  @Test func theReportHasTheNumbersInBothForms() throws {
    let evaluation = try Evaluator(model: model(["run": "courez"]), encoder: encoder).evaluate(pairs)
    var report = EvaluationReport(model: "m")
    report.translation = .init(evaluation)
    let text = "\(report)"
    #expect(text.contains("measured on  6 pairs, 4 source sentences, 27 tokens"))
    #expect(text.contains("loss         0.5000 nats a token, perplexity 1.65"))
    #expect(text.contains("exact match  25.0 %"))
    #expect(text.contains("1 to 4                 2"))
    let object = try #require(
      try JSONSerialization.jsonObject(with: Data(report.json().utf8)) as? [String: Any])
    let translation = try #require(object["translation"] as? [String: Any])
    #expect(object["model"] as? String == "m" && object["alignment"] == nil)
    #expect(translation["exact_match"] as? Double == 0.25)
    #expect(translation["bleu"] as? Double == evaluation.bleu.score)
    #expect((translation["by_source_length"] as? [[String: Any]])?.map { $0["sentences"] as? Int } == [2, 1, 1])
  }
}
