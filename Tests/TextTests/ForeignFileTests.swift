import Foundation
import TestSupport
import Testing

@testable import Text

/// Tokenizers in the files of other libraries, against those libraries; see `Tests/Reference/foreign_tokenizers.py`.
@Suite struct ForeignFileTests {
  /// One tokenizer: the files of its folder and what the library gives.
  struct Foreign: Decodable, Sendable, CustomTestStringConvertible {
    struct Case: Decodable, Sendable {
      let text: String
      let ids: [Int]
      let offsets: [[Int]]?
      let decoded: String?
      let surrounded: [Int]?
    }

    let name: String
    let files: [String: Data]
    let side: String
    let cases: [Case]

    var testDescription: String { name }

    static let all: [Foreign] = (try? JSONDecoder().decode([Foreign].self, from: fixture("foreign.json"))) ?? []

    /// Opened from a folder, as a model's tokenizer is.
    func tokenizer() throws -> Tokenizer {
      let folder = FileManager.default.temporaryDirectory.appending(path: "heed-\(UUID().uuidString)")
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      defer { try? FileManager.default.removeItem(at: folder) }
      for (name, data) in files { try data.write(to: folder.appending(path: name)) }
      let side = try #require(Tokenizer.Side(rawValue: side))
      return try #require(try Tokenizer.inFolder(folder, side: side))
    }
  }

  @Test("the fixture is there") func isThere() { #expect(Foreign.all.count == 20) }

  @Test("ids, offsets and texts are the library's", arguments: Foreign.all)
  func golden(_ foreign: Foreign) throws {
    let tokenizer = try foreign.tokenizer()
    for item in foreign.cases {
      let tokens = tokenizer.encode(item.text)
      let text = item.text.debugDescription
      #expect(tokens.map(\.id) == item.ids, "\(text): \(item.ids.map { tokenizer.piece(of: $0) ?? "" })")
      if let offsets = item.offsets {
        #expect(tokens.map { [$0.range.lowerBound, $0.range.upperBound] } == offsets, "\(text)")
      }
      if let decoded = item.decoded {
        #expect(
          tokenizer.decode(item.ids).utf8.elementsEqual(decoded.utf8),
          "\(text): \(tokenizer.decode(item.ids)) for \(decoded)")
      }
      #expect(tokenizer.encode(item.text, addingSpecialTokens: true).map(\.id) == item.surrounded ?? item.ids)
    }
  }

  @Test("most of Marian's texts have offsets")
  func marianOffsets() {
    for foreign in Foreign.all where foreign.name.hasPrefix("Marian") {
      #expect(foreign.cases.filter { $0.offsets != nil }.count * 10 > foreign.cases.count * 8, "\(foreign.name)")
    }
  }

  /// Keras gives none. Lower case and what it takes out undone, each token's part of the text is its word.
  @Test(
    "offsets are those of Keras' words", arguments: Foreign.all.filter { $0.cases.allSatisfy { $0.offsets == nil } })
  func kerasOffsets(_ foreign: Foreign) throws {
    let tokenizer = try foreign.tokenizer()
    let punctuation = Set("!\"#$%&()*+,-./:;<=>?@[\\]^_`{|}~'".unicodeScalars)
    let isVectorization = foreign.name == "TextVectorization"
    for item in foreign.cases {
      var end = 0
      for token in tokenizer.encode(item.text) {
        let part = try #require(String(validating: Array(item.text.utf8)[token.range], as: UTF8.self))
        let shown = Comment(rawValue: "\(part.debugDescription) of \(item.text.debugDescription)")
        #expect(token.range.lowerBound >= end && !token.range.isEmpty, shown)
        end = token.range.upperBound
        // Keras' words end at blanks, and no other white space is one.
        if part.utf8.count > 1 { #expect(!part.hasPrefix(" ") && !part.hasSuffix(" "), shown) }
        let word = tokenizer.piece(of: token.id) ?? ""
        if word == "<oov>" || word == "[UNK]" { continue }
        var bare = ""
        for scalar in part.unicodeScalars where !(isVectorization && punctuation.contains(scalar)) {
          let isLowered = isVectorization ? scalar.isASCII : foreign.name != "Keras characters"
          bare += isLowered ? scalar.properties.lowercaseMapping : String(scalar)
        }
        #expect(bare.utf8.elementsEqual(word.utf8), shown)
      }
    }
  }

  @Test("a file cut short at any length, or with a byte changed, is an error or another tokenizer, never a trap")
  func damaged() throws {
    var generator = Fuzzer(seed: 5)
    for foreign in Foreign.all where foreign.files.count == 1 {
      let (name, data) = try #require(foreign.files.first)
      for _ in 0..<20 {
        var changed = data.prefix(Int.random(in: 0...data.count, using: &generator))
        if Bool.random(using: &generator), let index = changed.indices.randomElement(using: &generator) {
          changed = data
          changed[index] = UInt8.random(in: 0...255, using: &generator)
        }
        let damaged = Foreign(name: foreign.name, files: [name: Data(changed)], side: "source", cases: [])
        do {
          let tokenizer = try damaged.tokenizer()
          for item in foreign.cases.prefix(60) { _ = tokenizer.decode(tokenizer.encode(item.text).map(\.id)) }
        } catch let error as TokenizerError {
          #expect(!error.description.contains("\n"))
        }
      }
    }
  }
}
