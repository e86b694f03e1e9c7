import Foundation
import Testing

@testable import Text

/// SentencePiece files whose pieces T5, Pegasus, mBART, NLLB and M2M100 number in their own ways: the rules of their
/// tokenizers in Transformers, applied to the file's own ids.
@Suite struct PieceLayoutTests {
  private let data: Data
  private let plain: Tokenizer
  private let text = "Hello world, this is a test."

  init() throws {
    let file = ForeignFileTests.Foreign.all.lazy.flatMap(\.files).first { $0.key.hasSuffix(".model") }
    data = try #require(file).value
    plain = try Tokenizer.sentencePiece(data)
  }

  private func ids(_ layout: Tokenizer.PieceLayout) throws -> [Int] {
    try Tokenizer.sentencePiece(data, layout).encode(text).map(\.id)
  }

  @Test func sentinelsFollowTheFilesPieces() throws {
    let tokenizer = try Tokenizer.sentencePiece(data, .sentinels(100))
    #expect(tokenizer.encode(text).map(\.id) == plain.encode(text).map(\.id))
    #expect(tokenizer.vocabularySize == plain.vocabularySize + 100)
    #expect(tokenizer.id(of: "<extra_id_0>") == plain.vocabularySize + 99)
    #expect(tokenizer.id(of: "<extra_id_99>") == plain.vocabularySize)
    let marked = tokenizer.encode("Hello <extra_id_1> world").map(\.id)
    #expect(marked.contains(plain.vocabularySize + 98))
  }

  @Test func fairseqPutsItsOwnTokensFirstAndLanguagesLast() throws {
    let unknown = try #require(plain.unknownID)
    let expected = plain.encode(text).map { $0.id == unknown ? 3 : $0.id + 1 }
    #expect(try ids(.fairseq(after: ["en_XX", "fr_XX", "<mask>"])) == expected)
    let tokenizer = try Tokenizer.sentencePiece(data, .fairseq(after: ["en_XX", "fr_XX", "<mask>"]))
    #expect(tokenizer.id(of: "<s>") == 0 && tokenizer.id(of: "<pad>") == 1 && tokenizer.id(of: "</s>") == 2)
    #expect(tokenizer.id(of: "fr_XX") == plain.vocabularySize + 2)
    #expect(tokenizer.isSpecial(plain.vocabularySize + 2) && tokenizer.unknownID == 3)
    #expect(tokenizer.decode(tokenizer.encode("a test").map(\.id)) == plain.decode(plain.encode("a test").map(\.id)))
  }

  @Test func listedIdsComeFromTheList() throws {
    let pieces = (0..<plain.vocabularySize).compactMap { plain.piece(of: $0) }.filter {
      !["<s>", "</s>", "<unk>"].contains($0)
    }
    let order = ["<s>", "<pad>", "</s>", "<unk>"] + pieces.reversed()
    let list = try JSONSerialization.data(
      withJSONObject: Dictionary(uniqueKeysWithValues: order.enumerated().map { ($0.element, $0.offset) }))
    let tokenizer = try Tokenizer.sentencePiece(data, .listed(after: ["__en__", "__fr__"]), list: list)
    let places = Dictionary(uniqueKeysWithValues: order.enumerated().map { ($0.element, $0.offset) })
    #expect(
      tokenizer.encode(text).map(\.id) == plain.encode(text).map { plain.piece(of: $0.id).flatMap { places[$0] } ?? 3 })
    #expect(tokenizer.id(of: "__fr__") == order.count + 1)
    #expect(throws: TokenizerError.self) { try Tokenizer.sentencePiece(data, .listed(after: [])) }
  }

  @Test func whatStandsAroundATextIsToldApart() throws {
    let bert = try #require(ForeignFileTests.Foreign.all.first { $0.files["vocab.txt"] != nil })
    let tokenizer = try bert.tokenizer()
    #expect(tokenizer.surroundings.before == [try #require(tokenizer.id(of: "[CLS]"))])
    #expect(tokenizer.surroundings.after == [try #require(tokenizer.id(of: "[SEP]"))])
    #expect(plain.surroundings.before.isEmpty && plain.surroundings.after.isEmpty)
  }
}
