import Foundation
import TestSupport
import Testing

@testable import Models
@testable import Text

/// Vocabularies that are no more than words and their numbers, against the steps of the tutorials that they come from; see
/// `Tests/Reference/word_vocabularies.py`.
@Suite struct WordVocabularyTests {
  struct Fixture: Decodable, Sendable {
    let texts: [String]
    let vocabularies: [Words]

    static let all: Fixture? = {
      let url = Bundle.module.bundleURL.appending(path: "Fixtures/vocabularies.json")
      return try? JSONDecoder().decode(Fixture.self, from: Data(contentsOf: url))
    }()
  }

  struct Words: Decodable, Sendable, CustomTestStringConvertible {
    let name: String
    let file: String
    let data: Data
    /// Of each text.
    let ids: [[Int]]
    /// Starts and ends in turn.
    let offsets: [[Int]]?

    var testDescription: String { name }

    /// As `--source-vocab` opens it.
    func tokenizer() throws -> Tokenizer {
      try withTemporaryFolder { folder in
        try data.write(to: URL(filePath: folder).appending(path: file))
        return try #require(
          try RecognisedCheckpoint.vocabulary("\(folder)/\(file)", "source"))
      }
    }
  }

  @Test func theFixtureIsThere() {
    #expect(Fixture.all?.vocabularies.count == 13)
    #expect(Fixture.all?.texts.count == 296)
  }

  @Test(arguments: Fixture.all?.vocabularies ?? [])
  func idsAreTheTutorials(_ words: Words) throws {
    let texts = try #require(Fixture.all).texts
    let tokenizer = try words.tokenizer()
    #expect(words.ids.count == texts.count)
    for (place, text) in texts.enumerated() {
      let tokens = tokenizer.encode(text)
      let shown = Comment(rawValue: text.debugDescription)
      #expect(tokens.map(\.id) == words.ids[place], shown)
      if let offsets = words.offsets?[place] {
        #expect(tokens.flatMap { [$0.range.lowerBound, $0.range.upperBound] } == offsets, shown)
      }
    }
  }

  /// Where the references give no offsets: each token's part of the text is that token, and nothing around it.
  @Test(arguments: Fixture.all?.vocabularies.filter { $0.offsets == nil } ?? [])
  func offsetsAreThoseOfTheWords(_ words: Words) throws {
    let tokenizer = try words.tokenizer()
    for text in try #require(Fixture.all).texts {
      var last = 0..<0
      for token in tokenizer.encode(text) {
        let part = try #require(String(validating: Array(text.utf8)[token.range], as: UTF8.self))
        let shown = Comment(rawValue: "\(part.debugDescription) of \(text.debugDescription)")
        let found = tokenizer.encode(part).map(\.id)
        if part.unicodeScalars.count == 1 {
          // One character may become several tokens, as `…` does; and lower case of a sigma depends on its place.
          #expect(token.range.lowerBound >= last.upperBound || token.range == last, shown)
          #expect(found.contains(token.id) || part == "Σ", shown)
        } else {
          #expect(token.range.lowerBound >= last.upperBound, shown)
          #expect(found == [token.id], shown)
          #expect(part.first?.isWhitespace == false && part.last?.isWhitespace == false, shown)
        }
        last = token.range
      }
    }
  }
}
