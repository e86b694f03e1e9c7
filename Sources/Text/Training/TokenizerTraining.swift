extension Tokenizer {
  /// The special tokens of our own tokenizers; their places are their ids.
  public static let specialPieces = ["<pad>", "<start>", "<end>", "<unk>"]

  /// Makes the vocabulary of a recipe from lines of text, the most frequent piece first, ties by the pieces' bytes.
  ///
  /// The same lines and recipe always give the same tokenizer.
  ///
  /// Throws: `TokenizerError` if the recipe's numbers make no sense or the text gives no vocabulary.
  public static func train(on lines: some Sequence<String>, recipe: TokenizerRecipe) throws -> Tokenizer {
    try recipe.check()
    let normalizer = try recipe.normalizer()
    let preTokenizer = try recipe.preTokenizer()
    let model: any TokenModel
    if recipe.kind == .bpe {
      let normalized = lines.lazy.map { line in
        var text = NormalizedText(line.utf8)
        normalizer.normalize(&text)
        return text.bytes
      }
      model = try BytePairEncoding.train(
        on: normalized, size: recipe.size, characterCoverage: recipe.characterCoverage)
    } else {
      let counted = count(lines, normalizer, preTokenizer)
      model = WordLevel(vocabulary(counted, recipe), unknownID: 3)
    }
    if model.vocabulary.count == specialPieces.count {
      throw TokenizerError("the training text gives no words", advice: "give text that is not empty")
    }
    return try Tokenizer(
      normalizer: normalizer, preTokenizer: preTokenizer, model: model, decoder: recipe.decoder(),
      added: specialPieces.enumerated().map { AddedToken(id: $0, content: $1) })
  }

  /// The pieces of the lines in the order of their first appearance, and how often each appears.
  private static func count(
    _ lines: some Sequence<String>, _ normalizer: any Normalizer, _ preTokenizer: any PreTokenizer
  ) -> (pieces: Vocabulary, counts: [Int]) {
    var pieces = Vocabulary()
    var counts: [Int] = []
    for line in lines {
      var text = NormalizedText(line.utf8)
      normalizer.normalize(&text)
      var cut = PreTokenizedText(text)
      preTokenizer.split(&cut)
      for piece in cut.pieces {
        let id = pieces.add(cut.text.bytes, piece)
        if id == counts.count { counts.append(0) }
        counts[id] += 1
      }
    }
    return (pieces, counts)
  }

  private static func vocabulary(
    _ counted: (pieces: Vocabulary, counts: [Int]), _ recipe: TokenizerRecipe
  ) -> Vocabulary {
    var entries: [(piece: [UInt8], count: Int)] = []
    for (id, count) in counted.counts.enumerated() where count >= recipe.minimumCount {
      entries.append((Array((counted.pieces[id] ?? "").utf8), count))
    }
    entries.sort { $0.count != $1.count ? $0.count > $1.count : $0.piece.lexicographicallyPrecedes($1.piece) }
    var vocabulary = Vocabulary()
    for piece in specialPieces { vocabulary.add(piece) }
    for entry in entries where vocabulary.count < recipe.size {
      vocabulary.add(entry.piece, 0..<entry.piece.count)
    }
    return vocabulary
  }
}

extension TokenizerRecipe {
  /// More pieces than any language needs.
  private static let largest = 1_000_000

  fileprivate func check() throws(TokenizerError) {
    let smallest = Tokenizer.specialPieces.count + 1
    if !(smallest...Self.largest).contains(size) {
      throw TokenizerError("a vocabulary of size \(size)", advice: "give a size from \(smallest) to \(Self.largest)")
    }
    if !(0.98...1).contains(characterCoverage) {
      throw TokenizerError("a characterCoverage of \(characterCoverage)", advice: "give 0.98 to 1")
    }
    if minimumCount < 1 {
      throw TokenizerError("a minimumCount of \(minimumCount)", advice: "give 1 or more")
    }
  }
}
