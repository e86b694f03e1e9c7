import Checkpoints
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
  public let configuration: any ModelConfiguration
  /// The training part as ids, without pairs that are too long.
  public let pairs: [EncodedPair]
  /// What the user should know about the data, a line each.
  public let notes: [String]
  /// Parameters of `training.start_from`.
  private let start: ParameterSet?

  /// Reads the data and makes or takes the tokenizers; the same recipe and files always give the same.
  ///
  /// - Throws: `TrainingError`, `TokenizerError` or `ModelError`, one line each.
  public init(_ recipe: Recipe) throws {
    self.recipe = recipe
    corpus = try Corpus(recipe.data)
    let train = corpus.split.train
    (encoder, configuration, start) =
      try recipe.training.startFrom.map(Self.continued) ?? Self.fresh(recipe, on: train)
    try recipe.training.guidedAlignment?.check(configuration, file: recipe.file)
    pairs = Self.encode(train, encoder, configuration, recipe.data)
    notes = Self.notes(recipe, corpus, pairs, encoder)
    if pairs.isEmpty {
      throw TrainingError(
        "\(recipe.file): every training pair is longer than data.source_max_tokens or target_max_tokens")
    }
  }

  private static func notes(
    _ recipe: Recipe, _ corpus: Corpus, _ pairs: [EncodedPair], _ encoder: PairEncoder
  ) -> [String] {
    let split = corpus.split
    let long = split.train.count - pairs.count
    var notes = corpus.notes
    if long > 0 { notes.append("left out \(long) training pairs longer than the recipe's maximum") }
    notes.append(
      "\(pairs.count) pairs to train on, \(split.validation.count) for validation, \(split.test.count) for test")
    if let folder = recipe.training.startFrom { notes.append("goes on from the model of \(folder)") }
    let (source, target) = (encoder.source.vocabularySize, encoder.target.vocabularySize)
    notes.append(encoder.isShared ? "one vocabulary of \(target)" : "vocabularies of \(source) and \(target)")
    return notes
  }

  private typealias Beginning = (PairEncoder, any ModelConfiguration, ParameterSet?)

  /// Tokenizers of the training part's text, and a configuration that fits them.
  private static func fresh(_ recipe: Recipe, on train: [SentencePair]) throws -> Beginning {
    var configuration = recipe.model
    let (source, target) = try recipe.tokenizers.train(on: train, readsSource: configuration.readsSource)
    configuration.sourceVocabularySize = source.vocabularySize
    configuration.targetVocabularySize = target.vocabularySize
    if let problem = configuration.problem { throw TrainingError("\(recipe.file): model: \(problem)") }
    let encoder = PairEncoder(
      source: source, target: target, isShared: recipe.tokenizers.isShared || !configuration.readsSource,
      configuration: configuration)
    return (encoder, configuration, nil)
  }

  /// Everything from a model folder.
  private static func continued(_ path: String) throws -> Beginning {
    let folder = try ModelFolder(path: path)
    guard let source = folder.source, let target = folder.target else {
      throw TrainingError("\(path): has no tokenizers; training.start_from needs a model that heed has trained")
    }
    let archive = try SafetensorsArchive(path: folder.file("model.safetensors"))
    var parameters = ParameterSet()
    for tensor in archive.tensors { parameters[tensor.name] = try archive.tensor(named: tensor.name) }
    let encoder = PairEncoder(
      source: source, target: target,
      isShared: !FileManager.default.fileExists(atPath: folder.file("source.tokenizer.json")),
      configuration: folder.configuration)
    return (encoder, folder.configuration, parameters)
  }

  /// The pairs that are not too long.
  private static func encode(
    _ train: [SentencePair], _ encoder: PairEncoder, _ configuration: any ModelConfiguration, _ data: DataRecipe
  ) -> [EncodedPair] {
    let wrapping = configuration.sourceStart.count + configuration.sourceEnd.count
    return train.lazy.map(encoder.encode).filter {
      $0.source.count - wrapping <= data.maximumSourceTokens && $0.target.count - 1 <= data.maximumTargetTokens
    }
  }

  /// Trains until the recipe's end, an early stop or `shouldStop`; writes the model folder whenever validation improves.
  ///
  /// - Parameters:
  ///   - resuming: go on from the last snapshot.
  ///   - restarting: remove the snapshots of an earlier run first.
  public func run(
    resuming: Bool, restarting: Bool = false, report: @escaping (TrainingEvent) -> Void,
    shouldStop: @escaping () -> Bool
  ) throws -> Outcome {
    Threads.count = recipe.training.threads
    Memory.keepFreedPages()
    let snapshots = SnapshotStore(run: recipe.output.run, kept: recipe.output.snapshotsKept)
    let epochs = recipe.training.averageSnapshots.map { EpochStore(run: recipe.output.run, count: $0) }
    let writer = ModelWriter(folder: recipe.output.model, precision: recipe.output.precision)
    try writer.prepare()
    if restarting {
      try snapshots.removeAll()
      try epochs?.removeAll()
    }
    try writeHeldOut()
    // With these beside them the snapshots can be opened as models while the run goes on.
    try ModelWriter(folder: recipe.output.run, precision: recipe.output.precision)
      .describe(configuration, encoder: encoder, recipe: recipe.text)
    func train<Configuration: ModelConfiguration>(_ configuration: Configuration) throws -> Outcome {
      var training = recipe.training
      training.batching.isPacked = Configuration.Model.packsSentences
      let validator = Validator(self, configuration, shouldStop: shouldStop)
      let trainer = Trainer(
        model: FamilyTraining<Configuration.Model>(configuration: configuration, recipe: training, start: start),
        recipe: training, validation: recipe.validation, snapshots: snapshots,
        snapshotSteps: recipe.output.snapshotSteps, epochs: epochs, metrics: MetricsLog(run: recipe.output.run),
        pairs: pairs, fingerprint: try fingerprint(),
        hooks: .init(
          validate: validator.validate,
          improved: { parameters, _ in
            try writer.write(parameters, configuration: configuration, encoder: encoder, recipe: recipe.text)
          }, report: report, shouldStop: shouldStop))
      return try trainer.run(resuming: resuming)
    }
    return try train(configuration)
  }

  public typealias Outcome = (state: TrainingState, ending: TrainingEnding)

  /// The held-out parts as files, so that other programs, and `heed evaluate`, can measure on them.
  private func writeHeldOut() throws {
    let run = URL(fileURLWithPath: recipe.output.run, isDirectory: true)
    try makeFolder(run)
    for (name, part) in [("validation.tsv", corpus.split.validation), ("test.tsv", corpus.split.test)]
    where !part.isEmpty {
      try PairsFile(path: run.appendingPathComponent(name).path, columns: recipe.data.columns).replace(with: part)
    }
  }

  /// Of all that decides the numbers of a run: configuration, training settings, the parameters that it starts from and
  /// the encoded data themselves. The number of epochs may grow, and the thread count may change with the machine.
  func fingerprint() throws -> String {
    var training = recipe.training
    (training.epochs, training.threads, training.startFrom) = (0, 0, nil)
    var hash = Fingerprint()
    for name in start?.names ?? [] {
      hash.add(name.utf8)
      for number in start?[name]?.elements ?? [] {
        withUnsafeBytes(of: number.bitPattern.littleEndian) { hash.add($0) }
      }
    }
    hash.add(try configuration.json())
    hash.add("\(training) \(recipe.validation.measure)".utf8)
    for pair in pairs {
      for id in pair.source + [-1] + pair.target + [-2] { withUnsafeBytes(of: id.littleEndian) { hash.add($0) } }
    }
    return hash.hexadecimal
  }
}
