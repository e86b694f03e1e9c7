import Layers

/// What the training loop needs to know of a model: nothing about its shape, its text or its device.
public protocol Trainable: Sendable {
  /// Parameters to start from; they follow from the seed alone.
  func initialParameters(seed: UInt64) throws -> ParameterSet

  /// The loss of one batch and its gradient by every parameter.
  ///
  /// Whatever is random, such as dropout, follows from `seed` and `step` alone, so that a resumed run repeats it.
  func lossAndGradients(
    of batch: Batch, parameters: ParameterSet, seed: UInt64, step: Int
  ) throws -> (loss: Double, gradients: ParameterSet)
}

/// What is known about a model after an epoch, on data that it was not trained on.
public struct ValidationResult: Sendable, Equatable {
  /// Mean negative log-likelihood of a real target token, in nats.
  public var loss: Double
  /// Of greedy translations, from 0 to 100; nil where the recipe asks for none.
  public var bleu: Double?
  public var sample: Sample?

  /// One sentence and what the model makes of it.
  public struct Sample: Sendable, Equatable {
    public var source: String
    public var translation: String

    public init(source: String, translation: String) {
      self.source = source
      self.translation = translation
    }
  }

  public init(loss: Double, bleu: Double? = nil, sample: Sample? = nil) {
    self.loss = loss
    self.bleu = bleu
    self.sample = sample
  }
}
