/// Makes wrong files from right ones: the same ones in every run and on every machine.
///
/// A fuzz target is a test that hands some hundred such files to a reader and holds what comes back to two rules: the
/// process lives, and an error is one line.
public struct Fuzzer: RandomNumberGenerator {
  private var state: UInt64

  public init(seed: UInt64) { state = seed }

  /// SplitMix64.
  public mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = state
    mixed = (mixed ^ mixed >> 30) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ mixed >> 27) &* 0x94d0_49bb_1331_11eb
    return mixed ^ mixed >> 31
  }

  /// One of several; they must not be empty.
  private mutating func pick<Element>(_ elements: [Element]) -> Element {
    elements[Int.random(in: elements.indices, using: &self)]
  }

  /// One to eight changes: a byte, a bit, an extreme number, a part taken out or doubled, the end cut off.
  public mutating func bytes(from original: [UInt8]) -> [UInt8] {
    var bytes = original
    for _ in 0..<Int.random(in: 1...8, using: &self) {
      guard !bytes.isEmpty else { return bytes }
      let place = Int.random(in: 0..<bytes.count, using: &self)
      switch Int.random(in: 0..<16, using: &self) {
      case 0..<6: bytes[place] = UInt8.random(in: .min ... .max, using: &self)
      case 6..<10: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &self)
      case 10, 11:
        let extreme: UInt64 = pick([.max, 1 << 63, 1 << 63 - 1, 1 << 32, 1 << 31, 0])
        let width = pick([1, 2, 4, 8])
        for (index, byte) in withUnsafeBytes(of: extreme.littleEndian, Array.init).prefix(width).enumerated()
        where place + index < bytes.count { bytes[place + index] = byte }
      case 12: bytes.removeSubrange(place..<min(place + Int.random(in: 1...16, using: &self), bytes.count))
      case 13, 14: bytes.insert(contentsOf: bytes[place..<min(place + 16, bytes.count)], at: place)
      default: bytes.removeSubrange(place...)
      }
    }
    return bytes
  }

  /// What stands in for a number, a word or a text somewhere in a file of text.
  private static let strange = [
    "-1", "0", "1e999", "-0", "0.5", "1e-400", "9223372036854775807", "9223372036854775808", "18446744073709551616",
    "4294967296", "null", "true", "NaN", "[]", "{}", "\"\"", "\"\\u0000\"", "\"\\ud800\"", "~", "!!binary x", "&a [*a]",
    "\u{FEFF}", "\u{202E}", "[[[[[[[[[[", "\n", "\t", ":", "- ", "\"", "{", "}", "]", ",", "\0",
  ]

  /// One to four changes of whole words: one replaced by something strange or by another word of the text, a part taken
  /// out or doubled, two exchanged; so that the result is often well-formed and wrong all the same.
  public mutating func text(from original: String) -> String {
    var words = Self.words(original)
    for _ in 0..<Int.random(in: 1...4, using: &self) {
      guard words.count > 1 else { break }
      let place = Int.random(in: words.indices, using: &self)
      let other = Int.random(in: words.indices, using: &self)
      switch Int.random(in: 0..<10, using: &self) {
      case 0..<4: words[place] = pick(Self.strange)
      case 4, 5: words[place] = words[other]
      case 6: words.removeSubrange(place..<min(place + Int.random(in: 1...12, using: &self), words.count))
      case 7, 8: words.insert(contentsOf: words[place..<min(place + 12, words.count)], at: place)
      default: words.swapAt(place, other)
      }
    }
    return words.joined()
  }

  /// Runs of letters and digits, and every other sign by itself.
  private static func words(_ text: String) -> [String] {
    var words: [String] = []
    var isWord = false
    for scalar in text.unicodeScalars {
      let belongs =
        scalar.properties.isAlphabetic || ("0"..."9").contains(scalar) || "._-".unicodeScalars.contains(scalar)
      if belongs && isWord {
        words[words.count - 1].unicodeScalars.append(scalar)
      } else {
        words.append(String(scalar))
      }
      isWord = belongs
    }
    return words
  }

  /// Whether an error is what a person can read: one line, not longer than a few.
  public static func isOneLine(_ error: any Error) -> Bool {
    let text = "\(error)"
    return !text.isEmpty && !text.contains(where: \.isNewline) && text.count < 2000
  }
}
