/// Which pairs are trained on and which are held out.
public struct DataRecipe: Sendable, Equatable {
  public var train: [String]
  /// A file of its own; nil where validation is carved out of `train`.
  public var validation: String?
  public var test: String?
  public var columns: PairsFile.Columns
  /// Longer pairs are not trained on; tokens without start and end. Validation and test keep theirs.
  public var maximumSourceTokens: Int
  public var maximumTargetTokens: Int
  public var removesDuplicates: Bool
  public var validationShare: DataSplit.Share
  public var testShare: DataSplit.Share
  public var splitSeed: UInt64

  /// - Parameter readsSource: false for a language model, whose examples are texts and not pairs.
  init(_ section: RecipeSection, readsSource: Bool) throws {
    try section.allow([
      "train", "validation", "test", "columns", "source_max_tokens", "target_max_tokens", "remove_duplicates", "split",
    ])
    guard let train = try section.strings("train"), !train.isEmpty else {
      throw section.missing("train", expected: "a file of pairs, or a list of files")
    }
    self.train = train
    validation = try section.string("validation")
    test = try section.string("test")
    columns = try Self.columns(section, readsSource: readsSource)
    maximumSourceTokens = try section.integer("source_max_tokens", in: 1...10_000) ?? 50
    maximumTargetTokens = try section.integer("target_max_tokens", in: 1...10_000) ?? 50
    removesDuplicates = try section.bool("remove_duplicates") ?? true
    let split = try section.section("split")
    try split?.allow(["validation", "test", "seed"])
    splitSeed = UInt64(try split?.integer("seed", in: 0...Int.max) ?? 1)
    validationShare = try Self.share(split, "validation", given: validation) ?? .fraction(validation == nil ? 0.02 : 0)
    testShare = try Self.share(split, "test", given: test) ?? .fraction(0)
  }

  private static func columns(_ section: RecipeSection, readsSource: Bool) throws -> PairsFile.Columns {
    let columns = try section.integers("columns", in: 1...1000)
    if !readsSource {
      let columns = columns ?? [1]
      guard columns.count == 1 else {
        throw section.wrong("columns", because: "a language model reads one column, e.g. [1]")
      }
      return PairsFile.Columns(source: columns[0], target: columns[0])
    }
    let both = columns ?? [1, 2]
    guard both.count == 2, both[0] != both[1] else {
      throw section.wrong("columns", because: "expected two different columns, source and target, e.g. [1, 2]")
    }
    return PairsFile.Columns(source: both[0], target: both[1])
  }

  /// A number under 1 is a fraction of the source sentences, a whole number a count of them.
  private static func share(_ split: RecipeSection?, _ key: String, given file: String?) throws -> DataSplit.Share? {
    guard let split, let number = try split.number(key, in: 0...1e9) else { return nil }
    if file != nil { throw split.wrong(key, because: "`data.\(key)` names a file already; give one of the two") }
    if number < 1 { return .fraction(number) }
    guard number == number.rounded() else {
      throw split.wrong(key, because: "expected a fraction under 1 or a whole number of sentences")
    }
    return .sentences(Int(number))
  }
}
