import CZlib
import Testing
import Traces

@testable import Figures

/// Read back by the rules of the two formats; `Tests/Reference/npz.py` does the same with NumPy itself.
@Suite struct TraceNPZTests {
  @Test func everyArrayIsReadBack() throws {
    let trace = Example.transformer()
    let files = try #require(StoredZip(try trace.figure(.npz)))
    #expect(
      files.names
        == [
          "cross", "cross_scores", "encoder", "encoder_scores", "decoder", "decoder_scores", "source_ids",
          "source_tokens",
          "target_ids", "target_tokens", "probabilities", "entropies", "forced",
        ].map { $0 + ".npy" })
    let cross = try #require(files.array("cross"))
    #expect(cross.type == "<f4" && cross.shape == "(2, 2, 2, 2, )")
    let heads = trace.heads.filter { $0.site == .cross }
    #expect(cross.floats == heads.flatMap { trace.matrix(.head($0))?.weights ?? [] })
    // The decoder's future is filled up.
    let scores = try #require(files.array("decoder_scores"))
    #expect(scores.floats.count == 16 && scores.floats[1] == -.infinity)
    #expect(try #require(files.array("source_ids")).integers == trace.source.map(\.id))
  }

  @Test func textsHaveTheRoomOfTheLongest() throws {
    let files = try #require(StoredZip(try Example.small().figure(.npz)))
    let source = try #require(files.array("source_tokens"))
    #expect(source.type == "<U5" && source.shape == "(3, )")
    #expect(source.texts(of: 5) == ["<unk>", "été", "</s>"])
    #expect(try #require(files.array("forced")).bytes == [0, 1])
    #expect(try #require(files.array("probabilities")).floats[1].isNaN)
  }

  @Test func aTraceWithoutAttentionStillHasItsTokens() throws {
    let files = try #require(StoredZip(try Example.small(attention: false).figure(.npz)))
    #expect(files.names.first == "source_ids.npy")
    #expect(try #require(StoredZip(try Example.empty().figure(.npz))).array("target_tokens")?.shape == "(0, )")
  }

  @Test func aTextTooLongForNumPyIsRefused() {
    let texts = [String(repeating: "x", count: 1 << 20)] + Array(repeating: "y", count: 100)
    let error = #expect(throws: FigureError.self) { try NumPyArray(texts) }
    #expect(error?.description.contains("1048576 characters") == true)
  }

  /// The check value of the CRC that zip uses, as its catalogue lists it.
  @Test func checksumsAreThoseOfZip() throws {
    var zip = ZipWriter()
    try zip.add("é", Array("123456789".utf8))
    let bytes = zip.finish()
    #expect(Array(bytes[14..<18]) == [0x26, 0x39, 0xF4, 0xCB])
    #expect(StoredZip(bytes)?.names == ["é"])
  }
}

/// A zip archive of stored files, found through its directory.
private struct StoredZip {
  private(set) var names: [String] = []
  private var contents: [[UInt8]] = []

  /// Nil where a signature, a size or a checksum is wrong.
  init?(_ bytes: [UInt8]) {
    func number(_ at: Int, _ size: Int) -> Int { (0..<size).reduce(0) { $0 | Int(bytes[at + $1]) << (8 * $1) } }
    let end = bytes.count - 22
    guard end >= 0, number(end, 4) == 0x0605_4B50, number(end + 20, 2) == 0 else { return nil }
    var entry = number(end + 16, 4)
    guard entry + number(end + 12, 4) == end else { return nil }
    for _ in 0..<number(end + 10, 2) {
      let (size, length, local) = (number(entry + 24, 4), number(entry + 28, 2), number(entry + 42, 4))
      guard number(entry, 4) == 0x0201_4B50, number(entry + 10, 2) == 0, number(entry + 20, 4) == size,
        number(local, 4) == 0x0403_4B50, bytes[local + 4..<local + 30] == bytes[entry + 6..<entry + 32]
      else { return nil }
      names.append(String(decoding: bytes[entry + 46..<entry + 46 + length], as: UTF8.self))
      let start = local + 30 + length
      contents.append(Array(bytes[start..<start + size]))
      guard number(entry + 16, 4) == Int(crc32_z(0, contents[contents.count - 1], size)) else { return nil }
      entry += 46 + length
    }
    guard entry == end else { return nil }
  }

  func array(_ name: String) -> StoredArray? {
    names.firstIndex(of: name + ".npy").flatMap { StoredArray(contents[$0]) }
  }
}

private struct StoredArray {
  let type: String
  let shape: String
  let bytes: [UInt8]

  init?(_ file: [UInt8]) {
    guard file.count >= 10, file[..<8] == [0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59, 1, 0] else { return nil }
    let start = 10 + Int(file[8]) + Int(file[9]) << 8
    guard start % 64 == 0, start <= file.count, file[start - 1] == UInt8(ascii: "\n"),
      let header = String(decoding: file[10..<start], as: UTF8.self)
        .wholeMatch(of: /\{'descr': '([^']+)', 'fortran_order': False, 'shape': (\([0-9, ]*\)), \} *\n/)
    else { return nil }
    type = String(header.1)
    shape = String(header.2)
    bytes = Array(file[start...])
  }

  private func words<Word: FixedWidthInteger>(_: Word.Type) -> [Word] {
    bytes.withUnsafeBytes { bytes in
      stride(from: 0, to: bytes.count, by: MemoryLayout<Word>.size).map {
        Word(littleEndian: bytes.loadUnaligned(fromByteOffset: $0, as: Word.self))
      }
    }
  }

  var floats: [Float] { words(UInt32.self).map(Float.init(bitPattern:)) }
  var integers: [Int] { words(Int64.self).map(Int.init) }

  func texts(of length: Int) -> [String] {
    let scalars = words(UInt32.self).map { Unicode.Scalar($0) ?? "?" }
    return stride(from: 0, to: scalars.count, by: length).map { start in
      String(String.UnicodeScalarView(scalars[start..<start + length].filter { $0 != "\0" }))
    }
  }
}
