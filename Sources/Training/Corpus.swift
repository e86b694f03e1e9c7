/// The three parts of a recipe's data, read from its files.
public struct Corpus: Sendable {
  public let split: DataSplit
  /// What was left out and why, for the user.
  public let notes: [String]

  /// Reads every file.
  ///
  /// - Throws: `TrainingError` for a file that is no list of pairs, or a part that must not be empty but is.
  public init(_ recipe: DataRecipe) throws {
    func read(_ path: String) throws -> [SentencePair] { try PairsFile(path: path, columns: recipe.columns).read() }
    var notes: [String] = []
    let pairs = try recipe.train.flatMap(read)
    var split = DataSplit(
      carving: pairs, validation: recipe.validationShare, test: recipe.testShare, seed: recipe.splitSeed)
    let heldOut = try (recipe.validation.map(read) ?? [], recipe.test.map(read) ?? [])
    split.validation += heldOut.0
    split.test += heldOut.1
    let crossing = split.removeFromTrain(sourcesOf: heldOut.0 + heldOut.1)
    if crossing > 0 { notes.append("left out \(crossing) training pairs whose source is held out") }
    let repeated = recipe.removesDuplicates ? split.removeDuplicates() : 0
    if repeated > 0 { notes.append("left out \(repeated) repeated training pairs") }
    for (name, part) in [("training", split.train), ("validation", split.validation)] where part.isEmpty {
      throw TrainingError("\(recipe.train[0]): no pairs are left for \(name); check data.split, or give more data")
    }
    self.split = split
    self.notes = notes
  }
}
