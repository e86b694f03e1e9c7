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
    let file = FileManager.default.temporaryDirectory.appendingPathComponent("heed-\(UUID().uuidString).pkl")
    try data.write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    return try PickledWords.read(path: file.path, isTarget: isTarget).map { "\($0.id) \($0.word)" }
  }

  private func data(_ text: String) -> Data { Data(base64Encoded: text) ?? Data() }

  @Test func wordsOfALang() throws {
    let words = ["0 SOS", "1 EOS", "2 je", "3 suis", "4 froid", "5 ."]
    #expect(try read(data(Self.second)) == words)
    #expect(try read(data(Self.fourth)) == words)
    #expect(try read(data(Self.table)) == ["0 b", "1 a"])
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
