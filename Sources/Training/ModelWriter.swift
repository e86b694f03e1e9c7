import Checkpoints
import Foundation
import Layers
import Models
import Text

/// Writes a model folder: `config.json`, `tokenizer.json` or one for each side, `recipe.yaml` and `model.safetensors`,
/// each replaced at once.
public struct ModelWriter: Sendable {
  public let folder: URL
  public let precision: OutputRecipe.Precision

  public init(folder: String, precision: OutputRecipe.Precision) {
    self.folder = URL(fileURLWithPath: folder, isDirectory: true)
    self.precision = precision
  }

  /// Makes the folder, so that one that cannot be made is found out before training and not after it.
  public func prepare() throws { try makeFolder(folder) }

  public func write(
    _ parameters: ParameterSet, configuration: any ModelConfiguration, encoder: PairEncoder, recipe: String
  ) throws {
    try describe(configuration, encoder: encoder, recipe: recipe)
    var writer = SafetensorsWriter(metadata: ["format": "pt"])
    for name in parameters.names {
      guard let tensor = parameters[name] else { continue }
      try writer.add(name, tensor, as: precision == .float16 ? .float16 : .float32)
    }
    try writer.write(to: path("model.safetensors"))
  }

  /// Writes everything but the parameters.
  public func describe(_ configuration: any ModelConfiguration, encoder: PairEncoder, recipe: String) throws {
    try prepare()
    try AtomicFile.write(configuration.json(), to: path("config.json"))
    try write(encoder)
    try AtomicFile.write(recipe.utf8, to: path("recipe.yaml"))
  }

  /// Writes one tokenizer where both sides have the same, and leaves none behind that an earlier model had.
  private func write(_ encoder: PairEncoder) throws {
    let files: [(name: String, tokenizer: Tokenizer?)] = [
      ("tokenizer.json", encoder.isShared ? encoder.target : nil),
      ("source.tokenizer.json", encoder.isShared ? nil : encoder.source),
      ("target.tokenizer.json", encoder.isShared ? nil : encoder.target),
    ]
    for (name, tokenizer) in files {
      if let tokenizer {
        try AtomicFile.write(tokenizer.json(), to: path(name))
      } else if FileManager.default.fileExists(atPath: path(name)) {
        try named(path(name), "removed") { try FileManager.default.removeItem(atPath: path(name)) }
      }
    }
  }

  /// Writes a model card, unless a person has written one already.
  public func writeCard(_ card: String) throws {
    guard !FileManager.default.fileExists(atPath: path("README.md")) else { return }
    try AtomicFile.write(card.utf8, to: path("README.md"))
  }

  private func path(_ name: String) -> String { folder.appendingPathComponent(name).path }
}
