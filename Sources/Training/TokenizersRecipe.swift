import Text

/// How the vocabularies are made: one for each side, or one for both.
public struct TokenizersRecipe: Sendable, Equatable {
  public enum Sides: Sendable, Equatable {
    case separate(source: TokenizerRecipe, target: TokenizerRecipe)
    case shared(TokenizerRecipe)
  }

  public var sides: Sides

  static let defaultSize = 8000

  init(_ section: RecipeSection?) throws {
    try section?.allow(["shared", "source", "target"])
    guard let section, let shared = try section.section("shared") else {
      sides = .separate(
        source: try TokenizerRecipe(section?.section("source")), target: try TokenizerRecipe(section?.section("target"))
      )
      return
    }
    for side in ["source", "target"] where try section.section(side) != nil {
      throw section.wrong(side, because: "`tokenizers.shared` is for both sides; give one of the two")
    }
    sides = .shared(try TokenizerRecipe(shared))
  }

  /// - Throws: `TrainingError` where a language model, which has no source, is given a tokenizer for one.
  func check(_ section: RecipeSection?, readsSource: Bool) throws {
    guard !readsSource, let section, try section.section("source") != nil else { return }
    throw section.wrong("source", because: "a language model has one vocabulary; give `target` or `shared`")
  }

  public var isShared: Bool { if case .shared = sides { true } else { false } }

  /// Trains on both sides of the training part; for a language model on its texts.
  func train(on pairs: [SentencePair], readsSource: Bool) throws -> (source: Tokenizer, target: Tokenizer) {
    switch sides {
    case .shared(let recipe) where !readsSource, .separate(_, let recipe) where !readsSource:
      let only = try Tokenizer.train(on: pairs.lazy.map(\.target), recipe: recipe)
      return (only, only)
    case .separate(let source, let target):
      return (
        try Tokenizer.train(on: pairs.lazy.map(\.source), recipe: source),
        try Tokenizer.train(on: pairs.lazy.map(\.target), recipe: target)
      )
    case .shared(let recipe):
      let both = try Tokenizer.train(on: pairs.lazy.flatMap { [$0.source, $0.target] }, recipe: recipe)
      return (both, both)
    }
  }
}

extension TokenizerRecipe {
  init(_ section: RecipeSection?) throws {
    self.init(size: TokenizersRecipe.defaultSize)
    guard let section else { return }
    try section.allow([
      "kind", "size", "minimum_count", "character_coverage", "lowercase", "strip_accents", "straight_apostrophes",
      "elision", "split_hyphens",
      "space_before_punctuation",
    ])
    kind = try section.choice("kind") ?? kind
    size = try section.integer("size", in: 5...1_000_000) ?? size
    minimumCount = try section.integer("minimum_count", in: 1...1_000_000_000) ?? minimumCount
    characterCoverage = try section.number("character_coverage", in: 0.98...1) ?? characterCoverage
    lowercase = try section.bool("lowercase") ?? lowercase
    stripAccents = try section.bool("strip_accents") ?? stripAccents
    straightApostrophes = try section.bool("straight_apostrophes") ?? straightApostrophes
    elision = try section.bool("elision") ?? elision
    splitHyphens = try section.bool("split_hyphens") ?? splitHyphens
    spaceBeforePunctuation = try section.bool("space_before_punctuation") ?? spaceBeforePunctuation
  }
}
