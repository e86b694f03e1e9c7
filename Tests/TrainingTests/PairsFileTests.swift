import Foundation
import Testing

@testable import Training

@Suite struct PairsFileTests {
  let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  @Test func readsPlainAndGzipAlike() throws {
    let text = "Go.\tVa !\nI see.\tJe vois.\n"
    let expected = [SentencePair(source: "Go.", target: "Va !"), SentencePair(source: "I see.", target: "Je vois.")]
    #expect(try PairsFile(path: folder.write(text, to: "a.tsv")).read() == expected)
    #expect(try PairsFile(path: folder.writeGzip(text, to: "a.tsv.gz")).read() == expected)
    #expect(try PairsFile(path: folder.writeGzip(text, to: "unnamed")).read() == expected)
  }

  @Test func toleratesWindowsEndsAByteOrderMarkBlanksAndAMissingLastEnd() throws {
    let path = try folder.write([0xEF, 0xBB, 0xBF] + Array(" a \tb\r\nc\td".utf8), to: "a.tsv")
    let expected = [SentencePair(source: "a", target: "b"), SentencePair(source: "c", target: "d")]
    #expect(try PairsFile(path: path).read() == expected)
  }

  @Test func takesTheColumnsThatAreAskedFor() throws {
    let path = try folder.write("1\tdeux\tthree\tCC BY\n", to: "a.tsv")
    let file = PairsFile(path: path, columns: PairsFile.Columns(source: 3, target: 2))
    #expect(try file.read() == [SentencePair(source: "three", target: "deux")])
  }

  /// Lines cross the reader's buffer, and one is longer than it.
  @Test func linesAreWholeWhereverABufferEnds() throws {
    let expected = (0..<40_000).map { number in
      SentencePair(
        source: "source \(number)", target: String(repeating: "é", count: number == 777 ? 200_000 : number % 37 + 1))
    }
    let text = expected.map { "\($0.source)\t\($0.target)\n" }.joined()
    #expect(try PairsFile(path: folder.writeGzip(text, to: "a.gz")).read() == expected)
  }

  @Test(arguments: [
    ("a\tb\nno tab here\n", "a.tsv:2: has no TAB; expected source TAB target"),
    ("a\tb\n\nc\td\n", "a.tsv:2: has no TAB; expected source TAB target"),
    ("a\t\n", "a.tsv:1: the target is empty; give it text or drop the line"),
    ("a\tb\n \tb\n", "a.tsv:2: the source is empty; give it text or drop the line"),
    ("", "a.tsv: holds no pairs; expected lines of source TAB target"),
  ])
  func aLineThatIsNoPairIsNamed(text: String, expected: String) throws {
    let path = try folder.write(text, to: "a.tsv")
    #expect(message { _ = try PairsFile(path: path).read() } == path.replacing("a.tsv", with: expected))
  }

  @Test func bytesThatAreNotTextAreNamed() throws {
    let path = try folder.write(Array("a\tb\nc\t".utf8) + [0xFF, 0xFE, 0x0A], to: "a.tsv")
    #expect(
      message { _ = try PairsFile(path: path).read() }
        == "\(path):2: the target is not valid UTF-8; convert the file to UTF-8")
    let endless = try folder.write(
      [UInt8](repeating: 0x61, count: LineReader.maximumLineBytes + 300_000), to: "endless")
    #expect(message { _ = try PairsFile(path: endless).read() }?.contains("is this a text file?") == true)
  }

  @Test func aMissingATruncatedAndADamagedFileAreNamed() throws {
    #expect(
      message { _ = try PairsFile(path: folder.path("none.tsv")).read() }
        == "\(folder.path("none.tsv")): cannot be opened: No such file or directory")
    let text = (0..<5000).map { "source \($0 &* 7919)\ttarget \($0 &* 104_729)\n" }.joined()
    let whole = [UInt8](try Data(contentsOf: URL(fileURLWithPath: folder.writeGzip(text, to: "whole.gz"))))
    let truncated = try folder.write(Array(whole.prefix(whole.count / 2)), to: "truncated.gz")
    #expect(message { _ = try PairsFile(path: truncated).read() }?.contains("truncated") == true)
    var bytes = whole
    for index in 500..<600 { bytes[index] ^= 0x5A }
    let damaged = try folder.write(bytes, to: "damaged.gz")
    #expect(message { _ = try PairsFile(path: damaged).read() }?.contains("cannot be read") == true)
  }
}
