import Foundation
import Models

/// The YAML file that says how a model is trained: its data, tokenizers, shape, optimisation and where results go.
///
/// Paths are relative to the working directory. Every key but `data.train`, `output.model` and `output.run` has a default.
public struct Recipe: Sendable {
  public var data: DataRecipe
  public var tokenizers: TokenizersRecipe
  /// Vocabulary sizes are filled in once the tokenizers are trained; with `training.start_from`, that folder's.
  public var model: any ModelConfiguration
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
    self.output = try OutputRecipe(output)
    tokenizers = try TokenizersRecipe(section.section("tokenizers"))
    training = try section.section("training").map(TrainingRecipe.init) ?? TrainingRecipe()
    model = try Self.model(section, tokenizers, training, self.output)
    self.data = try DataRecipe(data, readsSource: model.readsSource)
    validation = try ValidationRecipe(section.section("validation"), translates: model.readsSource)
  }

  private static func model(
    _ section: RecipeSection, _ tokenizers: TokenizersRecipe, _ training: TrainingRecipe, _ output: OutputRecipe
  ) throws -> any ModelConfiguration {
    let model = ModelRecipe(section: try section.section("model"))
    guard let path = training.startFrom else {
      let configuration = try model.configuration(sharedVocabulary: tokenizers.isShared)
      try tokenizers.check(section.section("tokenizers"), readsSource: configuration.readsSource)
      return configuration
    }
    if try section.section("tokenizers") != nil {
      throw section.wrong("tokenizers", because: "training.start_from brings its own; leave this section out")
    }
    if URL(fileURLWithPath: path).standardizedFileURL == URL(fileURLWithPath: output.model).standardizedFileURL {
      throw TrainingError("\(section.file): output.model is training.start_from, \(path); write to another folder")
    }
    let folder = try ModelFolder(path: path)
    try model.agree(with: folder.configuration, of: path)
    return folder.configuration
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
