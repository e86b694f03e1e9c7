import Layers
import Models

/// The YAML file that says how a model is trained: its data, tokenizers, shape, optimisation and where results go.
///
/// Paths are relative to the working directory. Every key but `data.train`, `output.model` and `output.run` has a default.
public struct Recipe: Sendable {
  public var data: DataRecipe
  public var tokenizers: TokenizersRecipe
  /// Vocabulary sizes and special ids are filled in once the tokenizers are trained.
  public var model: Seq2SeqConfiguration
  public var training: TrainingRecipe
  public var validation: ValidationRecipe
  public var output: OutputRecipe
  /// The file as it was read, stored with the model.
  public var text: String
  /// Its path.
  public var file: String

  static let keys = ["data", "tokenizers", "model", "training", "validation", "output"]

  /// Reads and checks a recipe.
  ///
  /// - Throws: `TrainingError`, one line that names the file, the line, the key and what is allowed.
  public init(file: String) throws {
    let (section, text) = try RecipeSection.read(file: file)
    try self.init(section: section, text: text)
  }

  init(section: RecipeSection, text: String) throws {
    try section.allow(Self.keys)
    self.file = section.file
    self.text = text
    guard let data = try section.section("data") else {
      throw section.missing("data", expected: "a section with `train`")
    }
    guard let output = try section.section("output") else {
      throw section.missing("output", expected: "a section with `model` and `run`")
    }
    self.data = try DataRecipe(data)
    self.tokenizers = try TokenizersRecipe(section.section("tokenizers"))
    self.model = try section.section("model").map(Seq2SeqConfiguration.init) ?? Seq2SeqConfiguration()
    self.training = try section.section("training").map(TrainingRecipe.init) ?? TrainingRecipe()
    self.validation = try section.section("validation").map(ValidationRecipe.init) ?? ValidationRecipe()
    self.output = try OutputRecipe(output)
  }
}

/// Which pairs are trained on and which are held out.
public struct DataRecipe: Sendable, Equatable {
  public var train: [String]
  /// A file of its own; nil where validation is carved out of `train`.
  public var validation: String?
  public var test: String?
  public var columns: PairsFile.Columns
  /// Longer pairs are not trained on; tokens without start and end. Validation and test keep theirs.
  public var maximumSourceTokens: Int
  public var maximumTargetTokens: Int
  public var removesDuplicates: Bool
  public var validationShare: DataSplit.Share
  public var testShare: DataSplit.Share
  public var splitSeed: UInt64

  init(_ section: RecipeSection) throws {
    try section.allow([
      "train", "validation", "test", "columns", "source_max_tokens", "target_max_tokens", "remove_duplicates", "split",
    ])
    guard let train = try section.strings("train"), !train.isEmpty else {
      throw section.missing("train", expected: "a file of pairs, or a list of files")
    }
    self.train = train
    validation = try section.string("validation")
    test = try section.string("test")
    let columns = try section.integers("columns", in: 1...1000) ?? [1, 2]
    guard columns.count == 2, columns[0] != columns[1] else {
      throw section.wrong("columns", because: "expected two different columns, source and target, e.g. [1, 2]")
    }
    self.columns = PairsFile.Columns(source: columns[0], target: columns[1])
    maximumSourceTokens = try section.integer("source_max_tokens", in: 1...10_000) ?? 50
    maximumTargetTokens = try section.integer("target_max_tokens", in: 1...10_000) ?? 50
    removesDuplicates = try section.bool("remove_duplicates") ?? true
    let split = try section.section("split")
    try split?.allow(["validation", "test", "seed"])
    splitSeed = UInt64(try split?.integer("seed", in: 0...Int.max) ?? 1)
    validationShare = try Self.share(split, "validation", given: validation) ?? .fraction(validation == nil ? 0.02 : 0)
    testShare = try Self.share(split, "test", given: test) ?? .fraction(0)
  }

  /// A number under 1 is a fraction of the source sentences, a whole number a count of them.
  private static func share(_ split: RecipeSection?, _ key: String, given file: String?) throws -> DataSplit.Share? {
    guard let split, let number = try split.number(key, in: 0...1e9) else { return nil }
    if file != nil { throw split.wrong(key, because: "`data.\(key)` names a file already; give one of the two") }
    if number < 1 { return .fraction(number) }
    guard number == number.rounded() else {
      throw split.wrong(key, because: "expected a fraction under 1 or a whole number of sentences")
    }
    return .sentences(Int(number))
  }
}

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
  /// Decay of the running average of the parameters that is validated and shipped; nil for the parameters themselves.
  public var averageDecay: Double?
  public var threads = 2

  public init() {}

  init(_ section: RecipeSection) throws {
    try section.allow([
      "seed", "epochs", "batch_sentences", "batch_tokens", "optimizer", "learning_rate", "schedule", "clip_norm",
      "dropout",
      "label_smoothing", "loss_average", "average_decay", "threads",
    ])
    seed = UInt64(try section.integer("seed", in: 0...Int.max) ?? 1)
    epochs = try section.integer("epochs", in: 1...1_000_000) ?? epochs
    batching.sentences = try section.integer("batch_sentences", in: 1...1_000_000) ?? batching.sentences
    batching.tokens = try section.integer("batch_tokens", in: 1...1_000_000_000)
    clipNorm = try section.number("clip_norm", in: 0...1e9).map { Float($0) } ?? clipNorm
    if clipNorm == 0 { clipNorm = nil }
    dropout = try section.number("dropout", in: 0...0.99).map { Float($0) } ?? 0
    labelSmoothing = try section.number("label_smoothing", in: 0...0.99).map { Float($0) } ?? 0
    lossAverage = try section.choice("loss_average") ?? lossAverage
    averageDecay = try section.number("average_decay", in: 0...0.999999)
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

/// What is measured after each epoch, and what decides that a model is better.
public struct ValidationRecipe: Sendable, Equatable {
  public enum Measure: String, Sendable, CaseIterable {
    case loss, bleu
  }

  /// Source sentences that are translated for BLEU; 0 for none.
  public var bleuSentences = 500
  /// What must improve for the model folder to be written and for training to go on.
  public var measure = Measure.loss
  /// Training stops after so many epochs without improvement; nil for never.
  public var patience: Int?
  /// The sentence whose translation is printed; nil for the first of the validation part.
  public var sample: String?

  public init() {}

  init(_ section: RecipeSection) throws {
    try section.allow(["bleu_sentences", "measure", "patience", "sample"])
    bleuSentences = try section.integer("bleu_sentences", in: 0...1_000_000) ?? bleuSentences
    measure = try section.choice("measure") ?? measure
    patience = try section.integer("patience", in: 1...1_000_000)
    sample = try section.string("sample")
    if measure == .bleu && bleuSentences == 0 {
      throw section.wrong("measure", because: "bleu needs `validation.bleu_sentences` above 0")
    }
  }
}

/// Where results go.
public struct OutputRecipe: Sendable, Equatable {
  /// How the numbers of the model that ships are stored.
  public enum Precision: String, Sendable, CaseIterable {
    case float16 = "F16"
    case float32 = "F32"
  }

  /// The model folder, written whenever validation improves.
  public var model: String
  /// The folder of snapshots and metrics.
  public var run: String
  public var precision: Precision
  /// So many of the latest snapshots stay on disk.
  public var snapshotsKept: Int
  /// A snapshot is also written each time so many steps are done; nil for the ends of epochs alone.
  public var snapshotSteps: Int?

  init(_ section: RecipeSection) throws {
    try section.allow(["model", "run", "precision", "snapshots_kept", "snapshot_steps"])
    guard let model = try section.string("model"), !model.isEmpty else {
      throw section.missing("model", expected: "the folder to write the model to")
    }
    guard let run = try section.string("run"), !run.isEmpty else {
      throw section.missing("run", expected: "the folder for snapshots and metrics, e.g. runs/my-model")
    }
    self.model = model
    self.run = run
    precision = try section.choice("precision") ?? .float16
    snapshotsKept = try section.integer("snapshots_kept", in: 1...1000) ?? 2
    snapshotSteps = try section.integer("snapshot_steps", in: 1...1_000_000_000)
  }
}
