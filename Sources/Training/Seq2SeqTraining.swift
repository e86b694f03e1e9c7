import Autograd
import Layers
import Models

/// The recurrent encoder-decoder under the training loop.
public struct Seq2SeqTraining: Trainable {
  public let configuration: Seq2SeqConfiguration
  public let recipe: TrainingRecipe

  public init(configuration: Seq2SeqConfiguration, recipe: TrainingRecipe) {
    self.configuration = configuration
    self.recipe = recipe
  }

  public func initialParameters(seed: UInt64) throws -> ParameterSet {
    try Seq2Seq.initialParameters(configuration, seed: seed)
  }

  public func lossAndGradients(
    of batch: Batch, parameters: ParameterSet, seed: UInt64, step: Int
  ) throws -> (loss: Double, gradients: ParameterSet) {
    let tape = Tape()
    var source = BoundParameters(parameters, tape: tape)
    let model = try Seq2Seq(configuration, &source)
    var context = ForwardContext(
      trainingWithDropout: recipe.dropout, randomness: Randomness(seed: seed, stream: UInt64(step)))
    let (loss, _) = model.loss(
      sources: batch.sources, targets: batch.targets, average: recipe.lossAverage, smoothing: recipe.labelSmoothing,
      &context)
    return (Double(loss.value.scalar), source.gradients(from: tape.gradients(of: loss)))
  }
}

extension Seq2Seq: EvaluatedModel {
  public func negativeLogLikelihood(of batch: Batch) -> Double {
    var context = ForwardContext()
    let (loss, tokens) = loss(sources: batch.sources, targets: batch.targets, average: .tokens, smoothing: 0, &context)
    return Double(loss.value.scalar) * Double(tokens)
  }
}
