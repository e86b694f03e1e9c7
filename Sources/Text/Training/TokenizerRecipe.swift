/// What a training recipe says of the tokenizer of one side.
public struct TokenizerRecipe: Sendable, Codable, Equatable {
  public enum Kind: String, Sendable, Codable, CaseIterable {
    /// Words and punctuation marks.
    case word
    /// Unicode scalars after normalising, the space among them.
    case character
    /// Sub-words by byte-pair encoding, trained by SentencePiece.
    case bpe
  }

  public var kind: Kind
  /// The largest vocabulary, its four special tokens included.
  public var size: Int
  /// A word or character that is rarer in the training text is left out. BPE has no use for it.
  public var minimumCount: Int
  /// BPE: the share of the text's characters that get a piece of their own, from 0.98; the rarest become unknown.
  public var characterCoverage: Double
  /// Lower case throughout.
  public var lowercase: Bool
  /// Takes accents off: `été` becomes `ete`.
  public var stripAccents: Bool
  /// Curly apostrophes become straight ones.
  public var straightApostrophes: Bool
  /// Cuts words after an elision: `l'eau` becomes `l'` and `eau`. For French; English keeps `don't` whole.
  public var elision: Bool
  /// Cuts words before their hyphens: `donne-moi` becomes `donne` and `-moi`.
  public var splitHyphens: Bool
  /// Decodes with a space before `? ! ; :` and inside `« »`, as French is written.
  public var spaceBeforePunctuation: Bool

  public init(
    kind: Kind = .word, size: Int, minimumCount: Int = 1, characterCoverage: Double = 0.99995, lowercase: Bool = false,
    stripAccents: Bool = false,
    straightApostrophes: Bool = true, elision: Bool = false, splitHyphens: Bool = false,
    spaceBeforePunctuation: Bool = false
  ) {
    self.kind = kind
    self.size = size
    self.minimumCount = minimumCount
    self.characterCoverage = characterCoverage
    self.lowercase = lowercase
    self.stripAccents = stripAccents
    self.straightApostrophes = straightApostrophes
    self.elision = elision
    self.splitHyphens = splitHyphens
    self.spaceBeforePunctuation = spaceBeforePunctuation
  }

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case kind, size, minimumCount, characterCoverage, lowercase, stripAccents, straightApostrophes, elision,
      splitHyphens
    case spaceBeforePunctuation
  }

  /// Only `size` must be given. Throws: `DecodingError` also for a key that is not one of a recipe.
  public init(from decoder: any Swift.Decoder) throws {
    try Self.refuseUnknownKeys(decoder)
    let values = try decoder.container(keyedBy: CodingKeys.self)
    func flag(_ key: CodingKeys, _ standard: Bool) throws -> Bool {
      try values.decodeIfPresent(Bool.self, forKey: key) ?? standard
    }
    self.init(
      kind: try values.decodeIfPresent(Kind.self, forKey: .kind) ?? .word,
      size: try values.decode(Int.self, forKey: .size),
      minimumCount: try values.decodeIfPresent(Int.self, forKey: .minimumCount) ?? 1,
      characterCoverage: try values.decodeIfPresent(Double.self, forKey: .characterCoverage) ?? 0.99995,
      lowercase: try flag(.lowercase, false),
      stripAccents: try flag(.stripAccents, false),
      straightApostrophes: try flag(.straightApostrophes, true),
      elision: try flag(.elision, false),
      splitHyphens: try flag(.splitHyphens, false),
      spaceBeforePunctuation: try flag(.spaceBeforePunctuation, false))
  }

  private struct AnyKey: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  private static func refuseUnknownKeys(_ decoder: any Swift.Decoder) throws {
    let given = try decoder.container(keyedBy: AnyKey.self).allKeys.map(\.stringValue)
    let known = CodingKeys.allCases.map(\.rawValue)
    guard let wrong = given.filter({ !known.contains($0) }).min() else { return }
    throw DecodingError.dataCorrupted(
      DecodingError.Context(
        codingPath: decoder.codingPath + [AnyKey(stringValue: wrong)],
        debugDescription: "unknown key \(wrong); use one of " + known.joined(separator: ", ")))
  }
}
