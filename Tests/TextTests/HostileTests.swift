import Foundation
import TestSupport
import Testing

@testable import Text

/// Files that are wrong, by accident or on purpose: each ends in one line that names the file.
@Suite struct HostileTokenizerTests {
  private func error(_ text: String) -> TokenizerError? {
    do {
      _ = try Tokenizer(json: Data(text.utf8), name: "x.json")
      return nil
    } catch {
      return error as? TokenizerError
    }
  }

  private func file(
    vocabulary: String = #"{"<unk>": 0, "a": 1}"#, added: String = "[]", normalizer: String = "null",
    preTokenizer: String = "null", decoder: String = "null", model: String? = nil, more: String = ""
  ) -> String {
    let model = model ?? #"{"type": "WordLevel", "vocab": \#(vocabulary), "unk_token": "<unk>"}"#
    return """
      {\(more)"added_tokens": \(added), "normalizer": \(normalizer), "pre_tokenizer": \(preTokenizer),
      "decoder": \(decoder), "model": \(model)}
      """
  }

  @Test("the file that the others are changed from is read")
  func sound() { #expect(error(file()) == nil) }

  @Test("a wrong vocabulary")
  func vocabularies() {
    let cases = [
      (#"{"<unk>": 0, "a": 2}"#, "id 2 for 2 pieces"), (#"{"<unk>": 0, "a": 0}"#, "id 0 to <unk> and to a"),
      (#"{"<unk>": 0, "a": 1, "a": 2}"#, "piece a twice"), (#"{"<unk>": -1}"#, "id -1"),
      (#"{"<unk>": 0.5}"#, "a number where an id"), (#"{"<unk>": 1e99}"#, "a number where an id"),
      (#"{"<unk>": 99999999999999999999}"#, "where an id"), (#"{"<unk>": "0"}"#, "a string where an id"),
      (#"{"a": 0}"#, "unk_token is <unk>"), ("{}", "unk_token is <unk>"), ("[]", "vocab is a list"),
      (#"{"<unk>": 9223372036854775807}"#, "id 9223372036854775807"), ("null", "vocab is missing"),
    ]
    for (vocabulary, problem) in cases {
      let error = error(file(vocabulary: vocabulary))
      #expect(error?.description.contains(problem) == true, "\(vocabulary): \(String(describing: error))")
    }
  }

  @Test("what is not understood is refused, not left out")
  func unknownComponents() {
    let regex = { (text: String) in
      #"{"type": "Split", "pattern": {"Regex": "\#(text)"}, "behavior": "Isolated", "invert": false}"#
    }
    let cases = [
      (file(normalizer: #"{"type": "Nope"}"#), "normalizer is of type Nope"),
      (file(normalizer: #"{"type": "Sequence", "normalizers": [{"type": "NFC"}, {"type": "X"}]}"#), "normalizers[1]"),
      (file(normalizer: #"{"type": "Split"}"#), "normalizer is of type Split"), (file(normalizer: "[]"), "a list"),
      (file(normalizer: "{}"), "normalizer.type is missing"), (file(preTokenizer: "3"), "pre_tokenizer is a number"),
      (file(preTokenizer: #"{"type": "UnicodeScripts"}"#), "UnicodeScripts"),
      (file(preTokenizer: regex("(?<n>a|b)")), "a group of another kind"),
      (file(preTokenizer: regex("(a|b")), "unclosed ("),
      (file(preTokenizer: regex("(a|b)++")), "quantifier +"), (file(preTokenizer: regex("[a&&]")), "empty class"),
      (file(preTokenizer: regex("[[:alpha:]]")), "a class with a name"),
      (file(preTokenizer: regex("[&&a]")), "empty side"),
      (file(preTokenizer: regex(String(repeating: "(", count: 5000))), "deep nesting"),
      (file(preTokenizer: regex(String(repeating: "[", count: 5000))), "deep nesting"),
      (file(preTokenizer: regex("a{3,2}")), "quantifier {"),
      (file(preTokenizer: regex("a{2")), "no {…}"),
      (file(preTokenizer: regex("[a")), "unclosed"), (file(preTokenizer: regex("[]")), "empty class"),
      (file(preTokenizer: regex("(?<=a+)b")), "look-behind"), (file(preTokenizer: regex(#"\\p{Nope}"#)), "Nope"),
      (file(preTokenizer: regex("^a")), "the sign ^"), (file(preTokenizer: regex("[b-a]")), "wrong range"),
      (file(preTokenizer: regex(#"\\x{110000}"#)), "110000"), (file(preTokenizer: regex("a)")), "unmatched"),
      (file(preTokenizer: regex(#"\\"#)), "an end after"), (file(preTokenizer: regex("+")), "the sign +"),
      (file(preTokenizer: regex(String(repeating: "(?=", count: 5000))), "deep nesting"),
      (file(decoder: #"{"type": "CTC"}"#), "CTC"),
      (file(normalizer: #"{"type": "Precompiled", "precompiled_charsmap": "AAAA"}"#), "cut short"),
      (file(normalizer: #"{"type": "Precompiled", "precompiled_charsmap": "?"}"#), "base64"),
      (file(decoder: #"{"type": "Metaspace", "replacement": "ab"}"#), "not one character"),
      (file(model: #"{"type": "Unigram"}"#), "vocab is missing"), (file(model: "null"), "model is missing"),
      (file(model: #"{"type": "Unigram", "vocab": [["a", 0]], "unk_id": 3}"#), "unk_id is 3"),
      (file(model: #"{"type": "Unigram", "vocab": [["a", 0], ["a", 1]]}"#), "vocab[1] is a, which came before"),
      (file(model: #"{"type": "Unigram", "vocab": [["a"]]}"#), "vocab[0] is no piece"),
      (file(model: #"{"type": "WordPiece", "vocab": {"a": 0}}"#), "unk_token is missing"),
      (file(more: #""post_processor": {}, "#), "post_processor.type is missing"),
      (
        file(more: #""post_processor": {"type": "BertProcessing", "sep": ["a"], "cls": ["b", 1]}, "#), "sep is no token"
      ),
      (file(more: #""model": null, "model": null, "#), "model is given twice"),
    ]
    for (text, problem) in cases {
      let error = error(text)
      #expect(error?.description.contains(problem) == true, "\(problem): \(String(describing: error))")
      #expect(error?.file == "x.json")
    }
  }

  @Test("added tokens must fit the vocabulary")
  func addedTokens() {
    let token = { (id: Int, content: String) in #"{"id": \#(id), "content": "\#(content)", "special": true}"# }
    let cases = [
      ("[\(token(0, "<unk>")), \(token(0, "b"))]", "twice"), ("[\(token(3, "b"))]", "nothing"),
      ("[\(token(0, "b"))]", "has <unk>"), ("[\(token(2, "a"))]", "the vocabulary 1"), ("[\(token(-1, "b"))]", "-1"),
      ("[\(token(2, ""))]", "is empty"), ("[\(token(2, "b")), \(token(3, "b"))]", "twice"), ("{}", "an object"),
      (#"[{"id": 2, "content": "b", "lstrip": 1}]"#, "lstrip"), ("[7]", "a number"),
    ]
    for (added, problem) in cases {
      let error = error(file(added: added))
      #expect(error?.description.contains(problem) == true, "\(added): \(String(describing: error))")
    }
    #expect(error(file(added: "[\(token(2, "b"))]")) == nil)
  }

  @Test("a text does not grow without bounds")
  func growth() throws {
    let grow = #"{"type": "Replace", "pattern": {"String": "a"}, "content": "aaaaaaaaaaaaaaaaaaaa"}"#
    let steps = Array(repeating: grow, count: 12).joined(separator: ", ")
    let file = #"""
      {"version": "1.0", "normalizer": {"type": "Sequence", "normalizers": [\#(steps)]},
       "model": {"type": "WordLevel", "vocab": {"<unk>": 0}, "unk_token": "<unk>"}}
      """#
    let tokenizer = try Tokenizer(json: Data(file.utf8), name: "tokenizer.json")
    #expect(tokenizer.encode(String(repeating: "a", count: 40)).map(\.id) == [0])
  }

  @Test("merges must be of the vocabulary")
  func merges() {
    let cases = [
      (#"[["a", "c"]]"#, "which the vocabulary lacks"), (#"[["b", "a"]]"#, "which the vocabulary lacks"),
      (#"[["a"]]"#, "no pair"), (#"["a b c"]"#, "no pair"), (#"[7]"#, "no pair"), (#"["a b", ["a", "b"]]"#, "again"),
      ("null", "merges is missing"),
    ]
    for (merges, problem) in cases {
      let model = #"{"type": "BPE", "vocab": {"a": 0, "b": 1, "ab": 2}, "merges": \#(merges)}"#
      #expect(error(file(model: model))?.description.contains(problem) == true, "\(merges)")
    }
    let dropout = #"{"type": "BPE", "vocab": {"a": 0}, "merges": [], "dropout": 0.1}"#
    #expect(error(file(model: dropout))?.description.contains("dropout is set") == true)
  }

  @Test("broken JSON is named as such")
  func brokenJSON() {
    for text in [
      "", " ", "{", "nul", "01", "-", "1.", "1e", "+1", "\"a", "\"\\x\"", "\"\\ud800\"", "\"\\ud800\\u0041\"", "\"\n\"",
      "[1,]", "{\"a\"}", "{\"a\":1,}", "{} {}", "'a'", "{1:2}", "\u{FEFF}{}", "\"\\u12", "\"\\",
      String(repeating: "[", count: 1_000_000), String(repeating: "{\"a\":", count: 100_000),
    ] {
      let error = error(text)
      #expect(error?.description.contains("JSON") == true, "\(text.prefix(20)): \(String(describing: error))")
    }
    #expect(throws: TokenizerError.self) { try Tokenizer(json: Data([0x22, 0xFF, 0x22]), name: "x.json") }
  }

  @Test("a file cut short anywhere, or with a byte changed, never traps", arguments: TrainedFixture.all)
  func damaged(_ trained: TrainedFixture) throws {
    let whole = try fixture(trained.name)
    for length in stride(from: 0, to: whole.count - 2, by: 97) {
      #expect(throws: TokenizerError.self) { try Tokenizer(json: whole.prefix(length), name: trained.name) }
    }
    var generator = Fuzzer(seed: 3)
    for _ in 0..<150 {
      var bytes = [UInt8](whole)
      bytes[Int.random(in: bytes.indices, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
      do {
        let tokenizer = try Tokenizer(json: Data(bytes), name: trained.name)
        _ = tokenizer.decode(tokenizer.encode("L'été, a 'b' <pad>x").map(\.id))
      } catch {
        #expect((error as? TokenizerError)?.description.contains("\n") == false)
      }
    }
  }

  @Test("a file that is not there is said to be so")
  func missing() throws {
    let error = #expect(throws: TokenizerError.self) {
      try Tokenizer(contentsOf: URL(filePath: "/nowhere/tokenizer.json"))
    }
    #expect(error?.description == "/nowhere/tokenizer.json: is not there; check the path")
    let folder = #expect(throws: TokenizerError.self) { try Tokenizer(contentsOf: URL(filePath: "/")) }
    #expect(folder?.problem == "cannot be read")
  }

  @Test("a pattern that could cost exponential time ends soon, long words do not cost the square of their length")
  func cost() throws {
    let slow = file(
      preTokenizer: #"{"type": "Split", "pattern": {"Regex": "a*a*a*a*a*a*b"}, "behavior": "Isolated"}"#)
    let tokenizer = try Tokenizer(json: Data(slow.utf8), name: "slow")
    #expect(tokenizer.encode(String(repeating: "a", count: 20_000)).count == 1)
    for pattern in ["(?:a|a)+b", "(?:a?){400}b", "(?:(?:a*)*)*b", String(repeating: "a?", count: 50_000) + "b"] {
      let hostile = slow.replacing("a*a*a*a*a*a*b", with: pattern)
      let tokenizer = try Tokenizer(json: Data(hostile.utf8), name: "hostile")
      #expect(tokenizer.encode(String(repeating: "a", count: 5_000)).count > 0)
    }
    let bpe = try #require(TrainedFixture.all.first { $0.recipe.kind == .bpe }).tokenizer()
    let word = String(repeating: "mange", count: 10_000)
    #expect(bpe.decode(bpe.encode(word).map(\.id)) == word)
  }
}
