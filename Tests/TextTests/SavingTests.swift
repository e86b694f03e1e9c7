import Foundation
import Testing

@testable import Text

/// Tokenizers written to a folder and read again: of every kind that another library's files hold.
@Suite struct SavingTests {
  private func again(_ source: Tokenizer?, _ target: Tokenizer?) throws -> (
    source: Tokenizer?, target: Tokenizer?, names: [String]
  ) {
    let folder = FileManager.default.temporaryDirectory.appending(path: "heed-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let files = try Tokenizer.files(source: source, target: target)
    for (name, data) in files { try data.write(to: folder.appending(path: name)) }
    return (
      try Tokenizer.inFolder(folder, side: .source), try Tokenizer.inFolder(folder, side: .target), files.map(\.name)
    )
  }

  private func expectSame(_ one: Tokenizer?, _ other: Tokenizer?, _ texts: [String]) throws {
    let (one, other) = (try #require(one), try #require(other))
    #expect(one.vocabularySize == other.vocabularySize && one.unknownID == other.unknownID)
    for id in 0..<one.vocabularySize {
      #expect(one.piece(of: id) == other.piece(of: id) && one.isSpecial(id) == other.isSpecial(id), "\(id)")
      #expect(one.surface(of: id) == other.surface(of: id) && one.continuesWord(id) == other.continuesWord(id))
    }
    for text in texts {
      let tokens = one.encode(text, addingSpecialTokens: true)
      #expect(tokens == other.encode(text, addingSpecialTokens: true), "\(text)")
      #expect(one.decode(tokens.map(\.id)) == other.decode(tokens.map(\.id)), "\(text)")
    }
  }

  @Test(arguments: ForeignFileTests.Foreign.all) func everyKind(_ foreign: ForeignFileTests.Foreign) throws {
    let tokenizer = try foreign.tokenizer()
    let texts = foreign.cases.map(\.text)
    let both = try again(tokenizer, tokenizer)
    try expectSame(tokenizer, both.source, texts)
    try expectSame(tokenizer, both.target, texts)
    let targetAlone = try again(nil, tokenizer)
    try expectSame(tokenizer, targetAlone.target, texts)
  }

  @Test func piecesThatAnotherLibraryNumbers() throws {
    let files = ForeignFileTests.Foreign.all.flatMap(\.files).filter { $0.key.hasSuffix(".model") }
    let model = try #require(files.first).value
    let texts = ["Hello world, this is a test.", "Hello <extra_id_1> world", "en_XX <s> <mask>", ""]
    for layout in [
      Tokenizer.PieceLayout.plain, .sentinels(100), .fairseq(after: ["en_XX", "fr_XX", "<mask>"]),
    ] {
      let tokenizer = try Tokenizer.sentencePiece(model, layout)
      let both = try again(tokenizer, tokenizer)
      #expect(both.names.contains(layout == .plain ? "source.tokenizer.model" : "vocab.json"))
      try expectSame(tokenizer, both.source, texts)
      try expectSame(tokenizer, both.target, texts)
    }
  }

  @Test func sidesOfDifferentVocabularies() throws {
    let model = try #require(ForeignFileTests.Foreign.all.flatMap(\.files).first { $0.key.hasSuffix(".model") }).value
    let (one, other) = (
      try Tokenizer.sentencePiece(model, .sentinels(3)), try Tokenizer.sentencePiece(model, .sentinels(5))
    )
    let words = try Tokenizer(words: [("<pad>", 0), ("<unk>", 1), ("dog", 2)], file: "words")
    let lists = try again(one, other)
    #expect(Set(lists.names).isSuperset(of: ["source.spm", "target.spm", "vocab.json", "target_vocab.json"]))
    try expectSame(one, lists.source, ["Hello world"])
    try expectSame(other, lists.target, ["Hello world"])
    let mixed = try again(words, one)
    try expectSame(words, mixed.source, ["dog cat"])
    try expectSame(one, mixed.target, ["Hello world"])
    // A special token's name in a text is a word like any other, or is dropped.
    try expectSame(words, try again(words, words).target, ["dog <pad>"])
    let plain = try again(words, try Tokenizer.sentencePiece(model))
    #expect(
      plain.names == ["source.tokenizer.json", "source.tokenizer_config.json", "target.tokenizer.model"])
    try expectSame(words, plain.source, ["dog"])
  }
}
