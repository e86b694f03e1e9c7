import Foundation
import Testing

@testable import Checkpoints

/// Vocabularies that Python pickled: `pickle.dumps` of PyTorch's tutorial's `Lang`, with the words of "je suis froid . je".
@Suite struct PickledWordsTests {
  private static let second = """
    gAJjX19tYWluX18KTGFuZwpxACmBcQF9cQIoWAQAAABuYW1lcQNYAwAAAGZyYXEEWAoAAAB3b3JkMmluZGV4cQV9cQYoWAIAAABqZXEHSwJYBAAAAHN1\
    aXNxCEsDWAUAAABmcm9pZHEJSwRYAQAAAC5xCksFdVgKAAAAd29yZDJjb3VudHELfXEMKGgHSwJoCEsBaAlLAWgKSwF1WAoAAABpbmRleDJ3b3JkcQ19\
    cQ4oSwBYAwAAAFNPU3EPSwFYAwAAAEVPU3EQSwJoB0sDaAhLBGgJSwVoCnVYBwAAAG5fd29yZHNxEUsGdWIu
    """
  private static let fourth = """
    gASVuQAAAAAAAACMCF9fbWFpbl9flIwETGFuZ5STlCmBlH2UKIwEbmFtZZSMA2ZyYZSMCndvcmQyaW5kZXiUfZQojAJqZZRLAowEc3Vpc5RLA4wFZnJv\
    aWSUSwSMAS6USwV1jAp3b3JkMmNvdW50lH2UKGgJSwJoCksBaAtLAWgMSwF1jAppbmRleDJ3b3JklH2UKEsAjANTT1OUSwGMA0VPU5RLAmgJSwNoCksE\
    aAtLBWgMdYwHbl93b3Jkc5RLBnViLg==
    """
  /// `(input_lang, output_lang, pairs)` of the tutorial's `prepareData`.
  private static let both = """
    gASVkQAAAAAAAACMCF9fbWFpbl9flIwETGFuZ5STlCmBlH2UKIwEbmFtZZSMA2ZyYZSMCmluZGV4MndvcmSUfZQoSwCMA1NPU5RLAYwDRU9TlEsC\
    jAJqZZR1dWJoAimBlH2UKGgFjANlbmeUaAd9lChLAGgJSwFoCksCjAFplEsDjAJhbZR1dWJdlF2UKGgLjARpIGFtlGVhh5Qu
    """
  /// `{"a": 1, "b": 0}`.
  private static let table = "gASVEQAAAAAAAAB9lCiMAWGUSwGMAWKUSwB1Lg=="
  /// An object that asks for `os.system("true")` when it is read.
  private static let hostile = "gASVHwAAAAAAAACMBXBvc2l4lIwGc3lzdGVtlJOUjAR0cnVllIWUUpQu"

  private func read(_ data: Data, isTarget: Bool = false) throws -> [String] {
    try written(data) { path in
      try PickledWords.read(path: path, isTarget: isTarget).map { "\($0.id) \($0.word)" }
    }
  }

  private func written<Result>(_ data: Data, _ body: (String) throws -> Result) throws -> Result {
    let file = FileManager.default.temporaryDirectory.appendingPathComponent("heed-\(UUID().uuidString).pkl")
    try data.write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    return try body(file.path)
  }

  private func data(_ text: String) -> Data { Data(base64Encoded: text) ?? Data() }

  @Test func wordsOfALang() throws {
    let words = ["0 SOS", "1 EOS", "2 je", "3 suis", "4 froid", "5 ."]
    #expect(try read(data(Self.second)) == words)
    #expect(try read(data(Self.fourth)) == words)
    #expect(try read(data(Self.table)) == ["0 b", "1 a"])
  }

  /// What Python 2 writes unless told otherwise: text alone, here of a class of the old kind, whose words are bytes in quotes.
  private static let old = """
    (i__main__
    Lang
    p0
    (dp1
    S'index2word'
    p2
    (dp3
    I0
    S'SOS'
    p4
    sI1
    S"l'\\xc3\\xa9t\\xc3\\xa9"
    p5
    sL2L
    Vna\u{ef}ve \\u65e5\\ud83d\\ude00\\u005cn
    p6
    ssS'n_words'
    p7
    I3
    sS'rate'
    F0.5
    sS'fast'
    I01
    sb.
    """

  /// Its text `ï` is one byte, as the protocol has it.
  @Test func wordsOfPython2() throws {
    let file = try #require(Self.old.data(using: .isoLatin1))
    #expect(try read(file) == ["0 SOS", "1 l'été", "2 naïve 日😀\\n"])
    for length in 0..<file.count {
      #expect(throws: CheckpointError.self) { _ = try read(file.prefix(length)) }
    }
    let made = Data("(c__main__\nLang\no}U\u{a}index2word(lU\u{1}aasb.".utf8)
    #expect(try read(made) == ["0 a"])
  }

  /// Protocol 0 begins as word lists do.
  @Test func listsAreNotTakenForPickles() throws {
    for (text, expected) in [
      (Self.old, true), ("cos\nsystem\n(S'true'\ntR.", true), ("c\na\n.", false), ("cat\ndog\n.", false),
      ("(\n)\n.", false), ("I\nyou\n.", false), ("I1\nyou.", false), (".", false),
    ] {
      #expect(try written(Data(text.utf8), PickledWords.isPickle) == expected, "\(text)")
    }
    let error = #expect(throws: CheckpointError.self) { _ = try read(Data("cos\nsystem\n(S'true'\ntR.".utf8)) }
    #expect(error?.rule == .forbidden("os.system"))
  }

  /// Words beside weights, as the chatbot tutorial saves them.
  @Test func wordsInACheckpoint() throws {
    let pickle: [UInt8] =
      [0x80, 2]
      + Array("}(U\u{8}voc_dict}U\u{a}index2word(lU\u{1}a\u{61}sU\u{1}wctorch._utils\n_rebuild_tensor_v2\n".utf8)
      + Array(
        "((U\u{7}storagectorch\nFloatStorage\nU\u{1}0U\u{3}cpuK\u{1}tQK\0K\u{1}\u{85}K\u{1}\u{85}tRu.".unicodeScalars
          .map { UInt8($0.value) })
    #expect(try read(Data(FuzzTests.archive([("a/data.pkl", pickle), ("a/data/0", [0, 0, 0, 0])]))) == ["0 a"])
    let error = #expect(throws: CheckpointError.self) { _ = try read(Data(FuzzTests.archive([("a", [1])]))) }
    #expect(error?.rule == .unsupported(.zip, "an archive without a pickle as vocabulary"))
  }

  /// `{"é": 0, "e" + acute: 1}`.
  @Test func wordsDifferByTheirBytes() throws {
    let pickle: [UInt8] = [0x80, 2] + Array("}(X\u{2}\0\0\0éK\0X\u{3}\0\0\0e\u{301}K\u{1}u.".utf8)
    let read = try read(Data(pickle))
    #expect(read.map { Array($0.utf8) } == ["0 é", "1 e\u{301}"].map { Array($0.utf8) })
  }

  /// An object whose words are itself, and one whose words lie a hundred thousand objects deep.
  @Test func circlesAndDepthsEndInOneLine() throws {
    let key = "X\u{a}\0\0\0index2word"
    let deep = String(repeating: "}" + key, count: 100_000) + "K\0" + String(repeating: "s", count: 100_000) + "."
    for text in ["}q\0" + key + "h\0s.", deep] {
      let error = #expect(throws: CheckpointError.self) { _ = try read(Data([0x80, 2] + Array(text.utf8))) }
      #expect(error?.rule == .unsupported(.pytorch, "a pickle that holds no words and numbers"))
    }
  }

  @Test func twoLanguagesInOneFile() throws {
    #expect(try read(data(Self.both)) == ["0 SOS", "1 EOS", "2 je"])
    #expect(try read(data(Self.both), isTarget: true) == ["0 SOS", "1 EOS", "2 i", "3 am"])
  }

  @Test func nothingIsRun() throws {
    let error = #expect(throws: CheckpointError.self) { _ = try read(data(Self.hostile)) }
    #expect(error?.rule == .forbidden("posix.system"))
  }

  @Test func damageEndsInOneLine() throws {
    let whole = data(Self.fourth)
    for length in 0..<whole.count {
      #expect(throws: CheckpointError.self) { _ = try read(whole.prefix(length)) }
    }
    for place in 0..<whole.count {
      var bytes = whole
      bytes[place] ^= 0x41
      // Some damage only changes a word.
      _ = try? read(bytes)
    }
  }
}
