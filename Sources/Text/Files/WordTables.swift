import Foundation
import JSON

// Vocabularies that are no more than words and their numbers.

extension Tokenizer {
  /// A word list or table of one side of a translator, from any file that `init(contentsOf:)` reads or from plain JSON: an
  /// object of words and ids, a list of words, or an object that holds one of these under the side's name.
  ///
  /// - Parameter side: `source` or `target`.
  /// - Throws: `TokenizerError`, which names the file.
  public static func vocabulary(_ url: URL, side: String) throws -> Tokenizer {
    guard let data = try? Data(contentsOf: url), data.count <= largestFile, WordTable.isJSON(data) else {
      return try Tokenizer(contentsOf: url)
    }
    let table: WordTable?
    do throws(TokenizerError) {
      table = try WordTable(JSONFields.parse(data), side: side)
    } catch {
      throw error.inFile(url.path)
    }
    guard let table else { return try Tokenizer(json: data, name: url.path) }
    return try Tokenizer(words: table.words, file: url.path)
  }

  /// A tokenizer of words and their ids; ids that no word has are padding if they are 0, and unused else.
  ///
  /// The words say how text is prepared. With `<start>` and `<end>`: as TensorFlow's translation tutorial does. With `SOS`
  /// and `EOS`: as PyTorch's does. Where every word is one character: letter by letter. Else, and where words hold letters
  /// that those tutorials take away, words and punctuation marks, in lower case if no word has a capital letter.
  ///
  /// - Throws: `TokenizerError` for ids that are negative, come twice, or leave most of the numbers out.
  public init(words: [(word: String, id: Int)], file: String) throws {
    do throws(TokenizerError) {
      try self.init(words)
    } catch {
      throw error.inFile(file)
    }
  }

  private init(_ words: [(word: String, id: Int)]) throws(TokenizerError) {
    let table = try WordTable.filled(words)
    let vocabulary = try Vocabulary(table.enumerated().map { ($1, $0) }, at: "the vocabulary")
    func id(_ names: [String]) -> Int? { names.lazy.compactMap { vocabulary.id(of: $0) }.first }
    let unknown = id(["<unk>", "<UNK>", "[UNK]", "UNK"])
    let special = specialWords.compactMap { word in
      vocabulary.id(of: word).map { AddedToken(id: $0, content: word) }
    }
    let names = Set(special.map(\.content))
    let isLetters = table.allSatisfy { $0.count == 1 || names.contains($0) || $0.hasPrefix("<") }
    let tutorial: WordStyle? =
      id(["SOS", "EOS"]) != nil ? .torchTutorial : id(["<start>", "<end>"]) != nil ? .tensorFlowTutorial : nil
    func isPreparedSo() -> Bool {
      table.allSatisfy { names.contains($0) || $0.hasPrefix("<") || WordStyle.isOfTutorial($0) }
    }
    let style = isLetters ? .letters : tutorial.flatMap { isPreparedSo() ? $0 : nil } ?? .plain
    try self.init(
      normalizer: style.normalizer(vocabulary), preTokenizer: style.preTokenizer(),
      model: WordLevel(vocabulary, unknownID: unknown), decoder: isLetters ? Fuse() : nil, added: special,
      findsAdded: false)
  }
}

/// What libraries and their tutorials call tokens that are no words.
let specialWords = [
  "<pad>", "<PAD>", "[PAD]", "PAD", "<unk>", "<UNK>", "[UNK]", "UNK", "<start>", "<end>", "<s>", "</s>", "<sos>",
  "<eos>",
  "<SOS>", "<EOS>", "<bos>", "SOS", "EOS", "[START]", "[END]", "[start]", "[end]",
]

/// How text is prepared for a plain vocabulary.
enum WordStyle {
  case letters, plain, tensorFlowTutorial, torchTutorial

  /// Whether a word is one that the tutorials' preparation could have left: letters without accents, or marks.
  static func isOfTutorial(_ word: String) -> Bool {
    word.unicodeScalars.allSatisfy { ("a"..."z").contains($0) || "?.!,¿".unicodeScalars.contains($0) }
  }

  func normalizer(_ vocabulary: Vocabulary) throws(TokenizerError) -> any Normalizer {
    let bare: [any Normalizer] = [NFD(), StripAccents(), Lowercase()]
    switch self {
    case .letters: return try Self.letters(vocabulary)
    case .plain: return vocabulary.hasCapitals ? NFC() : NormalizerSequence([NFC(), Lowercase()])
    case .tensorFlowTutorial:
      return NormalizerSequence(bare + (try Self.tutorialSteps(marks: ["?", ".", "!", ",", "¿"], after: " ")))
    case .torchTutorial:
      // Its later form keeps no full stop; a vocabulary without one is of that form.
      let marks = vocabulary.id(of: ".") == nil ? ["!", "?"] : [".", "!", "?"]
      return NormalizerSequence(bare + (try Self.tutorialSteps(marks: marks, after: "")))
    }
  }

  /// Blanks before the marks, and `after` them; everything else that is no letter becomes a blank.
  private static func tutorialSteps(marks: [String], after: String) throws(TokenizerError) -> [any Normalizer] {
    let kept = marks.joined()
    var steps: [any Normalizer] = [Replace(try Pattern(.regex("[^a-z\(kept)]")), with: " ")]
    for mark in marks { steps.append(Replace(try Pattern(.string(mark)), with: " \(mark)\(after)")) }
    return steps
  }

  /// As the date translator of a well-known course does: no commas, unless the vocabulary has one.
  private static func letters(_ vocabulary: Vocabulary) throws(TokenizerError) -> any Normalizer {
    var steps = vocabulary.hasCapitals ? [] : try Tokenizer.pythonLowercase()
    if vocabulary.id(of: ",") == nil { steps.append(Replace(try Pattern(.string(",")), with: "")) }
    return NormalizerSequence(steps)
  }

  func preTokenizer() throws(TokenizerError) -> any PreTokenizer {
    switch self {
    case .letters: return Split(try Pattern(.regex(#"[\s\S]"#)), .isolated)
    case .tensorFlowTutorial, .torchTutorial: return WhitespaceSplit()
    case .plain:
      return PreTokenizerSequence([
        WhitespaceSplit(), Split(try Pattern(.regex(#"[^\p{L}\p{M}\p{N}'’_-]"#)), .isolated),
      ])
    }
  }
}

/// Words and ids as JSON has them.
struct WordTable {
  var words: [(word: String, id: Int)]

  /// Whether a file begins like JSON; a list of words that begins with `[UNK]` or `[PAD]` does not.
  static func isJSON(_ data: Data) -> Bool {
    let start = data.drop { $0 <= 0x20 }.prefix(2)
    guard start.first == UInt8(ascii: "[") else { return start.first == UInt8(ascii: "{") }
    return !start.dropFirst().contains { Character(Unicode.Scalar($0)).isLetter }
  }

  /// Nil for JSON that is a tokenizer's.
  init?(_ json: JSONValue, side: String) throws(TokenizerError) {
    switch json {
    case .array(let items):
      var words: [(word: String, id: Int)] = []
      for (id, item) in items.enumerated() {
        guard case .string(let word) = item else {
          throw TokenizerError("entry \(id) is \(item.kind) where a word belongs")
        }
        words.append((word, id))
      }
      self.words = words
    case .object(let members):
      if members.contains(where: { ["class_name", "model"].contains($0.key) && !Self.isID($0.value) }) { return nil }
      let names =
        side == "source"
        ? ["source", "input", "inp", "src", "human", "encoder"]
        : ["target", "output", "targ", "tgt", "machine", "decoder"]
      let inner = members.first { member in
        (names + ["vocab", "word_index", "word2index"]).contains(member.key) && !Self.isID(member.value)
      }
      if let inner {
        guard let found = try WordTable(inner.value, side: side) else { return nil }
        self = found
        return
      }
      words = try Self.pairs(members)
    default: throw TokenizerError("is \(json.kind) where words and their ids belong")
    }
  }

  private static func isID(_ value: JSONValue) -> Bool {
    if case .number = value { true } else { false }
  }

  /// Words to ids, or ids to words.
  private static func pairs(_ members: [(key: String, value: JSONValue)]) throws(TokenizerError) -> [(String, Int)] {
    var words: [(String, Int)] = []
    for (key, value) in members {
      if case .number(let digits) = value, let id = Int(digits) {
        words.append((key, id))
      } else if case .string(let word) = value, let id = Int(key) {
        words.append((word, id))
      } else {
        throw TokenizerError("\(key) is \(value.kind) where the id of a word belongs")
      }
    }
    return words
  }

  /// The words in the order of their ids, holes filled.
  static func filled(_ words: [(word: String, id: Int)]) throws(TokenizerError) -> [String] {
    guard let largest = words.map(\.id).max() else { throw TokenizerError("has no words") }
    guard words.allSatisfy({ $0.id >= 0 }), largest < 2 * words.count + 1000 else {
      throw TokenizerError(
        "has ids up to \(largest) for \(words.count) words; ids are numbers from 0 without large holes")
    }
    var table = [String?](repeating: nil, count: largest + 1)
    for (word, id) in words {
      if let other = table[id] { throw TokenizerError("gives the id \(id) to \(other) and to \(word)") }
      table[id] = word
    }
    return table.enumerated().map { id, word in word ?? (id == 0 ? "<pad>" : "<unused \(id)>") }
  }
}
