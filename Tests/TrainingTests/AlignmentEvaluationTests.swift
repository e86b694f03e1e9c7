import Metrics
import Tensors
import Testing
import Text
import Traces

@testable import Models
@testable import Training

/// Looks where it is told: at step `t`, at column `columns[t]`.
private struct PointingModel: SequenceModel {
  var columns: [Int]
  var hasAttention = true
  let endID = 2

  var attention: [AttentionLayout] { hasAttention ? [AttentionLayout(site: .cross, layers: 1, heads: 2)] : [] }
  func begin(_ source: [Int], edits: TapEdits) -> SequenceStart {
    SequenceStart(state: State(model: self, length: source.count, step: 0), first: 1)
  }

  private struct State: SequenceState {
    let model: PointingModel
    let length: Int
    let step: Int

    /// One head looks at the column, the other evenly everywhere.
    func step(_ token: Int, edits: TapEdits) -> SequenceStep {
      var weights = [Float](repeating: 0, count: length) + [Float](repeating: 1 / Float(length), count: length)
      weights[model.columns[step]] = 1
      let block = AttentionBlock(layers: 1, heads: 2, rows: 1, columns: length, weights: weights, scores: weights)
      return SequenceStep(
        next: State(model: model, length: length, step: step + 1), logits: Tensor([4], repeating: 0), cross: block)
    }
  }
}

@Suite struct AlignmentEvaluationTests {
  let encoder: PairEncoder
  let pairs: [AlignedPair]

  init() throws {
    encoder = PairEncoder(
      source: try Tokenizer.train(on: ["the green apple falls ."], recipe: TokenizerRecipe(size: 100)),
      target: try Tokenizer.train(on: ["la pomme verte tombe ."], recipe: TokenizerRecipe(size: 100)),
      configuration: Seq2SeqConfiguration())
    pairs = try AlignedPair.parse("the green apple falls .\tla pomme verte tombe .\t0-0 1-2 2-1 3-3 4-4")
  }

  @Test func aModelThatLooksRightMakesNoError() throws {
    let evaluation = try AlignmentEvaluation(
      of: pairs, by: PointingModel(columns: [0, 2, 1, 3, 4, 5]), encoder: encoder)
    #expect(evaluation.sentences == 1)
    #expect(evaluation.model?.allWords.errorRate == 0 && evaluation.model?.contentWords.errorRate == 0)
    #expect(evaluation.diagonal.allWords.precision == 0.6)
    #expect(evaluation.diagonal.contentWords.precision == 1.0 / 3)
  }

  /// `la` and the full stop are no content words; looking at the end token links to nothing.
  @Test func errorsAreCountedForAllAndForContentWords() throws {
    let evaluation = try AlignmentEvaluation(
      of: pairs, by: PointingModel(columns: [1, 2, 5, 3, 4, 5]), encoder: encoder)
    let model = try #require(evaluation.model)
    #expect(model.allWords.predicted == 4 && model.allWords.precision == 0.75 && model.allWords.recall == 0.6)
    #expect(model.contentWords.predicted == 2 && model.contentWords.precision == 1)
    #expect(abs((model.contentWords.recall ?? 0) - 2.0 / 3) < 1e-12)
  }

  @Test func withoutAttentionOnlyTheDiagonalIsReported() throws {
    let evaluation = try AlignmentEvaluation(
      of: pairs, by: PointingModel(columns: [], hasAttention: false), encoder: encoder)
    #expect(evaluation.model == nil && evaluation.diagonal.allWords.sure == 5)
    var report = EvaluationReport(model: "m")
    report.alignment = .init(evaluation)
    #expect("\(report)".contains("the model has no attention"))
    let words = "\(report)".split(whereSeparator: \.isWhitespace).joined(separator: " ")
    #expect(words.contains("all words, diagonal 60.0 % 60.0 % 40.0 %"))
  }

  /// A word's columns add up, its rows too, and each token of no word keeps a column.
  @Test func tokensBecomeWords() {
    let source = EncodedWords(ids: [1, 5, 6, 7, 2], words: [nil, 0, 1, 1, nil], wordCount: 2)
    let target = EncodedWords(ids: [8, 9, 2], words: [0, 0, nil], wordCount: 2)
    let matrix = WordMatrix(
      [[0.1, 0.2, 0.3, 0.1, 0.3], [0, 0.5, 0.25, 0, 0.25], [1, 0, 0, 0, 0]], source: source, target: target)
    #expect(matrix.rows.count == 2 && matrix.rows[1].isEmpty)
    for (weight, expected) in zip(matrix.rows[0], [0.7, 0.65, 0.1, 0.55] as [Float]) {
      #expect(abs(weight - expected) < 1e-6)
    }
    #expect(matrix.columns == [0: 0, 1: 1])
  }

  @Test func tokensKnowTheirWords() throws {
    let target = try Tokenizer.train(on: ["l'eau est là"], recipe: TokenizerRecipe(size: 100, elision: true))
    var configuration = Seq2SeqConfiguration()
    configuration.sourceHasStart = true
    let encoder = PairEncoder(source: target, target: target, configuration: configuration)
    #expect(encoder.encodeSource(["l'eau", "est", "là"]).words == [nil, 0, 0, 1, 2, nil])
    #expect(encoder.encodeTarget(["l'", "eau", "est", "là"]).words == [0, 1, 2, 3, nil])
    #expect(encoder.encodeSource("là").first == configuration.startID)
    configuration.sourceHasStart = false
    configuration.sourceHasEnd = false
    let bare = PairEncoder(source: target, target: target, configuration: configuration)
    #expect(bare.encodeSource("") == [configuration.unknownID])
  }
}
