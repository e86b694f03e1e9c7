import Foundation
import Testing

@testable import Text

/// A tokenizer of the fixtures: how it is trained, and on which corpus.
struct TrainedFixture: Sendable, CustomTestStringConvertible {
  let name: String
  let corpus: String
  let recipe: TokenizerRecipe

  var testDescription: String { name }

  static let all = [
    TrainedFixture(
      name: "word-fr.tokenizer.json", corpus: "corpus.fr.txt",
      recipe: TokenizerRecipe(size: 180, elision: true, splitHyphens: true, spaceBeforePunctuation: true)),
    TrainedFixture(
      name: "word-en.tokenizer.json", corpus: "corpus.en.txt",
      recipe: TokenizerRecipe(size: 140, lowercase: true, stripAccents: true)),
    TrainedFixture(
      name: "word-curly.tokenizer.json", corpus: "corpus.fr.txt",
      recipe: TokenizerRecipe(size: 180, minimumCount: 2, straightApostrophes: false, elision: true)),
    TrainedFixture(
      name: "character.tokenizer.json", corpus: "corpus.fr.txt", recipe: TokenizerRecipe(kind: .character, size: 60)),
    TrainedFixture(name: "bpe.tokenizer.json", corpus: "corpus.fr.txt", recipe: TokenizerRecipe(kind: .bpe, size: 260)),
  ]

  func lines() throws -> [String] {
    String(decoding: try fixture(corpus), as: UTF8.self).split(separator: "\n").map(String.init)
  }

  func tokenizer() throws -> Tokenizer { try Tokenizer(json: try fixture(name), name: name) }
}

func fixture(_ name: String) throws -> Data {
  try Data(contentsOf: Bundle.module.bundleURL.appending(path: "Fixtures/\(name)"))
}

/// What the reference library gives for one text.
struct GoldenCase: Decodable {
  let text: String
  let ids: [Int]
  let offsets: [[Int]]
  let decoded: String

  /// What differs in our tokenizer's answer; nil if nothing does.
  func difference(_ tokenizer: Tokenizer) -> String? {
    let tokens = tokenizer.encode(text)
    let escaped = text.debugDescription
    if tokens.map(\.id) != ids { return "\(escaped): ids \(tokens.map(\.id)), not \(ids)" }
    let ranges = tokens.map { [$0.range.lowerBound, $0.range.upperBound] }
    if ranges != offsets { return "\(escaped): offsets \(ranges), not \(offsets)" }
    let text = tokenizer.decode(ids)
    if !text.utf8.elementsEqual(decoded.utf8) { return "\(escaped): decoded \(text), not \(decoded)" }
    return nil
  }
}
