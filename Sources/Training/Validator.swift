import Layers
import Metrics
import Models

/// Measures parameters on the validation part while a model is trained.
struct Validator<Configuration: ModelConfiguration> {
  let session: TrainingSession
  let configuration: Configuration
  let shouldStop: () -> Bool
  private let encoded: [EncodedPair]
  /// The sentences that are translated, taken evenly from the whole part.
  private let groups: [ReferenceGroup]
  private let sample: String

  init(_ session: TrainingSession, _ configuration: Configuration, shouldStop: @escaping () -> Bool) {
    self.session = session
    self.configuration = configuration
    self.shouldStop = shouldStop
    let pairs = session.corpus.split.validation
    encoded = pairs.map(session.encoder.encode)
    let all = ReferenceGroup.groups(of: pairs)
    let count = min(session.recipe.validation.bleuSentences, all.count)
    groups = (0..<count).map { all[$0 * all.count / count] }
    sample = session.recipe.validation.sample ?? Self.sample(all[all.count / 2].source, configuration)
  }

  func validate(_ parameters: ParameterSet) throws -> ValidationResult {
    var evaluator = Evaluator(
      model: try Configuration.Model(configuration, parameters: parameters), encoder: session.encoder)
    evaluator.maximumLength = configuration.maximumTargetLength
    let loss = try evaluator.loss(of: encoded) { _ in try checkForStop() }.mean
    let sources = (groups.map(\.source) + [sample]).map { session.encoder.encodeSource($0) }
    let translations = try evaluator.translate(sources) { _, _ in try checkForStop() }
    let bleu =
      groups.isEmpty
      ? nil : try BLEU.corpus(hypotheses: Array(translations.dropLast()), references: groups.map(\.references)).score
    return ValidationResult(
      loss: loss, bleu: bleu, sample: .init(source: sample, translation: translations[translations.count - 1]))
  }

  /// A sentence to translate, or for a language model the first words of one, with which to go on.
  private static func sample(_ text: String, _ configuration: Configuration) -> String {
    if configuration.readsSource { return text }
    return text.split(separator: " ").prefix(3).joined(separator: " ")
  }

  private func checkForStop() throws {
    if shouldStop() { throw ValidationInterrupted() }
  }
}
