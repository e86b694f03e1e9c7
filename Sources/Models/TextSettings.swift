/// What every family's configuration says of its vocabularies, of what stands around a text, and of lengths.
public struct TextSettings: Sendable, Equatable {
  // The sizes and ids are what the tokenizers decide.
  public var sourceVocabularySize = 0
  public var targetVocabularySize = 0
  public var padID = 0
  /// Below zero where no token is fed back at first, or none ends a target.
  public var startID = 1
  public var endID = 2
  public var unknownID = 3
  /// Whether sources are wrapped in the start and the end token.
  public var sourceHasStart = false
  public var sourceHasEnd = true
  public var maximumSourceLength = 512
  public var maximumTargetLength = 100
  /// Ids that decoding never chooses, such as the unknown word's; they keep their probability.
  public var suppressedTokens: [Int] = []
  /// What stands around a source beside start and end token, such as its language, and what every target begins with,
  /// whatever the model would choose.
  public var affixes = TokenAffixes()
  /// Whether the embeddings have more rows than there are tokens, as where a table was rounded up.
  public var hasSpareRows = false
}

/// Ids that stand around what was typed.
public struct TokenAffixes: Sendable, Equatable {
  /// Before a source, and after it.
  public var sourcePrefix: [Int] = []
  public var sourceSuffix: [Int] = []
  /// What decoding produces first, such as the target's language.
  public var targetPrefix: [Int] = []

  public init() {}
}

/// The settings, said of the configuration itself.
extension ModelConfiguration {
  public var sourceVocabularySize: Int {
    get { text.sourceVocabularySize }
    set { text.sourceVocabularySize = newValue }
  }
  public var targetVocabularySize: Int {
    get { text.targetVocabularySize }
    set { text.targetVocabularySize = newValue }
  }
  public var padID: Int {
    get { text.padID }
    set { text.padID = newValue }
  }
  public var startID: Int {
    get { text.startID }
    set { text.startID = newValue }
  }
  public var endID: Int {
    get { text.endID }
    set { text.endID = newValue }
  }
  public var unknownID: Int {
    get { text.unknownID }
    set { text.unknownID = newValue }
  }
  public var sourceHasStart: Bool {
    get { text.sourceHasStart }
    set { text.sourceHasStart = newValue }
  }
  public var sourceHasEnd: Bool {
    get { text.sourceHasEnd }
    set { text.sourceHasEnd = newValue }
  }
  public var maximumSourceLength: Int {
    get { text.maximumSourceLength }
    set { text.maximumSourceLength = newValue }
  }
  public var maximumTargetLength: Int {
    get { text.maximumTargetLength }
    set { text.maximumTargetLength = newValue }
  }
  public var suppressedTokens: [Int] {
    get { text.suppressedTokens }
    set { text.suppressedTokens = newValue }
  }
  public var affixes: TokenAffixes {
    get { text.affixes }
    set { text.affixes = newValue }
  }
  public var hasSpareRows: Bool {
    get { text.hasSpareRows }
    set { text.hasSpareRows = newValue }
  }
}
