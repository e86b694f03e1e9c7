import Foundation
import Testing

@testable import Metrics

/// What sacrebleu says, made by `Tests/Reference/bleu.py`.
private struct Golden: Decodable {
  struct Corpus: Decodable {
    let name: String
    let lowercase: Bool
    let hypotheses: [String]
    let references: [[String]]
    let score: Double
    let precisions: [Double]
    let brevityPenalty: Double
    let hypothesisLength: Int
    let referenceLength: Int
    let signature: String
    let line: String
  }
  struct Tokens: Decodable {
    let text: String
    let tokens: [String]
  }
  let sacrebleu: String
  let corpora: [Corpus]
  let tokens: [Tokens]

  static func read() throws -> Golden {
    let file = try #require(Bundle.module.url(forResource: "bleu", withExtension: "json", subdirectory: "Fixtures"))
    return try JSONDecoder().decode(Golden.self, from: Data(contentsOf: file))
  }
}

@Suite struct BLEUTests {
  @Test func scoresAreSacrebleus() throws {
    for corpus in try Golden.read().corpora {
      let score = try BLEU.corpus(
        hypotheses: corpus.hypotheses, references: corpus.references, lowercase: corpus.lowercase)
      // Doubles from the same sums: only the last bits of log and exp may differ.
      #expect(abs(score.score - corpus.score) < 1e-9, "\(corpus.name)")
      #expect(abs(score.brevityPenalty - corpus.brevityPenalty) < 1e-12, "\(corpus.name)")
      for (ours, theirs) in zip(score.precisions, corpus.precisions) {
        #expect(abs(ours - theirs) < 1e-9, "\(corpus.name)")
      }
      #expect(score.precisions.count == corpus.precisions.count)
      #expect(score.hypothesisLength == corpus.hypothesisLength, "\(corpus.name)")
      #expect(score.referenceLength == corpus.referenceLength, "\(corpus.name)")
    }
  }

  @Test func signatureDiffersFromSacrebleusInTheVersionOnly() throws {
    let golden = try Golden.read()
    #expect(golden.sacrebleu == BLEU.followedVersion)
    for corpus in golden.corpora {
      let score = try BLEU.corpus(
        hypotheses: corpus.hypotheses, references: corpus.references, lowercase: corpus.lowercase)
      func theirs(_ text: String) -> String {
        text.replacing("version:heed-as-sacrebleu-", with: "version:")
      }
      #expect(score.signature.contains("version:heed-as-sacrebleu-2.6.0"))
      #expect(theirs(score.signature) == corpus.signature, "\(corpus.name)")
      #expect(theirs(score.description) == corpus.line, "\(corpus.name)")
    }
  }

  @Test func tokensAreSacrebleus() throws {
    for example in try Golden.read().tokens {
      let tokens = Tokenizer13a.tokens(of: example.text).map { scalars in
        String(String.UnicodeScalarView(scalars))
      }
      // By scalar: `==` on strings would hide a difference in normal form.
      let ours = tokens.map { Array($0.unicodeScalars) }
      #expect(ours == example.tokens.map { Array($0.unicodeScalars) }, "\(example.text.debugDescription)")
    }
  }

  @Test func corporaThatCannotBeScoredAreNamed() {
    #expect(throws: BLEUError.noSentences) { try BLEU.corpus(hypotheses: [], references: []) }
    #expect(throws: BLEUError.countsDiffer(hypotheses: 2, references: 1)) {
      try BLEU.corpus(hypotheses: ["a", "b"], references: [["a"]])
    }
    #expect(throws: BLEUError.noReference(sentence: 1)) {
      try BLEU.corpus(hypotheses: ["a", "b"], references: [["a"], []])
    }
    #expect(BLEUError.noReference(sentence: 1).description.contains("sentence 2"))
  }

  @Test func perplexityOfAFairDieIsItsSides() {
    #expect(abs(perplexity(negativeLogLikelihood: log(6)) - 6) < 1e-12)
    #expect(perplexity(negativeLogLikelihood: 0) == 1)
  }
}
