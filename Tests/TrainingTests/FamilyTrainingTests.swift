import Foundation
import Layers
import Models
import Testing

@testable import Training

/// Transformers and language models from a recipe to a model folder, and training that goes on from one.
extension TrainingSessionTests {
  static let small = """
    family: transformer
      encoder_layers: 1
      decoder_layers: 1
      heads: 2
      width: 32
      feed_forward_width: 64
    """

  func transformerRecipe(
    model: String = small + "\n  tied_embeddings: all",
    tokenizers: String = "tokenizers: {shared: {kind: bpe, size: 60}}",
    training: String = "epochs: 6, average_snapshots: 3", output: String = "model",
    _ lines: [(String, String)] = words
  ) throws -> Recipe {
    // Ten times the same, since an epoch ends with files that are written through to the disk.
    let text = String(repeating: lines.map { $1.isEmpty ? "\($0)\n" : "\($0)\t\($1)\n" }.joined(), count: 10)
    let pairs = try folder.write(text, to: "pairs.tsv")
    let held = try folder.write(lines[0].1.isEmpty ? "one red dog\n" : "the cat\tle chat\n", to: "held.tsv")
    return try Recipe(
      file: folder.write(
        """
        data: {train: "\(pairs)", validation: "\(held)", remove_duplicates: false}
        \(tokenizers)
        model:
          \(model)
        training: {batch_tokens: 30, learning_rate: 0.005, threads: 1, \(training)}
        output: {model: "\(folder.path(output))", run: "\(folder.path(output)).run", precision: F32}
        """, to: "recipe.yaml"))
  }

  @Test func aTransformerLearnsTenWordsByHeartWithOneVocabulary() throws {
    let session = try TrainingSession(transformerRecipe())
    #expect(session.encoder.isShared && session.notes.last?.hasPrefix("one vocabulary of ") == true)
    let state = try run(session)
    let configuration = try #require(session.configuration as? TransformerConfiguration)
    let model = try Transformer(configuration, parameters: state.parameters)
    let evaluation = try Evaluator(model: model, encoder: session.encoder).evaluate(session.corpus.split.train)
    #expect(evaluation.exactMatch == 1 && evaluation.loss < 0.2)
    let opened = try ModelFolder(path: folder.path("model"))
    #expect(opened.source?.vocabularySize == configuration.sourceVocabularySize)
    let files = try FileManager.default.contentsOfDirectory(atPath: folder.path("model")).sorted()
    #expect(files == ["config.json", "model.safetensors", "recipe.yaml", "tokenizer.json"])
  }

  @Test(arguments: [1, 2]) func aTransformerResumesWithTheSameBits(threads: Int) throws {
    func session() throws -> TrainingSession {
      // Wide enough that its products are shared by both threads.
      var recipe = try transformerRecipe(
        model: Self.small.replacing("width: 32", with: "width: 128"),
        training: "epochs: 4, dropout: 0.1, average_snapshots: 2")
      recipe.training.threads = threads
      return try TrainingSession(recipe)
    }
    let whole = try run(session())
    let shipped = try Data(contentsOf: URL(fileURLWithPath: folder.path("model/model.safetensors")))
    try FileManager.default.removeItem(atPath: folder.path("model.run"))
    try run(session(), stopAfter: 40)
    let resumed = try run(session(), resuming: true)
    #expect(resumed.parameters == whole.parameters)
    #expect(resumed.progress.averagedEpochs == whole.progress.averagedEpochs)
    #expect(try Data(contentsOf: URL(fileURLWithPath: folder.path("model/model.safetensors"))) == shipped)
  }

  @Test func dropoutSmoothingAndSeedReachTheTransformer() throws {
    func loss(_ training: String, step: Int = 1) throws -> Double {
      let recipe = try transformerRecipe(training: training)
      let session = try TrainingSession(recipe)
      let configuration = try #require(session.configuration as? TransformerConfiguration)
      let model = FamilyTraining<Transformer>(configuration: configuration, recipe: recipe.training)
      return try model.lossAndGradients(
        of: Batch(session.pairs), parameters: model.initialParameters(seed: 1), seed: recipe.training.seed, step: step
      ).loss
    }
    let plain = try loss("dropout: 0")
    #expect(try loss("dropout: 0", step: 2) == plain)
    #expect(try loss("dropout: 0, label_smoothing: 0.2") != plain)
    #expect(try loss("dropout: 0.3") != plain)
    #expect(try loss("dropout: 0.3") == loss("dropout: 0.3"))
    #expect(try loss("dropout: 0.3", step: 2) != loss("dropout: 0.3"))
    #expect(try loss("dropout: 0.3, seed: 2") != loss("dropout: 0.3"))
  }

  /// The guided head moves to where the others look; without guidance, or before it begins, nothing changes.
  @Test func guidedAlignmentReachesTheTransformer() throws {
    func loss(_ training: String, step: Int = 1) throws -> Double {
      let recipe = try transformerRecipe(training: "dropout: 0" + training)
      let session = try TrainingSession(recipe)
      let configuration = try #require(session.configuration as? TransformerConfiguration)
      let model = FamilyTraining<Transformer>(configuration: configuration, recipe: recipe.training)
      return try model.lossAndGradients(
        of: Batch(session.pairs), parameters: model.initialParameters(seed: 1), seed: 1, step: step
      ).loss
    }
    let plain = try loss("")
    let guided = try loss(", guided_alignment: {layer: 0, head: 1, weight: 0.5}")
    #expect(guided > plain)
    #expect(try loss(", guided_alignment: {layer: 0, head: 1, weight: 0.5, after_steps: 3}", step: 3) == plain)
    #expect(try loss(", guided_alignment: {layer: 0, head: 1, weight: 0.5, after_steps: 3}", step: 4) == guided)
    let twice = try loss(", guided_alignment: {layer: 0, head: 1, weight: 1}")
    #expect(abs((twice - plain) - 2 * (guided - plain)) < 1e-5)
  }

  @Test func aGuidedHeadMustExist() throws {
    func error(_ model: String) throws -> TrainingError? {
      let recipe = try transformerRecipe(model: model, training: "guided_alignment: {layer: 7, head: 0}")
      return #expect(throws: TrainingError.self) { try TrainingSession(recipe) }
    }
    #expect(try error(Self.small)?.description.contains("names L7H0; cross-attention has ") == true)
    let alone = Self.small + "\n  kind: decoder-only\n  source_has_start: true\n  source_has_end: false"
    #expect(try error(alone)?.description.contains("is for a Transformer with encoder and decoder") == true)
  }

  @Test func aLanguageModelIsTrainedOnLines() throws {
    let texts = ["one red cat runs", "two blue dogs see", "three cats see one dog"].map { ($0, "") }
    let model = Self.small + "\n  kind: decoder-only\n  source_has_start: true\n  source_has_end: false"
    let recipe = try transformerRecipe(model: model, tokenizers: "tokenizers: {target: {size: 50}}", texts)
    let session = try TrainingSession(recipe)
    #expect(session.pairs.allSatisfy { $0.source.isEmpty && $0.target.last == 2 })
    let state = try run(session)
    #expect(try String(contentsOfFile: folder.path("model.run/validation.tsv"), encoding: .utf8) == "one red dog\n")
    let configuration = try #require(session.configuration as? TransformerConfiguration)
    let trained = try Transformer(configuration, parameters: state.parameters)
    let going = try trained.translate([session.encoder.encodeSource("three cats")], maximumLength: 10)[0]
    #expect(session.encoder.target.decode(going) == "see one dog")
    let log = try String(contentsOfFile: folder.path("model.run/metrics.jsonl"), encoding: .utf8)
    #expect(!log.contains("validation_bleu") && log.contains(#""sample_source":"one red dog""#))
    #expect(try ModelFolder(path: folder.path("model")).configuration.readsSource == false)
  }

  @Test func trainingGoesOnFromAModelFolder() throws {
    func losses(_ session: TrainingSession) throws -> [Double] {
      var losses: [Double] = []
      _ = try session.run(
        resuming: false, report: { if case .step(let metrics, _) = $0 { losses.append(metrics.loss) } },
        shouldStop: { false })
      return losses
    }
    let first = try TrainingSession(transformerRecipe(training: "epochs: 3"))
    let fresh = try losses(first)
    let start = "epochs: 1, start_from: \"\(folder.path("model"))\""
    func session(_ model: String = "heads: 2", pairs: [(String, String)] = Self.words) throws -> TrainingSession {
      try TrainingSession(transformerRecipe(model: model, tokenizers: "", training: start, output: "tuned", pairs))
    }
    let second = try session(pairs: Self.words + [("red cat", "chat rouge")])
    #expect(try second.configuration.json() == first.configuration.json())
    #expect(try second.encoder.target.json() == first.encoder.target.json())
    #expect(try losses(second)[0] < 0.8 * fresh[0])
    #expect(FileManager.default.fileExists(atPath: folder.path("tuned/tokenizer.json")))
    let fingerprint = try session().fingerprint()
    #expect(try session().fingerprint() == fingerprint)
    try FileManager.default.removeItem(atPath: folder.path("model.run"))
    try run(TrainingSession(transformerRecipe(training: "epochs: 3, seed: 2")))
    #expect(try session().fingerprint() != fingerprint)
  }

  @Test(arguments: [
    (
      "heads: 4", "", "tuned", "`model.heads` is `4`; the model of training.start_from, MODEL, has 2; leave the key out"
    ),
    ("family: recurrent", "", "tuned", "the model of training.start_from, MODEL, is transformer"),
    ("units: 4", "", "tuned", "unknown key `model.units`"),
    ("heads: 2", "tokenizers: {shared: {size: 60}}", "tuned", "training.start_from brings its own"),
    ("heads: 2", "", "model", "output.model is training.start_from"),
  ])
  func whatContradictsTheStartIsNamed(model: String, tokenizers: String, output: String, expected: String) throws {
    try run(TrainingSession(transformerRecipe(training: "epochs: 1")))
    let start = "start_from: \"\(folder.path("model"))\""
    let message = TrainingTests.message {
      _ = try transformerRecipe(model: model, tokenizers: tokenizers, training: start, output: output)
    }
    let wanted = expected.replacing("MODEL", with: folder.path("model"))
    #expect(message?.contains(wanted) == true && message?.contains("\n") == false, "\(message ?? "no error")")
  }

  @Test func aLanguageModelHasOneColumnOneVocabularyAndNoTranslations() throws {
    let text =
      "data: {train: a%1}\noutput: {model: a, run: b}\nmodel:\n  family: transformer\n  kind: decoder-only\n"
      + "  source_has_start: true\n  source_has_end: false\n%2"
    func message(_ data: String, _ more: String) -> String? {
      let whole = text.replacing("%1", with: data).replacing("%2", with: more)
      return TrainingTests.message { _ = try Recipe(section: RecipeSection(text: whole, file: "r.yaml"), text: "") }
    }
    #expect(message("", "") == nil && message(", columns: [3]", "tokenizers: {shared: {size: 9}}") == nil)
    #expect(message(", columns: [1, 2]", "")?.contains("a language model reads one column") == true)
    #expect(message("", "tokenizers: {source: {size: 9}}")?.contains("has one vocabulary") == true)
    #expect(message("", "validation: {bleu_sentences: 5}")?.contains("translates nothing") == true)
  }

  @Test func oneMatrixForBothSidesNeedsOneVocabulary() throws {
    let message = TrainingTests.message { _ = try transformerRecipe(tokenizers: "") }
    #expect(message?.contains("tied_embeddings 'all' needs one vocabulary") == true)
  }
}
