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
  /// `{"a": 1, "b": 0}`.
  private static let table = "gASVEQAAAAAAAAB9lCiMAWGUSwGMAWKUSwB1Lg=="
  /// An object that asks for `os.system("true")` when it is read.
  private static let hostile = "gASVHwAAAAAAAACMBXBvc2l4lIwGc3lzdGVtlJOUjAR0cnVllIWUUpQu"

  private func read(_ data: Data) throws -> [String] {
    let file = FileManager.default.temporaryDirectory.appendingPathComponent("heed-\(UUID().uuidString).pkl")
    try data.write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    return try PickledWords.read(path: file.path).map { "\($0.id) \($0.word)" }
  }

  private func data(_ text: String) -> Data { Data(base64Encoded: text) ?? Data() }

  @Test func wordsOfALang() throws {
    let words = ["0 SOS", "1 EOS", "2 je", "3 suis", "4 froid", "5 ."]
    #expect(try read(data(Self.second)) == words)
    #expect(try read(data(Self.fourth)) == words)
    #expect(try read(data(Self.table)) == ["0 b", "1 a"])
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
