import Foundation
import Testing

@testable import Text

@Suite struct TokenizerTrainingTests {
  @Test("training gives the committed file byte for byte", arguments: TrainedFixture.all)
  func reproduces(_ trained: TrainedFixture) throws {
    let made = try Tokenizer.train(on: try trained.lines(), recipe: trained.recipe).json()
    if let folder = ProcessInfo.processInfo.environment["HEED_RECORD_TOKENIZERS"] {
      try made.write(to: URL(filePath: folder).appending(path: trained.name), options: .atomic)
      Issue.record("recorded \(trained.name); run Tests/Reference/tokenizers.py, then test without recording")
    }
    #expect(try fixture(trained.name) == made)
    #expect(try trained.tokenizer().json() == made)
  }

  @Test("the most frequent piece comes first, ties by bytes")
  func order() throws {
    let tokenizer = try Tokenizer.train(on: ["b a c", "c b", "b é z"], recipe: TokenizerRecipe(size: 8))
    #expect((0..<8).map { tokenizer.piece(of: $0) } == ["<pad>", "<start>", "<end>", "<unk>", "b", "c", "a", "z"])
    #expect(tokenizer.piece(of: 8) == nil)
    #expect(tokenizer.vocabularySize == 8)
  }

  @Test("rare pieces are left out")
  func minimumCount() throws {
    let recipe = TokenizerRecipe(size: 100, minimumCount: 2)
    let tokenizer = try Tokenizer.train(on: ["a a b", "b c"], recipe: recipe)
    #expect(tokenizer.id(of: "b") == 5)
    #expect(tokenizer.id(of: "c") == nil)
  }

  @Test("a vocabulary that cannot be is refused in one line", arguments: TokenizerRecipe.Kind.allCases)
  func refused(_ kind: TokenizerRecipe.Kind) {
    let lines = ["un deux trois"]
    #expect(throws: TokenizerError.self) { try Tokenizer.train(on: [], recipe: TokenizerRecipe(kind: kind, size: 50)) }
    for recipe in [
      TokenizerRecipe(kind: kind, size: 4), TokenizerRecipe(kind: kind, size: .max),
      TokenizerRecipe(kind: kind, size: 50, minimumCount: 0),
    ] {
      #expect(throws: TokenizerError.self) { try Tokenizer.train(on: lines, recipe: recipe) }
    }
  }

  @Test("BPE with fewer pieces than characters says so")
  func bpeTooSmall() throws {
    let error = #expect(throws: TokenizerError.self) {
      try Tokenizer.train(on: ["abcdefghijklmnop"], recipe: TokenizerRecipe(kind: .bpe, size: 6))
    }
    #expect(error?.problem.contains("SentencePiece") == true)
    #expect(error?.description.contains("\n") == false)
  }

  @Test("BPE with more pieces than the text has gives a smaller vocabulary")
  func bpeTooLarge() throws {
    let tokenizer = try Tokenizer.train(on: ["ab ab abc"], recipe: TokenizerRecipe(kind: .bpe, size: 5000))
    #expect(tokenizer.vocabularySize < 20)
    #expect(tokenizer.decode(tokenizer.encode("abc ab").map(\.id)) == "abc ab")
  }

  @Test("with a coverage of 1 no character of the text is unknown")
  func characterCoverage() throws {
    let lines = Array(repeating: "aba bab abba", count: 50) + ["a ÿ b"]
    func encoded(_ coverage: Double) throws -> (text: String, hasUnknown: Bool) {
      let recipe = TokenizerRecipe(kind: .bpe, size: 30, characterCoverage: coverage)
      let tokenizer = try Tokenizer.train(on: lines, recipe: recipe)
      let ids = tokenizer.encode("a ÿ b").map(\.id)
      return (tokenizer.decode(ids), ids.contains(3))
    }
    #expect(try encoded(0.99).hasUnknown)
    #expect(try encoded(1) == ("a ÿ b", false))
    let wrong = #expect(throws: TokenizerError.self) { try encoded(0.5) }
    #expect(wrong?.problem.contains("characterCoverage") == true)
  }

  @Test("a recipe is read with defaults, and a wrong key is refused")
  func coding() throws {
    let read = { (text: String) in try JSONDecoder().decode(TokenizerRecipe.self, from: Data(text.utf8)) }
    #expect(try read(#"{"size": 100}"#) == TokenizerRecipe(size: 100))
    let full = TokenizerRecipe(
      kind: .bpe, size: 9, minimumCount: 2, characterCoverage: 1, lowercase: true, stripAccents: true,
      straightApostrophes: false,
      elision: true, splitHyphens: true, spaceBeforePunctuation: true)
    #expect(try JSONDecoder().decode(TokenizerRecipe.self, from: JSONEncoder().encode(full)) == full)
    #expect(throws: DecodingError.self) { try read(#"{"size": 100, "lowercas": true}"#) }
    #expect(throws: DecodingError.self) { try read(#"{"kind": "word"}"#) }
    #expect(throws: DecodingError.self) { try read(#"{"kind": "words", "size": 5}"#) }
  }
}
