import Foundation
import JSON
import Testing

@testable import Text

/// Against Hugging Face's tokenizers; the numbers come from `Tests/Reference/tokenizers.py`.
@Suite struct GoldenTests {
  @Test("our own files give the reference's ids, offsets and texts", arguments: TrainedFixture.all)
  func trained(_ trained: TrainedFixture) throws {
    let golden = try JSONDecoder().decode([String: [GoldenCase]].self, from: fixture("golden.json"))
    let cases = try #require(golden[trained.name])
    let tokenizer = try trained.tokenizer()
    #expect(cases.count > 100)
    for item in cases { #expect(item.difference(tokenizer) == nil) }
  }

  @Test("each component by itself agrees with the reference")
  func components() throws {
    guard case .array(let entries) = try fixture("components.json").withUnsafeBytes({ try JSONReader.read($0) }) else {
      Issue.record("components.json holds no list")
      return
    }
    #expect(entries.count > 30)
    for entry in entries {
      let fields = try JSONFields(entry, at: "")
      let file = Data(JSONWriter.write(try fields.required("tokenizer"), style: .pretty))
      let tokenizer = try Tokenizer(json: file, name: "component")
      let cases = try JSONDecoder().decode(
        [GoldenCase].self, from: Data(JSONWriter.write(try fields.required("cases"), style: .compact)))
      for item in cases {
        let difference = item.difference(tokenizer)
        #expect(difference == nil, "\(String(decoding: file.prefix(1500), as: UTF8.self))")
      }
    }
  }

  @Test("BPE gives SentencePiece's own ids for normalized text")
  func sentencePiece() throws {
    let trained = try #require(TrainedFixture.all.first { $0.recipe.kind == .bpe })
    let normalizer = try trained.recipe.normalizer()
    let tokenizer = try trained.tokenizer()
    let normalized = try trained.lines().map { line in
      var text = NormalizedText(line.utf8)
      normalizer.normalize(&text)
      return text.bytes
    }
    let model = try SentencePieceModel(
      training: normalized, size: trained.recipe.size, characterCoverage: trained.recipe.characterCoverage)
    let texts = normalized.map { String(decoding: $0, as: UTF8.self) } + ["", "字字 a字b", "anticonstitutionnellement"]
    for text in texts { #expect(tokenizer.encode(text).map(\.id) == model.encode(text)) }
  }
}
