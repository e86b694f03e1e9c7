import Foundation
import JSON

// Vocabularies of Keras, and plain lists of words.

extension Tokenizer {
  /// What `keras.preprocessing.text.Tokenizer.to_json` writes.
  ///
  /// Ids start from 1; 0 is padding. Words beyond `num_words` are the file's unknown word, or dropped if it has none.
  ///
  /// Throws: `TokenizerError` for a missing or wrong member.
  static func keras(_ file: JSONFields) throws(TokenizerError) -> Tokenizer {
    guard let config = try file.fields("config") else { throw TokenizerError("config is missing") }
    let index = try JSONFields.parse(Data(config.string("word_index").utf8))
    let entries = try JSONFields(.object([("vocab", index)]), at: "config.word_index").vocabularyEntries()
    let limit = try config.value("num_words") == nil ? Int.max : config.int("num_words")
    let known = entries.filter { $0.id < limit }
    let vocabulary = try Vocabulary([("<pad>", 0)] + known, at: "config.word_index")
    let unknown = try config.optionalString("oov_token").flatMap { vocabulary.id(of: $0) }
    let filters = try config.optionalString("filters") ?? ""
    let separator = try config.optionalString("split") ?? " "
    let isCharacters = try config.bool("char_level", default: false)
    if filters.isEmpty, !isCharacters, separator == " ", let start = vocabulary.id(of: "<start>"),
      let end = vocabulary.id(of: "<end>")
    {
      // The attention tutorial prepares text before this tokenizer sees it.
      return try Tokenizer(
        normalizer: WordStyle.tensorFlowTutorial.normalizer(vocabulary), preTokenizer: WhitespaceSplit(),
        model: WordLevel(vocabulary, unknownID: unknown), decoder: nil,
        added: [(0, "<pad>"), (start, "<start>"), (end, "<end>")].map { AddedToken(id: $0.0, content: $0.1) },
        findsAdded: false)
    }
    var steps: [any Normalizer] = try config.bool("lower", default: true) ? pythonLowercase() : []
    if !filters.isEmpty, !isCharacters { steps.append(Replace(try .anyOf(filters), with: separator)) }
    return try Tokenizer(
      normalizer: NormalizerSequence(steps),
      preTokenizer: Split(
        isCharacters ? Pattern(.regex(#"[\s\S]"#)) : Pattern(.string(separator)), isCharacters ? .isolated : .removed),
      model: WordLevel(vocabulary, unknownID: unknown),
      decoder: isCharacters ? Fuse() : nil, added: [AddedToken(id: 0, content: "<pad>")], findsAdded: false)
  }

  /// A list of words, one a line, whose ids are their places: what `TextVectorization.get_vocabulary` gives, where the
  /// first is empty and the second `[UNK]`, or any other list.
  ///
  /// The list says how text is prepared. With `[START]`: as TensorFlow's translation tutorial does, which takes accents
  /// off and parts `. ? ! , ¿`. Of `TextVectorization`: lower case, punctuation taken out. Else words and punctuation
  /// marks, in lower case if the list has no capital letter.
  ///
  /// Throws: `TokenizerError` for a word that comes twice.
  static func wordList(_ list: PieceLines) throws(TokenizerError) -> Tokenizer {
    guard list.count > 0 else { throw TokenizerError("has no words") }
    let isKeras = list.count > 1 && list[0].isEmpty && list[1] == "[UNK]"
    let vocabulary = try Vocabulary(list, first: isKeras ? "<pad>" : nil)
    let unknown = ["[UNK]", "<unk>", "<UNK>", "UNK"].lazy.compactMap { vocabulary.id(of: $0) }.first
    let special = ["<pad>", "[PAD]", "[UNK]", "<unk>", "[START]", "[END]", "<start>", "<end>", "<s>", "</s>"]
    let isTutorial = isKeras && vocabulary.id(of: "[START]") != nil
    return try Tokenizer(
      normalizer: isTutorial ? tutorialNormalizer() : isKeras ? kerasNormalizer() : plainNormalizer(vocabulary),
      preTokenizer: isKeras
        // TensorFlow's white space is ASCII's.
        ? Split(try Pattern(.regex(#"[\x{9}-\x{d} ]+"#)), .removed)
        : PreTokenizerSequence([
          WhitespaceSplit(), Split(try Pattern(.regex(#"[^\p{L}\p{M}\p{N}'’_-]"#)), .isolated),
        ]),
      model: WordLevel(vocabulary, unknownID: unknown), decoder: nil,
      postProcessor: isTutorial ? BertProcessing(vocabulary, "[START]", "[END]") : nil,
      added: special.compactMap { piece in vocabulary.id(of: piece).map { AddedToken(id: $0, content: piece) } },
      findsAdded: !isKeras)
  }

  private static func tutorialNormalizer() throws(TokenizerError) -> any Normalizer {
    NormalizerSequence([
      NFKD(), Lowercase(), Replace(try Pattern(.regex("[^ a-z.?!,¿]")), with: ""),
      Replace(try Pattern(.string(".")), with: " . "), Replace(try Pattern(.string("?")), with: " ? "),
      Replace(try Pattern(.string("!")), with: " ! "), Replace(try Pattern(.string(",")), with: " , "),
      Replace(try Pattern(.string("¿")), with: " ¿ "),
    ])
  }

  /// As Python's `lower`: a sigma that ends a word is ς.
  static func pythonLowercase() throws(TokenizerError) -> [any Normalizer] {
    let cased = #"[\p{Lu}\p{Ll}\p{Lt}]"#
    return [Replace(try Pattern(.regex("(?<=\(cased))Σ(?!\(cased))")), with: "ς"), Lowercase()]
  }

  /// As `tf.strings.lower` does by default: ASCII's letters only, so that `É` stays.
  private static func tensorFlowLowercase() throws(TokenizerError) -> [any Normalizer] {
    var steps: [any Normalizer] = []
    for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ" {
      steps.append(Replace(try Pattern(.string(String(letter))), with: letter.lowercased()))
    }
    return steps
  }

  private static func kerasNormalizer() throws(TokenizerError) -> any Normalizer {
    NormalizerSequence(
      try tensorFlowLowercase() + [Replace(try .anyOf("!\"#$%&()*+,-./:;<=>?@[\\]^_`{|}~'"), with: "")])
  }

  private static func plainNormalizer(_ vocabulary: Vocabulary) -> any Normalizer {
    vocabulary.hasCapitals ? NFC() : NormalizerSequence([NFC(), Lowercase()])
  }
}

extension Pattern {
  /// Any one of the characters.
  static func anyOf(_ characters: String) throws(TokenizerError) -> Pattern {
    let escaped = characters.unicodeScalars.map { "\\x{\(String($0.value, radix: 16))}" }.joined()
    return try Pattern(.regex("[\(escaped)]"))
  }
}
