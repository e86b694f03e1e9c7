import Metrics
import Testing
import Text
import Traces

@testable import Models
@testable import Training

/// A model of two layers of two heads that looks where it is told: at step `t`, L1H0 at column `columns[t]`, L0H1 at the
/// first column, the others evenly everywhere.
private struct PointingModel {
  var columns: [Int]

  func trace(source: [Int], target: [Int]) -> AttentionTrace {
    let even = [Float](repeating: 1 / Float(source.count), count: source.count)
    func one(_ column: Int) -> [Float] { source.indices.map { $0 == column ? 1 : 0 } }
    let steps = target.indices.map { step in
      let weights = even + one(0) + one(columns[step]) + even
      return Step(
        token: Token(id: target[step], piece: ""), probability: 1, candidates: [], entropy: 0, isForced: true,
        cross: AttentionBlock(
          layers: 2, heads: 2, rows: 1, columns: source.count, weights: weights, scores: weights))
    }
    return AttentionTrace(
      model: .init(name: "", path: "", architecture: "", summary: ""), sourceText: "",
      source: source.map { Token(id: $0, piece: "") }, steps: steps, lengthLimit: target.count)
  }

  func aligner(_ encoder: PairEncoder) -> WordAligner {
    WordAligner(encoder: encoder, layout: AttentionLayout(site: .cross, layers: 2, heads: 2), trace: trace)
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
    pairs = try AlignedPair.parse(lines: ["the green apple falls .\tla pomme verte tombe .\t0-0 1-2 2-1 3-3 4-4"])
  }

  @Test func theHeadThatLooksRightIsFoundAndMakesNoError() throws {
    let evaluation = try AlignmentEvaluation(
      of: pairs, by: PointingModel(columns: [0, 2, 1, 3, 4, 5]).aligner(encoder))
    #expect(evaluation.sentences == 1)
    #expect(evaluation.heads.map { "\($0.selection)" } == ["L0H0", "L0H1", "L1H0", "L1H1"])
    let best = try #require(evaluation.best)
    #expect("\(best.selection)" == "L1H0")
    #expect(best.scores.allWords.errorRate == 0 && best.scores.contentWords?.errorRate == 0)
    // Always at `the`: one of five links is right.
    #expect(evaluation.heads[1].scores.allWords.precision == 0.2)
    #expect(evaluation.heads[1].scores.contentWords?.precision == 0)
    // L1's mean points where L1H0 does. In the mean of all L0H1 weighs as much, and the first of equals counts.
    #expect(evaluation.layers.map { "\($0.selection)" } == ["L0 mean", "L1 mean"])
    #expect(evaluation.layers[1].scores.allWords.errorRate == 0)
    #expect(evaluation.diagonal?.allWords.precision == 0.6)
    #expect(evaluation.diagonal?.contentWords?.precision == 1.0 / 3)
  }

  /// `la` and the full stop are no content words; looking at the end token links to nothing.
  @Test func errorsAreCountedForAllAndForContentWords() throws {
    let evaluation = try AlignmentEvaluation(
      of: pairs, by: PointingModel(columns: [1, 2, 5, 3, 4, 5]).aligner(encoder))
    let scores = evaluation.heads[2].scores
    #expect(scores.allWords.predicted == 4 && scores.allWords.precision == 0.75 && scores.allWords.recall == 0.6)
    let content = try #require(scores.contentWords)
    #expect(content.predicted == 2 && content.precision == 1)
    #expect(abs((content.recall ?? 0) - 2.0 / 3) < 1e-12)
  }

  @Test func withoutAListOfFunctionWordsThereAreNoContentWords() throws {
    let evaluation = try AlignmentEvaluation(
      of: pairs, by: PointingModel(columns: [0, 2, 1, 3, 4, 5]).aligner(encoder), functionWords: nil)
    #expect(evaluation.heads.allSatisfy { $0.scores.contentWords == nil })
    #expect(evaluation.diagonal?.contentWords == nil)
    #expect(!"\(AlignmentReport(evaluation))".contains("content"))
  }

  @Test func theReportShowsEachHeadAndTheBestBesideTheDiagonal() throws {
    let evaluation = try AlignmentEvaluation(
      of: pairs, by: PointingModel(columns: [0, 2, 1, 3, 4, 5]).aligner(encoder))
    let lines = "\(AlignmentReport(evaluation))".split(separator: "\n").map {
      $0.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }
    #expect(lines[1...3] == ["error rate in %, all words H0 H1 mean", "L0 80.0 80.0 80.0", "L1 0.0 80.0 0.0"])
    #expect(lines.contains("all words, best head, L1H0 100.0 % 100.0 % 0.0 %"))
    #expect(lines.contains("all words, diagonal 60.0 % 60.0 % 40.0 %"))
    #expect(lines.contains("content words, mean of 4 heads 0.0 % 0.0 % 100.0 %"))
    var report = EvaluationReport(model: "m")
    report.alignment = AlignmentReport(evaluation)
    #expect(
      try report.json().contains(
        #""best":{"all_words":{"alignment_error_rate":0,"precision":1,"recall":1}"#))
  }

  @Test func withoutAttentionOnlyTheDiagonalIsReported() throws {
    let blind = WordAligner(encoder: encoder, layout: nil, trace: PointingModel(columns: []).trace)
    let evaluation = try AlignmentEvaluation(of: pairs, by: blind)
    #expect(evaluation.best == nil && evaluation.mean == nil && evaluation.diagonal?.allWords.sure == 5)
    let report = "\(AlignmentReport(evaluation))"
    #expect(report.contains("the model has no cross-attention"))
    let words = report.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    #expect(words.contains("all words, diagonal 60.0 % 60.0 % 40.0 %"))
  }

  /// Links of a file are scored without a model, with content words and diagonal if the sentences are known.
  @Test func givenLinksAreScored() throws {
    let folder = try TemporaryFolder()
    let gold = try GoldStandard(
      path: try folder.write("the green apple\tla pomme verte\t0-0 1-2 2-1\n", to: "gold.tsv"))
    let found = try gold.predicted(path: try folder.write("1-1 2-2 3-2\n", to: "found"), countingFrom: 1)
    let evaluation = AlignmentEvaluation(of: found, gold: gold)
    #expect(evaluation.given?.allWords.precision == 2.0 / 3 && evaluation.given?.contentWords?.precision == 0.5)
    #expect(evaluation.diagonal?.allWords.precision == 1.0 / 3)

    let bare = try GoldStandard(path: try folder.write("1-1 2-3 3-2\n", to: "gold.talp"), countingFrom: 1)
    let unknown = AlignmentEvaluation(of: found, gold: bare)
    #expect(unknown.given?.allWords == evaluation.given?.allWords)
    #expect(unknown.given?.contentWords == nil && unknown.diagonal == nil)
    #expect("\(AlignmentReport(unknown))".contains("--gold-text"))
  }
}

@Suite struct HeadChoiceTests {
  /// A model of two heads over two words: the second looks at the word that the target needs, the first at the other. A
  /// target word is probable only while its source word is not hidden.
  private func aligner(unknown: Int, _ encoder: PairEncoder) -> WordAligner {
    WordAligner(encoder: encoder, layout: AttentionLayout(site: .cross, layers: 1, heads: 2)) { source, target in
      let steps = target.indices.map { step in
        let needed = min(step, source.count - 1)
        let right = source.indices.map { $0 == needed ? Float(0.9) : 0.1 / Float(max(1, source.count - 1)) }
        let weights = Array(right.reversed()) + right
        return Step(
          token: Token(id: target[step], piece: ""), probability: source[needed] == unknown ? 0.01 : 0.8,
          candidates: [], entropy: 0,
          cross: AttentionBlock(
            layers: 1, heads: 2, rows: 1, columns: source.count, weights: weights, scores: weights))
      }
      return AttentionTrace(
        model: .init(name: "", path: "", architecture: "", summary: ""), sourceText: "",
        source: source.map { Token(id: $0, piece: "") }, steps: steps, lengthLimit: 9)
    }
  }

  @Test func theHeadThatLooksAtWhatTheModelNeedsIsChosen() throws {
    let tokenizer = try Tokenizer.train(on: ["the green apple"], recipe: TokenizerRecipe(size: 100))
    let configuration = Seq2SeqConfiguration()
    let encoder = PairEncoder(source: tokenizer, target: tokenizer, configuration: configuration)
    let aligner = aligner(unknown: configuration.unknownID, encoder)
    let pair = encoder.encodeWords(SentencePair(source: "the green apple", target: "apple the green"))
    #expect(try aligner.linksByHiding(in: aligner.read(pair)) == [Link(0, 0), Link(1, 1), Link(2, 2)])
    let choice = try #require(try HeadChoice(for: [pair, pair], by: aligner))
    #expect("\(choice.head)" == "L0H1" && choice.score.errorRate == 0 && choice.pairs == 2)
    let blind = WordAligner(encoder: encoder, layout: nil) { _, _ in throw TrainingError("not asked") }
    #expect(try HeadChoice(for: [pair], by: blind) == nil)
  }
}

@Suite struct GoldStandardTests {
  @Test func linksAloneGetTheirSentences() throws {
    let folder = try TemporaryFolder()
    let links = try folder.write("1-1 2p1\n\n", to: "gold.talp")
    let text = try folder.write("I sleep ||| dors\nno ||| non\n", to: "gold.txt")
    let gold = try GoldStandard(path: links, sentences: text, countingFrom: 1)
    #expect(gold.pairs?.map(\.target) == [["dors"], ["non"]])
    #expect(gold.links.map(\.pharaoh) == ["0-0 1?0", ""])
  }

  @Test func wrongFilesAreNamedWithTheirLine() throws {
    let folder = try TemporaryFolder()
    func failure(_ links: String, text: String? = nil, found: String? = nil) throws -> String? {
      let path = try folder.write(links, to: "gold")
      let sentences = try text.map { try folder.write($0, to: "text") }
      let other = try found.map { try folder.write($0, to: "found") }
      return message {
        let gold = try GoldStandard(path: path, sentences: sentences)
        if let other { _ = try gold.predicted(path: other) }
      }?.replacing(folder.url.path, with: "")
    }
    #expect(try failure("0-0\n0-\n")?.hasPrefix("/gold:2: '0-' is not a link") == true)
    #expect(try failure("a\tb\n")?.hasPrefix("/gold:1: 2 columns") == true)
    #expect(try failure("") == "/gold: holds no word links")
    #expect(try failure("a\tb\t0-0\n", text: "a\tb\n") == "/gold: has sentences of its own; leave out /text")
    #expect(try failure("0-0\n", text: "a b\n")?.hasPrefix("/text:1: is no pair") == true)
    #expect(
      try failure("0-0\n", found: "0-0\n0-0\n") == "/found: has 2 lines, but there are 1 gold pairs; give a line each")
    #expect(
      try failure("a\tb\t0-0\n", found: "0-1\n")
        == "/found:1: link 0-1 lies outside the 1 source and 1 target tokens (counted from 0)")
    let path = try folder.write([0xff], to: "bytes")
    #expect(message { _ = try GoldStandard(path: path) }?.hasPrefix("\(path):1: is not valid UTF-8") == true)
  }
}

@Suite struct WordEncodingTests {
  /// A word's columns add up, its rows are averaged, and each token of no word keeps a column.
  @Test func tokensBecomeWords() {
    let source = EncodedWords(ids: [1, 5, 6, 7, 2], words: [0..<0, 0..<1, 1..<2, 1..<2, 0..<0], wordCount: 2)
    let target = EncodedWords(ids: [8, 9, 2], words: [0..<1, 0..<1, 0..<0], wordCount: 2)
    let matrix = WordMatrix(
      [[0.1, 0.2, 0.3, 0.1, 0.3], [0, 0.5, 0.25, 0, 0.25], [1, 0, 0, 0, 0]], source: source, target: target)
    #expect(matrix.rows.count == 2 && matrix.rows[1].isEmpty)
    for (weight, expected) in zip(matrix.rows[0], [0.35, 0.325, 0.05, 0.275] as [Float]) {
      #expect(abs(weight - expected) < 1e-6)
    }
    #expect(matrix.words == [[0], [1], [], []])
  }

  /// A token over several words is the column of all its source words, and the row of all its target words.
  @Test func wordsOfOneTokenGoTogether() {
    let source = EncodedWords(ids: [5, 6], words: [0..<1, 1..<3], wordCount: 3)
    let target = EncodedWords(ids: [8, 9], words: [0..<2, 1..<2], wordCount: 2)
    let matrix = WordMatrix([[0.25, 0.75], [0.75, 0.25]], source: source, target: target)
    #expect(matrix.words == [[0], [1, 2]])
    #expect(matrix.rows == [[0.25, 0.75], [0.5, 0.5]])
  }

  @Test func tokensKnowTheirWords() throws {
    let target = try Tokenizer.train(on: ["l'eau est là"], recipe: TokenizerRecipe(size: 100, elision: true))
    var configuration = Seq2SeqConfiguration()
    configuration.sourceHasStart = true
    let encoder = PairEncoder(source: target, target: target, configuration: configuration)
    let typed = encoder.encodeWords(SentencePair(source: "l'eau  est là", target: " l'eau est\u{a0}là"))
    #expect(typed.source.words == [0..<0, 0..<1, 0..<1, 1..<2, 2..<3, 0..<0])
    #expect(typed.target.words == [0..<1, 0..<1, 1..<2, 2..<3, 0..<0] && typed.target.wordCount == 3)
    let cut = encoder.encodeWords(source: ["l'eau", "est", "là"], target: ["l'", "eau", "est", "là"])
    #expect(cut.source.ids == typed.source.ids && cut.source.words == typed.source.words)
    #expect(cut.target.words == [0..<1, 1..<2, 2..<3, 3..<4, 0..<0] && cut.target.ids == typed.target.ids)
    #expect(encoder.encodeSource("là").first == configuration.startID)
    configuration.sourceHasStart = false
    configuration.sourceHasEnd = false
    let bare = PairEncoder(source: target, target: target, configuration: configuration)
    #expect(bare.encodeSource("") == [configuration.unknownID])
    #expect(bare.encodeWords(SentencePair(source: "", target: "")).source.words == [0..<0])
  }

  /// Sub-words that begin with the blank before their word, pieces of one letter, and a blank that is a token itself.
  @Test func subwordsKnowTheirWords() throws {
    let text = "the cat sat on the mat"
    let tokenizer = try Tokenizer.train(
      on: Array(repeating: text, count: 20), recipe: TokenizerRecipe(kind: .bpe, size: 24))
    let encoder = PairEncoder(source: tokenizer, target: tokenizer, configuration: Seq2SeqConfiguration())
    let pair = encoder.encodeWords(SentencePair(source: "the zebra sat", target: "a cat"))
    let surfaces = pair.source.ids.map { tokenizer.piece(of: $0) ?? "" }
    var words: [Int] = []
    for (piece, range) in zip(surfaces, pair.source.words).dropLast() {
      #expect(range.count == 1, "\(piece)")
      // A piece that begins with the mark of a blank begins a word.
      if piece.hasPrefix("▁") { words.append(range.lowerBound) } else { #expect(range.first == words.last, "\(piece)") }
    }
    #expect(words == [0, 1, 2])
    #expect(surfaces.count > 4)
  }

  @Test func wordsAreWrittenAsPeopleWriteThem() throws {
    func text(_ words: String, spacesMarks: Bool = false) -> String {
      RunningText(joining: words.split(separator: " ").map(String.init), spacesMarks: spacesMarks).text
    }
    #expect(text("Il n' aime pas l’ eau ( froide ) .") == "Il n'aime pas l’eau (froide).")
    #expect(text("the dogs ' tails , the dogs' tails") == "the dogs ' tails, the dogs' tails")
    #expect(text("He does n't see John 's dog !") == "He doesn't see John's dog!")
    #expect(text("Qui est là ?", spacesMarks: true) == "Qui est là ?")
    #expect(text("Who is there ?") == "Who is there?")
    let joined = RunningText(joining: ["l'", "été", "."], spacesMarks: false)
    #expect(joined.words == [0..<2, 2..<7, 7..<8])
    #expect(RunningText(typed: "l'été  va\u{202f}!").words == [0..<7, 9..<11, 14..<15])

    let spaced = try Tokenizer.train(
      on: Array(repeating: "qui est là ?", count: 20), recipe: TokenizerRecipe(kind: .bpe, size: 22))
    let tight = try Tokenizer.train(
      on: Array(repeating: "who is there?", count: 20), recipe: TokenizerRecipe(kind: .bpe, size: 22))
    #expect(RunningText(joining: ["là", "?"], for: spaced).text == "là ?")
    #expect(RunningText(joining: ["there", "?"], for: tight).text == "there?")
  }
}
