import Foundation
import Models

/// Reads the `model` section: the family's name and keys as in its `config.json`.
struct ModelRecipe {
  /// What the data and the tokenizers decide, not the recipe.
  private static let filledIn: Set<String> = [
    "model_type", "source_vocabulary_size", "target_vocabulary_size", "pad_token_id", "bos_token_id", "eos_token_id",
    "unk_token_id", "source_prefix_ids", "source_suffix_ids", "target_prefix_ids", "spare_rows",
  ]

  let section: RecipeSection?

  /// The configuration that the section and its family's defaults come to, without vocabulary sizes.
  ///
  /// - Throws: `TrainingError` for what no model can be, given whether both sides share a vocabulary.
  func configuration(sharedVocabulary: Bool) throws -> any ModelConfiguration {
    let family = try family() ?? ModelFamilies.trained[0]
    guard let section else { return family.init() }
    var trial = try decode(section, as: family)
    let configuration = trial
    // Any vocabularies will do to find out now whether sizes fit each other; two are different ones.
    trial.sourceVocabularySize = TokenizersRecipe.defaultSize
    trial.targetVocabularySize = TokenizersRecipe.defaultSize + (sharedVocabulary || !trial.readsSource ? 0 : 1)
    if let problem = trial.problem { throw section.contradiction(problem) }
    return configuration
  }

  /// Checks that what the section says is so in the model that training starts from.
  ///
  /// - Throws: `TrainingError` that names the first key of the section with another value.
  func agree(with start: any ModelConfiguration, of folder: String) throws {
    guard let section else { return }
    let type = type(of: start)
    if let family = try family(), family != type {
      throw section.wrong("family", because: "the model of training.start_from, \(folder), is \(type.family)")
    }
    let (given, found) = (try Self.values(decode(section, as: type)), try Self.values(start))
    for key in section.keys where key != "family" && given[key] != found[key] {
      throw section.wrong(
        key, because: "the model of training.start_from, \(folder), has \(found[key] ?? "none"); leave the key out")
    }
  }

  private func family() throws -> (any ModelConfiguration.Type)? {
    guard let section, let name = try section.string("family") else { return nil }
    guard let family = ModelFamilies.trained.first(where: { $0.family == name }) else {
      let names = ModelFamilies.trained.map { $0.family }.joined(separator: ", ")
      throw section.wrong("family", because: "expected one of \(names)")
    }
    return family
  }

  private func decode(
    _ section: RecipeSection, as family: any ModelConfiguration.Type
  ) throws -> any ModelConfiguration {
    let keys = family.keys.filter { !Self.filledIn.contains($0) }
    return try section.decode(family, allowing: ["family"] + keys)
  }

  /// Each key's value, in words.
  private static func values(_ configuration: any ModelConfiguration) throws -> [String: String] {
    let object = try JSONSerialization.jsonObject(with: configuration.json()) as? [String: Any] ?? [:]
    return object.mapValues { "\($0)" }
  }
}
