import Autograd
import Layers
import Models

/// A model of any family under the training loop.
public struct FamilyTraining<Model: ModelFamily>: Trainable {
  public let configuration: Model.Configuration
  public let recipe: TrainingRecipe
  /// What training begins with; nil for parameters drawn from the seed.
  public let start: ParameterSet?

  public init(
    _: Model.Type = Model.self, configuration: Model.Configuration, recipe: TrainingRecipe, start: ParameterSet? = nil
  ) {
    self.configuration = configuration
    self.recipe = recipe
    self.start = start
  }

  public func initialParameters(seed: UInt64) throws -> ParameterSet {
    try start ?? Model.initialParameters(configuration, seed: seed)
  }

  public func lossAndGradients(
    of batch: Batch, parameters: ParameterSet, seed: UInt64, step: Int
  ) throws -> (loss: Double, gradients: ParameterSet) {
    let tape = Tape()
    var source = BoundParameters(parameters, tape: tape)
    let model = try Model(configuration, &source)
    var context = ForwardContext(
      trainingWithDropout: recipe.dropout, randomness: Randomness(seed: seed, stream: UInt64(step)),
      guidance: recipe.guidedAlignment.flatMap { step > $0.afterSteps ? $0.guidance : nil })
    let (loss, _) = try model.loss(
      sources: batch.sources, targets: batch.targets, average: recipe.lossAverage, smoothing: recipe.labelSmoothing,
      &context)
    return (Double(loss.value.scalar), source.gradients(from: tape.gradients(of: loss)))
  }
}

/// A model of any family, measured.
public struct MeasuredModel: EvaluatedModel {
  public let model: any ModelFamily
  /// How translations are searched for; nil is greedy.
  public var search: BeamSearch?

  public init(_ model: any ModelFamily) { self.model = model }

  public func negativeLogLikelihood(of batch: Batch) throws -> Double {
    var context = ForwardContext()
    let (loss, tokens) = try model.loss(
      sources: batch.sources, targets: batch.targets, average: .tokens, smoothing: 0, &context)
    return Double(loss.value.scalar) * Double(tokens)
  }

  public func translate(_ sources: [[Int]], maximumLength: Int) throws -> [[Int]] {
    guard let search else { return try model.translate(sources, maximumLength: maximumLength) }
    return try sources.map { source in
      try model.check(sourceLength: source.count, targetLength: maximumLength)
      return model.translate(source, maximumLength: maximumLength, search)
    }
  }
}

extension Evaluator where Model == MeasuredModel {
  public init(model: any ModelFamily, encoder: PairEncoder) {
    self.init(model: MeasuredModel(model), encoder: encoder)
  }
}
