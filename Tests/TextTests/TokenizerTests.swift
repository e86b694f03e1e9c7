import Foundation
import TestSupport
import Testing

@testable import Text

@Suite struct TokenizerTests {
  private func tokenizer(_ name: String) throws -> Tokenizer {
    try #require(TrainedFixture.all.first { $0.name.hasPrefix(name) }).tokenizer()
  }

  private func pieces(_ tokenizer: Tokenizer, _ text: String) -> [String] {
    tokenizer.encode(text).map { tokenizer.piece(of: $0.id) ?? "" }
  }

  @Test("French words are cut after elisions and before hyphens")
  func french() throws {
    let french = try tokenizer("word-fr")
    #expect(
      pieces(french, "Qu’est-ce que c'est?") == ["Qu'", "est", "-ce", "que", "c'", "est", "?"])
    #expect(french.decode(french.encode("Qu’est-ce que c'est?").map(\.id)) == "Qu'est-ce que c'est ?")
    #expect(french.decode(french.encode("«Viens ici!» a dit ma mère").map(\.id)) == "« Viens ici ! » a dit ma mère")
  }

  @Test("English words keep their apostrophes, quotes their side")
  func english() throws {
    let english = try tokenizer("word-en")
    #expect(pieces(english, "I DON'T know.") == ["i", "don't", "<unk>", "."])
    let text = "\"come here!\" said my dogs' mother... 'tis 10:30 a.m."
    #expect(english.decode(english.encode(text).map(\.id)) == text)
  }

  @Test("an unknown word keeps its surface")
  func unknown() throws {
    let french = try tokenizer("word-fr")
    let text = "L'orne\u{301} est ici"
    let tokens = french.encode(text)
    #expect(tokens[1].id == french.unknownID)
    #expect(french.surface(of: tokens[1], in: text).utf8.elementsEqual("orne\u{301}".utf8))
    #expect(french.surface(of: tokens[1].id) == "<unk>")
  }

  @Test("special tokens have the first ids and are left out of decoded text")
  func special() throws {
    for trained in TrainedFixture.all {
      let tokenizer = try trained.tokenizer()
      #expect([tokenizer.padID, tokenizer.startID, tokenizer.endID, tokenizer.unknownID] == [0, 1, 2, 3])
      #expect((0..<5).map(tokenizer.isSpecial) == [true, true, true, true, false])
      #expect(tokenizer.decode([1, 2, 0]) == "")
      #expect(tokenizer.decode([1, .max, 2]).contains("<unk>"))
      #expect(tokenizer.decode([-1]).contains("<unk>"))
    }
  }

  @Test("sub-words say that they go on with a word")
  func subwords() throws {
    let bpe = try tokenizer("bpe")
    let tokens = bpe.encode("Donne, Elle")
    #expect(tokens.map { bpe.surface(of: $0.id) }.joined() == "Donne,Elle")
    #expect(bpe.continuesWord(tokens[0].id) == false)
    #expect(tokens.dropFirst().contains { bpe.continuesWord($0.id) })
    #expect(bpe.continuesWord(try #require(bpe.id(of: ","))) == false)
    #expect(try tokenizer("word-fr").continuesWord(10) == false)
  }

  @Test("without an unknown token, unknown characters are dropped and the others keep their place")
  func noUnknownToken() throws {
    let model = try BytePairEncoding(
      Vocabulary([("a", 0), ("b", 1), ("ab", 2)], at: ""), merges: [("a", "b")], unknownID: nil)
    let tokenizer = try Tokenizer(normalizer: nil, preTokenizer: nil, model: model, decoder: nil, added: [])
    #expect(tokenizer.encode("éab").map(\.id) == [2])
    #expect(tokenizer.encode("éab").map(\.range) == [2..<4])
    #expect(tokenizer.unknownID == nil)
  }

  @Test("text of the vocabulary comes back from its ids", arguments: TrainedFixture.all)
  func roundTrip(_ trained: TrainedFixture) throws {
    let lines = try trained.lines()
    // A vocabulary with room for all of the text.
    var recipe = trained.recipe
    recipe.minimumCount = 1
    recipe.size = recipe.kind == .bpe ? recipe.size : 10_000
    let tokenizer = try Tokenizer.train(on: lines, recipe: recipe)
    for line in lines {
      let ids = tokenizer.encode(line).map(\.id)
      #expect(!ids.contains(3))
      let expected = recipe.lowercase ? line.lowercased() : line
      let plain = recipe.stripAccents ? expected.replacing("é", with: "e") : expected
      #expect(withoutFrenchSpacing(tokenizer.decode(ids)) == withoutFrenchSpacing(plain))
      if recipe.spaceBeforePunctuation || recipe.kind != .word { #expect(tokenizer.decode(ids) == plain) }
    }
  }

  private func withoutFrenchSpacing(_ text: String) -> String {
    text.replacing(#/ (?=[?!;:»])/#, with: "").replacing("« ", with: "«")
  }

  @Test("ranges are in the text and in order, whatever the bytes", arguments: TrainedFixture.all)
  func ranges(_ trained: TrainedFixture) throws {
    let tokenizer = try trained.tokenizer()
    var generator = Fuzzer(seed: 7)
    for round in 0..<400 {
      let bytes = (0..<Int.random(in: 0...60, using: &generator)).map { _ in
        // Half of the rounds draw from few bytes, so that spaces, accents and marks meet.
        round % 2 == 0
          ? UInt8.random(in: 0...255, using: &generator)
          : "a'’\" .-e\u{301}\u{327}\u{200B}é<pad>1".utf8.randomElement(using: &generator) ?? 0
      }
      let text = String(decoding: bytes, as: UTF8.self)
      let tokens = tokenizer.encode(text)
      var last = 0
      for token in tokens {
        #expect(token.range.lowerBound >= last && token.range.upperBound <= text.utf8.count)
        #expect((0..<tokenizer.vocabularySize).contains(token.id))
        last = token.range.lowerBound
        _ = tokenizer.surface(of: token, in: text)
      }
      _ = tokenizer.decode(tokens.map(\.id))
    }
  }
}
