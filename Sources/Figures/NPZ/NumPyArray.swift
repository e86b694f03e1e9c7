/// An array in NumPy's `.npy` format, version 1.0
/// (https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html).
struct NumPyArray {
  /// What the array's file holds: a header and the numbers, little-endian and row-major.
  let bytes: [UInt8]

  init(_ numbers: [Float], shape: [Int]) {
    bytes = Self.header("<f4", shape) + numbers.map(\.bitPattern).littleEndianBytes
  }

  init(_ numbers: [Int]) {
    bytes = Self.header("<i8", [numbers.count]) + numbers.map(Int64.init).littleEndianBytes
  }

  init(_ flags: [Bool]) {
    bytes = Self.header("|b1", [flags.count]) + flags.map { $0 ? 1 : 0 }
  }

  /// NumPy gives each text the room of the longest.
  ///
  /// - Throws: `FigureError` where that takes more than 256 MiB.
  init(_ texts: [String]) throws(FigureError) {
    let longest = max(1, texts.map(\.unicodeScalars.count).max() ?? 0)
    let (size, overflow) = longest.multipliedReportingOverflow(by: 4 * max(1, texts.count))
    guard !overflow, size <= 256 << 20 else {
      throw FigureError("a token of \(longest) characters is too long for an array of NumPy; choose csv or json")
    }
    var bytes = Self.header("<U\(longest)", [texts.count])
    for text in texts {
      let scalars = text.unicodeScalars
      bytes += scalars.map(\.value).littleEndianBytes
      bytes += [UInt8](repeating: 0, count: 4 * (longest - scalars.count))
    }
    self.bytes = bytes
  }

  /// Magic number, length and a Python dictionary, filled up so that the numbers begin at a multiple of 64 bytes.
  private static func header(_ type: String, _ shape: [Int]) -> [UInt8] {
    let sizes = shape.map { "\($0), " }.joined()
    var text = "{'descr': '\(type)', 'fortran_order': False, 'shape': (\(sizes)), }"
    let length = (10 + text.utf8.count + 1 + 63) / 64 * 64
    text += String(repeating: " ", count: length - 10 - text.utf8.count - 1) + "\n"
    return [0x93] + Array("NUMPY".utf8) + [1, 0] + UInt16(text.utf8.count).littleEndianBytes + Array(text.utf8)
  }
}
