import Checkpoints
import Foundation
import Layers
import Models
import Text

/// Writes a model folder: `config.json`, both tokenizers, `recipe.yaml` and `model.safetensors`, each replaced at once.
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
    _ parameters: ParameterSet, configuration: Seq2SeqConfiguration, encoder: PairEncoder, recipe: String
  ) throws {
    try prepare()
    try AtomicFile.write(configuration.json(), to: path("config.json"))
    try AtomicFile.write(encoder.source.json(), to: path("source.tokenizer.json"))
    try AtomicFile.write(encoder.target.json(), to: path("target.tokenizer.json"))
    try AtomicFile.write(recipe.utf8, to: path("recipe.yaml"))
    var writer = SafetensorsWriter(metadata: ["format": "pt"])
    for name in parameters.names {
      guard let tensor = parameters[name] else { continue }
      try writer.add(name, tensor, as: precision == .float16 ? .float16 : .float32)
    }
    try writer.write(to: path("model.safetensors"))
  }

  /// Writes a model card, unless a person has written one already.
  public func writeCard(_ card: String) throws {
    guard !FileManager.default.fileExists(atPath: path("README.md")) else { return }
    try AtomicFile.write(card.utf8, to: path("README.md"))
  }

  private func path(_ name: String) -> String { folder.appendingPathComponent(name).path }
}
