import Foundation
import JSON
import TestSupport
import Testing

@testable import Text

/// A fuzz target for each kind of tokenizer file.
@Suite struct FuzzTests {
  private static let sample = "Où vas-tu, a<t>b 字 été 👍🏽 123 DON'T\n<s>x</s> [MASK] ▁a\u{301}"

  /// Opens what lies in a folder, and uses it.
  private func open(_ files: [String: Data], side: Tokenizer.Side = .source) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "heed-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    for (name, data) in files { try data.write(to: folder.appending(path: name)) }
    do {
      guard let tokenizer = try Tokenizer.inFolder(folder, side: side) else { return }
      use(tokenizer)
    } catch {
      #expect(Fuzzer.isOneLine(error), "\(error)")
    }
  }

  private func use(_ tokenizer: Tokenizer) {
    let tokens = tokenizer.encode(Self.sample, addingSpecialTokens: true)
    for token in tokens {
      #expect(token.range.upperBound <= Self.sample.utf8.count)
      _ = tokenizer.surface(of: token, in: Self.sample)
      _ = tokenizer.continuesWord(token.id)
    }
    _ = tokenizer.decode(tokens.map(\.id))
  }

  @Test("tokenizer.json, of every component")
  func tokenizerJSON() throws {
    guard case .array(let entries) = try fixture("components.json").withUnsafeBytes({ try JSONReader.read($0) }) else {
      Issue.record("components.json holds no list")
      return
    }
    var fuzzer = Fuzzer(seed: 1)
    for entry in entries {
      let fields = try JSONFields(entry, at: "")
      let file = String(decoding: JSONWriter.write(try fields.required("tokenizer"), style: .compact), as: UTF8.self)
      for _ in 0..<12 {
        do {
          use(try Tokenizer(json: Data(fuzzer.text(from: file).utf8), name: "x.json"))
        } catch {
          #expect(Fuzzer.isOneLine(error), "\(error)")
        }
      }
    }
  }

  @Test("SentencePiece models")
  func sentencePiece() throws {
    var fuzzer = Fuzzer(seed: 2)
    for foreign in ForeignFileTests.Foreign.all {
      guard let model = foreign.files["spiece.model"] else { continue }
      for _ in 0..<60 { try open(["spiece.model": Data(fuzzer.bytes(from: [UInt8](model)))]) }
    }
  }

  @Test("files of Marian, GPT-2, BERT and Keras, one of several changed", arguments: ForeignFileTests.Foreign.all)
  func others(_ foreign: ForeignFileTests.Foreign) throws {
    let names = foreign.files.keys.sorted().filter {
      $0 != "tokenizer.json" && $0 != "spiece.model" || foreign.name.hasPrefix("Keras")
    }
    var fuzzer = Fuzzer(seed: 3)
    for name in names {
      guard let data = foreign.files[name] else { continue }
      for round in 0..<12 {
        let isText = !name.hasSuffix(".spm") && round % 2 == 0
        let changed =
          isText
          ? Data(fuzzer.text(from: String(decoding: data, as: UTF8.self)).utf8)
          : Data(fuzzer.bytes(from: [UInt8](data)))
        try open(foreign.files.merging([name: changed]) { $1 })
      }
    }
  }

  @Test("lists of pieces")
  func lists() throws {
    var fuzzer = Fuzzer(seed: 4)
    let folder = FileManager.default.temporaryDirectory.appending(path: "heed-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let url = folder.appending(path: "list")
    for round in 0..<200 {
      let isJSON = round % 2 == 0
      let text = isJSON ? #"["<unk>", "</s>", "a", "▁b"]"# : "<blank>\n<s>\n</s>\nа\nb\n"
      try Data(fuzzer.text(from: text).utf8).write(to: url)
      do {
        let pieces = try isJSON ? Tokenizer.pieces(jsonList: url) : Tokenizer.pieces(lines: url)
        use(try Tokenizer.pieces(pieces, cutBy: nil, name: "list"))
      } catch {
        #expect(Fuzzer.isOneLine(error), "\(error)")
      }
    }
  }
}
