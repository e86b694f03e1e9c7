import Foundation
import Layers
import Metrics
import Models
import Tensors
import Text

/// One run of a recipe: its data read, its tokenizers made, its model ready to be trained.
public struct TrainingSession {
  public let recipe: Recipe
  public let corpus: Corpus
  public let encoder: PairEncoder
  public let configuration: Seq2SeqConfiguration
  /// The training part as ids, without pairs that are too long.
  public let pairs: [EncodedPair]
  /// What the user should know about the data, a line each.
  public let notes: [String]

  /// Reads the data and makes the tokenizers; the same recipe and files always give the same.
  ///
  /// - Throws: `TrainingError` or `TokenizerError`, one line each.
  public init(_ recipe: Recipe) throws {
    self.recipe = recipe
    corpus = try Corpus(recipe.data)
    let train = corpus.split.train
    let source = try Tokenizer.train(on: train.lazy.map(\.source), recipe: recipe.tokenizers.source)
    let target = try Tokenizer.train(on: train.lazy.map(\.target), recipe: recipe.tokenizers.target)
    configuration = try Self.configuration(recipe, source, target)
    let encoder = PairEncoder(source: source, target: target, configuration: configuration)
    let wrapping = (configuration.sourceHasStart ? 1 : 0) + (configuration.sourceHasEnd ? 1 : 0)
    pairs = train.lazy.map(encoder.encode).filter {
      $0.source.count - wrapping <= recipe.data.maximumSourceTokens
        && $0.target.count - 1 <= recipe.data.maximumTargetTokens
    }
    self.encoder = encoder
    let long = train.count - pairs.count
    notes =
      corpus.notes + (long > 0 ? ["left out \(long) training pairs longer than the recipe's maximum"] : []) + [
        "\(pairs.count) pairs to train on, \(corpus.split.validation.count) for validation, \(corpus.split.test.count) for test",
        "vocabularies of \(source.vocabularySize) and \(target.vocabularySize)",
      ]
    if pairs.isEmpty {
      throw TrainingError(
        "\(recipe.file): every training pair is longer than data.source_max_tokens or target_max_tokens")
    }
  }

  private static func configuration(
    _ recipe: Recipe, _ source: Tokenizer, _ target: Tokenizer
  ) throws -> Seq2SeqConfiguration {
    var configuration = recipe.model
    configuration.sourceVocabularySize = source.vocabularySize
    configuration.targetVocabularySize = target.vocabularySize
    if let problem = configuration.problem { throw TrainingError("\(recipe.file): model: \(problem)") }
    return configuration
  }

  /// Trains until the recipe's end, an early stop or `shouldStop`; writes the model folder whenever validation improves.
  ///
  /// - Parameters:
  ///   - resuming: go on from the last snapshot.
  ///   - restarting: remove the snapshots of an earlier run first.
  public func run(
    resuming: Bool, restarting: Bool = false, report: @escaping (TrainingEvent) -> Void,
    shouldStop: @escaping () -> Bool
  ) throws -> (state: TrainingState, ending: TrainingEnding) {
    Threads.count = recipe.training.threads
    Memory.keepFreedPages()
    let snapshots = SnapshotStore(run: recipe.output.run, kept: recipe.output.snapshotsKept)
    let writer = ModelWriter(folder: recipe.output.model, precision: recipe.output.precision)
    try writer.prepare()
    if restarting { try snapshots.removeAll() }
    try writeHeldOut()
    let validator = Validator(self, shouldStop: shouldStop)
    let trainer = Trainer(
      model: Seq2SeqTraining(configuration: configuration, recipe: recipe.training), recipe: recipe.training,
      validation: recipe.validation, snapshots: snapshots, snapshotSteps: recipe.output.snapshotSteps,
      metrics: MetricsLog(run: recipe.output.run), pairs: pairs, fingerprint: try fingerprint(),
      hooks: .init(
        validate: validator.validate,
        improved: { parameters, _ in
          try writer.write(parameters, configuration: configuration, encoder: encoder, recipe: recipe.text)
        }, report: report, shouldStop: shouldStop))
    return try trainer.run(resuming: resuming)
  }

  /// The held-out parts as files, so that other programs, and `heed evaluate`, can measure on them.
  private func writeHeldOut() throws {
    let run = URL(fileURLWithPath: recipe.output.run, isDirectory: true)
    try makeFolder(run)
    for (name, part) in [("validation.tsv", corpus.split.validation), ("test.tsv", corpus.split.test)]
    where !part.isEmpty {
      try PairsFile.write(part, to: run.appendingPathComponent(name).path)
    }
  }

  /// Of all that decides the numbers of a run: configuration, training settings and the encoded data themselves. The number
  /// of epochs may grow, and the thread count may change with the machine.
  func fingerprint() throws -> String {
    var training = recipe.training
    (training.epochs, training.threads) = (0, 0)
    var hash = Fingerprint()
    hash.add(try configuration.json())
    hash.add("\(training) \(recipe.validation.measure)".utf8)
    for pair in pairs {
      for id in pair.source + [-1] + pair.target + [-2] { withUnsafeBytes(of: id.littleEndian) { hash.add($0) } }
    }
    return hash.hexadecimal
  }
}

/// Measures parameters on the validation part while a model is trained.
struct Validator {
  let session: TrainingSession
  let shouldStop: () -> Bool
  private let encoded: [EncodedPair]
  /// The sentences that are translated, taken evenly from the whole part.
  private let groups: [ReferenceGroup]
  private let sample: String

  init(_ session: TrainingSession, shouldStop: @escaping () -> Bool) {
    self.session = session
    self.shouldStop = shouldStop
    let pairs = session.corpus.split.validation
    encoded = pairs.map(session.encoder.encode)
    let all = ReferenceGroup.groups(of: pairs)
    let count = min(session.recipe.validation.bleuSentences, all.count)
    groups = (0..<count).map { all[$0 * all.count / count] }
    sample = session.recipe.validation.sample ?? all[all.count / 2].source
  }

  func validate(_ parameters: ParameterSet) throws -> ValidationResult {
    var evaluator = Evaluator(
      model: try Seq2Seq(session.configuration, parameters: parameters), encoder: session.encoder)
    evaluator.maximumLength = session.configuration.maximumTargetLength
    let loss = try evaluator.loss(of: encoded) { _ in try checkForStop() }.mean
    let sources = (groups.map(\.source) + [sample]).map { session.encoder.encodeSource($0) }
    let translations = try evaluator.translate(sources) { _, _ in try checkForStop() }
    let bleu =
      groups.isEmpty
      ? nil : try BLEU.corpus(hypotheses: Array(translations.dropLast()), references: groups.map(\.references)).score
    return ValidationResult(
      loss: loss, bleu: bleu, sample: .init(source: sample, translation: translations[translations.count - 1]))
  }

  private func checkForStop() throws {
    if shouldStop() { throw ValidationInterrupted() }
  }
}
