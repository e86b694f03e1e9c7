/// A string of a protocol buffer's text format: quoted, with the escapes of C, in parts that follow each other.
///
/// Writers give every byte beyond ASCII as an octal escape, so that `é` is `\303\251`; see
/// <https://protobuf.dev/reference/protobuf/textformat-spec/#string>.
enum TextLiteral {
  /// The string that fills `bytes`, white space and a remark around it allowed; nil if it is none, or no UTF-8.
  static func read(_ bytes: Slice<UnsafeRawBufferPointer>) -> String? {
    var reader = Reader(rest: bytes)
    guard reader.parts() else { return nil }
    return String(validating: reader.text, as: UTF8.self)
  }

  static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0d).contains(byte) }

  private struct Reader {
    var rest: Slice<UnsafeRawBufferPointer>
    var text: [UInt8] = []

    /// One part or more up to the end.
    mutating func parts() -> Bool {
      var count = 0
      while true {
        rest = rest.drop(while: TextLiteral.isSpace)
        guard let first = rest.first, first != UInt8(ascii: "#") else { return count > 0 }
        guard first == UInt8(ascii: "\"") || first == UInt8(ascii: "'"), part(quote: rest.removeFirst()) else {
          return false
        }
        count += 1
      }
    }

    /// What follows an opening quote, up to the closing one.
    private mutating func part(quote: UInt8) -> Bool {
      while let byte = rest.popFirst() {
        if byte == quote { return true }
        if byte != UInt8(ascii: "\\") {
          text.append(byte)
        } else if !escape() {
          return false
        }
      }
      return false
    }

    private static let letters: [Unicode.Scalar: UInt8] = [
      "a": 0x07, "b": 0x08, "t": 0x09, "n": 0x0a, "v": 0x0b, "f": 0x0c, "r": 0x0d, "\\": 0x5c, "'": 0x27, "\"": 0x22,
      "?": 0x3f,
    ]

    /// What follows a backslash.
    private mutating func escape() -> Bool {
      guard let kind = rest.first.map(Unicode.Scalar.init) else { return false }
      if let byte = Self.letters[kind] {
        rest.removeFirst()
        text.append(byte)
        return true
      }
      switch kind {
      case "0"..."7": return byte(number(radix: 8, digits: 1...3))
      case "x", "X":
        rest.removeFirst()
        return byte(number(radix: 16, digits: 1...2))
      case "u", "U":
        rest.removeFirst()
        let count = kind == "u" ? 4 : 8
        guard let scalar = number(radix: 16, digits: count...count).flatMap(Unicode.Scalar.init) else { return false }
        text += Array(String(Character(scalar)).utf8)
        return true
      default: return false
      }
    }

    private mutating func byte(_ number: UInt32?) -> Bool {
      guard let byte = number.flatMap(UInt8.init(exactly:)) else { return false }
      text.append(byte)
      return true
    }

    /// As many digits as there are, up to the end of `digits`; nil if there are fewer than its start.
    private mutating func number(radix: UInt32, digits: ClosedRange<Int>) -> UInt32? {
      var (number, count): (UInt32, Int) = (0, 0)
      while count < digits.upperBound, let byte = rest.first,
        let digit = Character(Unicode.Scalar(byte)).hexDigitValue, digit < radix
      {
        rest.removeFirst()
        // Eight hexadecimal digits at most.
        number = number &* radix &+ UInt32(digit)
        count += 1
      }
      return digits.contains(count) ? number : nil
    }
  }
}
