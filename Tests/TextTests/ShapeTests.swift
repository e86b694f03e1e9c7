import Foundation
import Testing

@testable import Text

/// `tokenizer.json` in the shapes that models in use have, against the library that writes them; see
/// `Tests/Reference/tokenizer_shapes.py`.
@Suite struct ShapeTests {
  struct Shapes: Decodable, Sendable {
    let texts: [String]
    let tokenizers: [Shape]

    static let all = try? JSONDecoder().decode(Shapes.self, from: fixture("shapes.json"))
  }

  struct Shape: Decodable, Sendable, CustomTestStringConvertible {
    struct Case: Decodable, Sendable {
      /// Its place among the texts.
      let text: Int
      let ids: [Int]
      /// Starts and ends in turn.
      let offsets: [Int]
      /// Nil where it is the text itself.
      let decoded: String?
      let surrounded: [Int]?
    }

    let name: String
    let file: Data
    let cases: [Case]

    var testDescription: String { name }
  }

  @Test("the fixture is there")
  func isThere() throws {
    let shapes = try #require(Shapes.all)
    #expect(shapes.tokenizers.count == 28)
    #expect(shapes.texts.count > 290)
    for shape in shapes.tokenizers { #expect(shape.cases.count == shapes.texts.count) }
  }

  @Test("ids, offsets and texts are the library's", arguments: Shapes.all?.tokenizers ?? [])
  func golden(_ shape: Shape) throws {
    let texts = try #require(Shapes.all).texts
    let tokenizer = try Tokenizer(json: shape.file, name: shape.name)
    for item in shape.cases {
      let text = texts[item.text]
      let shown = Comment(rawValue: text.debugDescription)
      let tokens = tokenizer.encode(text)
      #expect(tokens.map(\.id) == item.ids, shown)
      #expect(tokens.flatMap { [$0.range.lowerBound, $0.range.upperBound] } == item.offsets, shown)
      let decoded = tokenizer.decode(item.ids)
      #expect(decoded.utf8.elementsEqual((item.decoded ?? text).utf8), "\(text.debugDescription): \(decoded)")
      if let surrounded = item.surrounded {
        #expect(tokenizer.encode(text, addingSpecialTokens: true).map(\.id) == surrounded, shown)
      }
    }
  }

  @Test("what is written again is the same tokenizer", arguments: Shapes.all?.tokenizers ?? [])
  func written(_ shape: Shape) throws {
    let texts = try #require(Shapes.all).texts
    let tokenizer = try Tokenizer(json: shape.file, name: shape.name)
    let again = try Tokenizer(json: tokenizer.json(), name: shape.name)
    for text in texts { #expect(again.encode(text) == tokenizer.encode(text)) }
  }
}
