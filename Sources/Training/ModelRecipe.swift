import Models
import Text

/// How the vocabularies of both sides are made.
public struct TokenizersRecipe: Sendable, Equatable {
  public var source: TokenizerRecipe
  public var target: TokenizerRecipe

  static let defaultSize = 8000

  init(_ section: RecipeSection?) throws {
    try section?.allow(["source", "target"])
    source = try TokenizerRecipe(section?.section("source"))
    target = try TokenizerRecipe(section?.section("target"))
  }
}

extension TokenizerRecipe {
  init(_ section: RecipeSection?) throws {
    self.init(size: TokenizersRecipe.defaultSize)
    guard let section else { return }
    try section.allow([
      "kind", "size", "minimum_count", "lowercase", "strip_accents", "straight_apostrophes", "elision", "split_hyphens",
      "space_before_punctuation",
    ])
    kind = try section.choice("kind") ?? kind
    size = try section.integer("size", in: 5...1_000_000) ?? size
    minimumCount = try section.integer("minimum_count", in: 1...1_000_000_000) ?? minimumCount
    lowercase = try section.bool("lowercase") ?? lowercase
    stripAccents = try section.bool("strip_accents") ?? stripAccents
    straightApostrophes = try section.bool("straight_apostrophes") ?? straightApostrophes
    elision = try section.bool("elision") ?? elision
    splitHyphens = try section.bool("split_hyphens") ?? splitHyphens
    spaceBeforePunctuation = try section.bool("space_before_punctuation") ?? spaceBeforePunctuation
  }
}

extension Seq2SeqConfiguration {
  /// What the data and the tokenizers decide, not the recipe.
  private static let filledIn: Set<CodingKeys> = [
    .modelType, .sourceVocabularySize, .targetVocabularySize, .padID, .startID, .endID, .unknownID,
  ]

  /// The `model` section: keys as in `config.json`.
  init(_ section: RecipeSection) throws {
    let keys = CodingKeys.allCases.filter { !Self.filledIn.contains($0) }
    self = try section.decode(allowing: keys.map(\.rawValue))
    // Any vocabulary will do to find out now whether the sizes fit each other.
    var trial = self
    (trial.sourceVocabularySize, trial.targetVocabularySize) = (
      TokenizersRecipe.defaultSize, TokenizersRecipe.defaultSize
    )
    if let problem = trial.problem { throw section.contradiction(problem) }
  }
}
