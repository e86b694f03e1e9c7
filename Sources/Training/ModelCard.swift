import Foundation
import Models

extension TrainingSession {
  /// Writes the first draft of the model's card, unless there is one.
  public func writeCard(_ progress: TrainingProgress) throws {
    try ModelWriter(folder: recipe.output.model, precision: recipe.output.precision).writeCard(card(progress))
  }

  /// Which parameters stand in the folder.
  private func chosen(_ progress: TrainingProgress) -> String {
    if let count = progress.averagedEpochs {
      return "the parameters are the mean of those after each of the last \(count)"
    }
    return "the best epoch was \(progress.bestEpoch ?? progress.epoch)"
  }

  func card(_ progress: TrainingProgress) -> String {
    let name = URL(fileURLWithPath: recipe.output.model).lastPathComponent
    let parameters = (try? configuration.parameterCount) ?? 0
    return """
      # \(name)

      \(configuration.summary), \(parameters) parameters, vocabularies of \(configuration.sourceVocabularySize) and \
      \(configuration.targetVocabularySize).

      ## Data
      \(pairs.count) pairs of \(recipe.data.train.map { URL(fileURLWithPath: $0).lastPathComponent }.joined(separator: ", ")); \
      \(corpus.split.validation.count) held out for validation. Say here where they come from and under which licence.

      ## Training
      By `heed train recipe.yaml`: \(progress.epoch) epochs, \(progress.step) steps, \
      \(ProgressLine.duration(progress.seconds)) on \(recipe.training.threads) threads; \(chosen(progress)).

      ## Results
      Put the output of `heed evaluate` on held-out data here.

      ## What its attention shows
      Say here what the weights show, and what they do not.

      """
  }
}

extension ModelConfiguration {
  var parameterCount: Int {
    get throws { try Model.initialParameters(self, seed: 0).parameterCount }
  }
}
