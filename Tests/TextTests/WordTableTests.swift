import Foundation
import Testing

@testable import Text

/// Vocabularies that are no more than words and their numbers.
@Suite struct WordTableTests {
  private func tokenizer(_ json: String, side: String = "source") throws -> Tokenizer {
    let file = FileManager.default.temporaryDirectory.appendingPathComponent("heed-\(UUID().uuidString).json")
    try Data(json.utf8).write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    return try Tokenizer.vocabulary(file, side: side)
  }

  @Test func tensorFlowsTutorial() throws {
    let words = #"{"<start>": 1, "<end>": 2, "¿": 4, "?": 5, "todavia": 6, "esta": 7, "en": 8, "casa": 9}"#
    let one = try tokenizer(words)
    // As the tutorial prepares it: lower case, accents off, marks apart.
    #expect(one.encode("¿Todavía está en CASA?").map(\.id) == [4, 6, 7, 8, 9, 5])
    #expect((one.startID, one.endID, one.padID) == (1, 2, 0))
    #expect(one.decode([1, 8, 9, 2, 0]) == "en casa")
    let both = #"{"input": \#(words), "target": {"<start>": 1, "<end>": 2, "home": 3}}"#
    #expect(try tokenizer(both).encode("en casa").map(\.id) == [8, 9])
    #expect(try tokenizer(both, side: "target").encode("home").map(\.id) == [3])
  }

  @Test func kerasTokenizerOfTheTutorial() throws {
    let json = #"""
      {"class_name": "Tokenizer", "config": {"num_words": null, "filters": "", "lower": true, "split": " ",
       "char_level": false, "oov_token": null, "word_index": "{\"<start>\": 1, \"<end>\": 2, \"hola\": 3, \".\": 4}"}}
      """#
    let tokenizer = try tokenizer(json)
    #expect(tokenizer.encode("¡Hola.").map(\.id) == [3, 4])
    #expect((tokenizer.startID, tokenizer.endID) == (1, 2))
  }

  @Test func pyTorchsTutorial() throws {
    let words = [("SOS", 0), ("EOS", 1), ("je", 2), ("suis", 3), ("!", 4)]
    let tokenizer = try Tokenizer(words: words.map { (word: $0.0, id: $0.1) }, file: "words")
    #expect(tokenizer.encode("Je suis!").map(\.id) == [2, 3, 4])
    #expect((tokenizer.startID, tokenizer.endID) == (0, 1))
  }

  /// Words that hold what the tutorial's preparation takes away were prepared in another way.
  @Test func otherPreparationThanTheTutorials() throws {
    let words = [("SOS", 0), ("EOS", 1), ("été", 2), ("l'eau", 3), ("中", 4), (".", 5), ("2", 6)]
    let tokenizer = try Tokenizer(words: words.map { (word: $0.0, id: $0.1) }, file: "words")
    #expect(tokenizer.encode("Été l'eau 中 2.").map(\.id) == [2, 3, 4, 6, 5])
    #expect((tokenizer.startID, tokenizer.endID) == (0, 1))
  }

  @Test func letters() throws {
    let tokenizer = try tokenizer(#"{" ": 0, "1": 1, "a": 2, "b": 3, "<unk>": 4, "<pad>": 5}"#)
    #expect(tokenizer.encode("aB 1x").map(\.id) == [2, 3, 0, 1, 4])
    #expect(tokenizer.padID == 5)
    #expect(tokenizer.decode([2, 3, 0, 1]) == "ab 1")
  }

  @Test func listsAndNumbersFirst() throws {
    #expect(try tokenizer(#"["<pad>", "<unk>", "dog"]"#).encode("Dog cat").map(\.id) == [2, 1])
    #expect(try tokenizer(#"{"0": "<pad>", "1": "<unk>", "2": "dog"}"#).encode("dog").map(\.id) == [2])
  }

  /// Neither is JSON for its bracket; what has no lower case does not count as a capital letter.
  @Test func listsMayBeginWithABracket() throws {
    #expect(try tokenizer("\n[UNK]\nthe\ndog\n").encode("The cat's dog!").map(\.id) == [2, 1, 3])
    #expect(try tokenizer("[PAD]\n[UNK]\ndog\n𝔘\n").encode("Dog 𝔘 x").map(\.id) == [2, 3, 1])
    #expect(try tokenizer("[PAD]\n[UNK]\ndog\nU\n").encode("Dog U x").map(\.id) == [1, 3, 1])
  }

  @Test func linesEndAsOnAnySystem() throws {
    let file = FileManager.default.temporaryDirectory.appendingPathComponent("heed-\(UUID().uuidString).txt")
    defer { try? FileManager.default.removeItem(at: file) }
    for end in ["\n", "\r\n"] {
      try Data(["<pad>", "<unk>", "dog", "cat"].map { $0 + end }.joined().utf8).write(to: file)
      let tokenizer = try Tokenizer(contentsOf: file)
      #expect(tokenizer.vocabularySize == 4 && tokenizer.encode("cat dog").map(\.id) == [3, 2])
    }
  }

  @Test(arguments: [
    #"{"a": "b"}"#, #"{"a": 1, "b": 1}"#, #"{"a": -1}"#, #"{"a": 900000}"#, "[1]", "{}", "[", #"{"a": [2]}"#,
  ])
  func whatIsNoVocabulary(_ json: String) throws {
    #expect(throws: TokenizerError.self) { _ = try tokenizer(json) }
  }
}
