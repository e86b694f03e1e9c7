import Foundation
import Layers
import Models
import Testing

@testable import Training

/// The real model on ten pairs, from a recipe in a file to a model folder.
/// One test at a time: the number of threads is the process's.
@Suite(.serialized) struct TrainingSessionTests {
  let folder: TemporaryFolder
  static let words = [
    ("one", "un"), ("two", "deux"), ("three", "trois"), ("red", "rouge"), ("blue", "bleu"), ("cat", "chat"),
    ("dog", "chien"), ("eats", "mange"), ("sees", "voit"), ("runs", "court"),
  ]

  init() throws { folder = try TemporaryFolder() }

  /// - Parameter copies: of each pair. Many, rather than many epochs, each of which ends with files that are written
  ///   through to the disk.
  func recipe(epochs: Int = 6, copies: Int = 1, attention: String = "additive", extra: String = "") throws -> Recipe {
    let sentences = (0..<10).map { first in
      [Self.words[first], Self.words[(first * 3 + 1) % 10], Self.words[(first * 7 + 2) % 10]].prefix(2 + first % 2)
    }
    let lines = sentences.map { "\($0.map(\.0).joined(separator: " "))\t\($0.map(\.1).joined(separator: " "))\n" }
    let pairs = try folder.write(String(repeating: lines.joined(), count: copies), to: "pairs.tsv")
    let held = try folder.write("two red cat\tdeux rouge chat\n", to: "held.tsv")
    return try Recipe(
      file: folder.write(
        """
        data: {train: "\(pairs)", validation: "\(held)", remove_duplicates: \(copies == 1)}
        tokenizers: {source: {size: 50}, target: {size: 50}}
        model:
          attention: \(attention)
          encoder_units: 24
          decoder_units: 24
          attention_units: 16
          source_embedding_size: 12
          target_embedding_size: 12
        training: {epochs: \(epochs), batch_sentences: 5, learning_rate: 0.02, dropout: 0.1, threads: 1}
        validation: {bleu_sentences: 1}
        output: {model: "\(folder.path("model"))", run: "\(folder.path("run"))", precision: F32, snapshots_kept: 1}
        \(extra)
        """, to: "recipe.yaml"))
  }

  @discardableResult
  func run(_ session: TrainingSession, resuming: Bool = false, stopAfter steps: Int = .max) throws -> TrainingState {
    var done = 0
    return try session.run(
      resuming: resuming,
      report: { if case .step = $0 { done += 1 } }, shouldStop: { done >= steps }
    ).state
  }

  @Test(arguments: ["additive", "general", "none"])
  func tenPairsAreLearntByHeart(attention: String) throws {
    let session = try TrainingSession(recipe(copies: 10, attention: attention))
    let state = try run(session)
    let configuration = try #require(session.configuration as? Seq2SeqConfiguration)
    let model = try Seq2Seq(configuration, parameters: state.parameters)
    let evaluation = try Evaluator(model: model, encoder: session.encoder).evaluate(session.corpus.split.train)
    #expect(evaluation.exactMatch == 1)
    #expect(evaluation.loss < 0.1)
  }

  @Test(arguments: [1, 2]) func resumingTheRealModelGivesTheSameBits(threads: Int) throws {
    func recipe(epochs: Int) throws -> Recipe {
      var recipe = try self.recipe(epochs: epochs)
      recipe.training.threads = threads
      return recipe
    }
    let session = try TrainingSession(recipe(epochs: 4))
    let whole = try run(session)
    try FileManager.default.removeItem(atPath: folder.path("run"))
    try run(session, stopAfter: 3)
    // A new process reads the recipe and the data again.
    let resumed = try run(TrainingSession(recipe(epochs: 4)), resuming: true)
    #expect(resumed.parameters == whole.parameters)
    #expect(resumed.progress.step == 8)
    #expect(try PairsFile(path: folder.path("run/validation.tsv")).read() == session.corpus.split.validation)
    #expect(!FileManager.default.fileExists(atPath: folder.path("run/test.tsv")))
  }

  @Test func theModelFolderOpensAndTranslatesAlike() throws {
    let session = try TrainingSession(recipe())
    let state = try run(session)
    try session.writeCard(state.progress)
    let opened = try ModelFolder(path: folder.path("model"))
    let source = try #require(opened.source)
    let target = try #require(opened.target)
    #expect(try opened.configuration.json() == session.configuration.json())
    let encoder = PairEncoder(source: source, target: target, configuration: opened.configuration)
    let held = session.corpus.split.validation
    let written = try Evaluator(model: opened.model, encoder: encoder).evaluate(held)
    let log = try String(contentsOfFile: folder.path("run/metrics.jsonl"), encoding: .utf8)
    let losses = try log.split(separator: "\n").compactMap { line in
      try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
    }.compactMap { $0["validation_loss"] as? Double }
    // What is in the folder is the best that was ever validated.
    #expect(abs(written.loss - (losses.min() ?? .nan)) < 1e-5)
    #expect(try String(contentsOfFile: folder.path("model/recipe.yaml"), encoding: .utf8) == session.recipe.text)
    #expect(try String(contentsOfFile: folder.path("model/README.md"), encoding: .utf8).hasPrefix("# model\n"))
  }

  @Test func aCardThatSomebodyWroteStays() throws {
    let session = try TrainingSession(recipe())
    let writer = ModelWriter(folder: folder.path("model"), precision: .float32)
    try writer.write(ParameterSet(), configuration: session.configuration, encoder: session.encoder, recipe: "")
    try writer.writeCard("mine")
    try session.writeCard(TrainingProgress())
    #expect(try String(contentsOfFile: folder.path("model/README.md"), encoding: .utf8) == "mine")
  }

  /// Before the first step: an hour of training must not end without a place to put the model.
  @Test(arguments: ["model", "run"])
  func aFolderThatCannotBeMadeIsNamedAtTheStart(name: String) throws {
    let session = try TrainingSession(recipe())
    _ = try folder.write("a file", to: name)
    var steps = 0
    let message = message {
      _ = try session.run(resuming: false, report: { _ in steps += 1 }, shouldStop: { false })
    }
    #expect(message?.hasPrefix(folder.path(name)) == true && message?.contains("cannot be made: ") == true)
    #expect(steps == 0)
  }

  @Test func whatDecidesTheNumbersDecidesTheFingerprint() throws {
    let first = try TrainingSession(recipe()).fingerprint()
    #expect(try TrainingSession(recipe()).fingerprint() == first)
    #expect(try TrainingSession(recipe(epochs: 7)).fingerprint() == first)
    #expect(try TrainingSession(recipe(attention: "dot")).fingerprint() != first)
    var other = try recipe()
    other.training.seed = 2
    #expect(try TrainingSession(other).fingerprint() != first)
    other = try recipe()
    other.data.removesDuplicates = false
    _ = try folder.write("one\tun\ntwo red cat\tdeux rouge chat\n", to: "pairs.tsv")
    #expect(try TrainingSession(other).fingerprint() != first)
  }

  @Test func heldOutSourcesAndLongPairsAreLeftOutAndNamed() throws {
    var recipe = try recipe()
    _ = try folder.write("two red cat\tdeux rouge chat\none\tun\none\tun\nred cat\trouge chat\n", to: "pairs.tsv")
    recipe.data.maximumSourceTokens = 1
    let session = try TrainingSession(recipe)
    #expect(session.pairs.count == 1)
    #expect(
      session.notes.prefix(3) == [
        "left out 1 training pairs whose source is held out", "left out 1 repeated training pairs",
        "left out 1 training pairs longer than the recipe's maximum",
      ])
    recipe.data.maximumTargetTokens = 0
    #expect(message { _ = try TrainingSession(recipe) }?.contains("longer than data.source_max_tokens") == true)
  }

  @Test func modelsThatCannotBeAreRefusedWithTheirLine() throws {
    let text = "data: {train: a}\noutput: {model: a, run: b}\nmodel:\n  "
    func message(_ model: String) -> String? {
      TrainingTests.message {
        _ = try Recipe(section: RecipeSection(text: text + model, file: "r.yaml"), text: "")
      }
    }
    #expect(message("units: 3")?.hasPrefix("r.yaml:4: unknown key `model.units`; allowed: family, attention, ") == true)
    #expect(message("attention: magic")?.hasPrefix("r.yaml:4: `model`: attention: ") == true)
    #expect(message("encoder_units: wide")?.hasPrefix("r.yaml:4: `model`: encoder_units: ") == true)
    #expect(message("decoder_layers: 2")?.hasPrefix("r.yaml:4: `model`: decoder_layers is 2") == true)
    #expect(message("source_vocabulary_size: 2")?.contains("unknown key") == true)
  }
}
