import Layers
import Models

/// How parameters are fitted.
public struct TrainingRecipe: Sendable, Equatable {
  public var seed: UInt64 = 1
  public var epochs = 10
  public var batching = Batching(sentences: 64)
  public var schedule = LearningRateSchedule()
  public var optimizer = Adam.Options()
  /// The largest global norm of the gradients; nil for no clipping.
  public var clipNorm: Float? = 5
  public var dropout: Float = 0
  public var labelSmoothing: Float = 0
  public var lossAverage = LossAverage.tokens
  public var guidedAlignment: GuidedAlignmentRecipe?
  /// Decay of the running average of the parameters that is validated and shipped; nil for the parameters themselves.
  public var averageDecay: Double?
  /// At the end the mean of the parameters after so many last epochs is validated, and shipped if it is better.
  public var averageSnapshots: Int?
  /// The model folder to go on from; nil to begin with random parameters.
  public var startFrom: String?
  public var threads = 2

  public init() {}

  init(_ section: RecipeSection) throws {
    try section.allow([
      "seed", "epochs", "batch_sentences", "batch_tokens", "optimizer", "learning_rate", "schedule", "clip_norm",
      "dropout", "label_smoothing", "loss_average", "guided_alignment", "average_decay", "average_snapshots",
      "start_from", "threads",
    ])
    seed = UInt64(try section.integer("seed", in: 0...Int.max) ?? 1)
    epochs = try section.integer("epochs", in: 1...1_000_000) ?? epochs
    batching.tokens = try section.integer("batch_tokens", in: 1...1_000_000_000)
    batching.sentences =
      try section.integer("batch_sentences", in: 1...1_000_000)
      ?? (batching.tokens == nil ? batching.sentences : nil)
    clipNorm = try section.number("clip_norm", in: 0...1e9).map { Float($0) } ?? clipNorm
    if clipNorm == 0 { clipNorm = nil }
    dropout = try section.number("dropout", in: 0...0.99).map { Float($0) } ?? 0
    labelSmoothing = try section.number("label_smoothing", in: 0...0.99).map { Float($0) } ?? 0
    lossAverage = try section.choice("loss_average") ?? lossAverage
    guidedAlignment = try section.section("guided_alignment").map(GuidedAlignmentRecipe.init)
    averageDecay = try section.number("average_decay", in: 0...0.999999)
    averageSnapshots = try section.integer("average_snapshots", in: 2...100)
    if averageDecay != nil && averageSnapshots != nil {
      throw section.wrong("average_snapshots", because: "`training.average_decay` is given too; give one of the two")
    }
    startFrom = try section.string("start_from")
    threads = try section.integer("threads", in: 1...256) ?? threads
    try readOptimizer(section.section("optimizer"))
    try readSchedule(section.section("schedule"))
    schedule.peak = try section.number("learning_rate", in: 1e-12...1000) ?? schedule.peak
  }

  private mutating func readOptimizer(_ section: RecipeSection?) throws {
    guard let section else { return }
    try section.allow(["kind", "beta1", "beta2", "epsilon"])
    if let kind = try section.string("kind"), kind != "adam" { throw section.wrong("kind", because: "expected adam") }
    func read(_ key: String, in range: ClosedRange<Double>, _ value: inout Float) throws {
      if let number = try section.number(key, in: range) { value = Float(number) }
    }
    try read("beta1", in: 0...0.999999, &optimizer.beta1)
    try read("beta2", in: 0...0.999999, &optimizer.beta2)
    try read("epsilon", in: 1e-20...1, &optimizer.epsilon)
  }

  private mutating func readSchedule(_ section: RecipeSection?) throws {
    guard let section else { return }
    try section.allow(["kind", "warmup_steps", "decay_steps", "final_fraction", "factor", "patience"])
    schedule.kind = try section.choice("kind") ?? schedule.kind
    schedule.warmupSteps = try section.integer("warmup_steps", in: 0...1_000_000_000) ?? schedule.warmupSteps
    schedule.decaySteps = try section.integer("decay_steps", in: 1...1_000_000_000)
    schedule.finalFraction = try section.number("final_fraction", in: 0...1) ?? schedule.finalFraction
    schedule.plateauFactor = try section.number("factor", in: 1e-6...1) ?? schedule.plateauFactor
    schedule.plateauPatience = try section.integer("patience", in: 1...1_000_000) ?? schedule.plateauPatience
  }
}
