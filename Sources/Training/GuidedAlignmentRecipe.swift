import Layers
import Models

/// `training.guided_alignment`: one head of a Transformer's cross-attention is trained to align words.
public struct GuidedAlignmentRecipe: Sendable, Equatable {
  public var guidance: GuidedAlignment
  /// Training steps before it begins: attention must have learned something to learn from.
  public var afterSteps = 0

  init(_ section: RecipeSection) throws {
    try section.allow(["layer", "head", "weight", "after_steps"])
    func needed(_ key: String) throws -> Int {
      guard let number = try section.integer(key, in: 0...255) else {
        throw section.missing(key, expected: "the number of a \(key), counted from 0")
      }
      return number
    }
    let weight = try section.number("weight", in: 0...100) ?? 0.05
    guidance = GuidedAlignment(layer: try needed("layer"), head: try needed("head"), weight: Float(weight))
    afterSteps = try section.integer("after_steps", in: 0...1_000_000_000) ?? afterSteps
  }

  /// - Throws: `TrainingError` for a model without such a head, or with no other one to learn from.
  func check(_ configuration: any ModelConfiguration, file: String) throws {
    let transformer = (configuration as? TransformerConfiguration).flatMap { $0.kind == .encoderDecoder ? $0 : nil }
    let (layers, heads) = (transformer?.decoderLayers ?? 0, transformer?.heads ?? 0)
    if guidance.layer < layers && guidance.head < heads && layers * heads > 1 { return }
    let has =
      transformer == nil
      ? "is for a Transformer with encoder and decoder; the model is \(configuration.summary)"
      : "names L\(guidance.layer)H\(guidance.head); cross-attention has \(layers) layers and \(heads) heads, from L0H0"
    throw TrainingError("\(file): `training.guided_alignment` \(has)")
  }
}
