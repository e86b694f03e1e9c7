/// What is asked of a model's target vocabulary.
public enum TokenQuery: Sendable, Hashable {
  /// The first tokens, in alphabetical order, whose text begins so; letters of either case count as the same.
  case beginning(String)
  /// The one token that a person means: a piece as the vocabulary spells it, `#17`, or a text that is one token.
  case named(String)
  /// The tokens of a whole target, the end token included.
  case target(String)

  /// The text that is asked about.
  public var text: String {
    switch self {
    case .beginning(let text), .named(let text), .target(let text): text
    }
  }
}
