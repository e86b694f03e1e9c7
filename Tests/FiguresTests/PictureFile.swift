import CZlib

/// A PNG of 8 bits a channel, read by the rules of its specification, as far as Cairo writes it.
struct PictureFile {
  private(set) var width = 0
  private(set) var height = 0
  private(set) var channels = 3
  /// Pixels of a metre; 0 where the file does not say.
  private(set) var density = 0
  private var pixels: [UInt8] = []

  init?(_ bytes: [UInt8]) {
    guard bytes.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) else { return nil }
    var packed: [UInt8] = []
    var rest = bytes[8...]
    while rest.count >= 12 {
      let length = Self.number(rest.prefix(4))
      guard rest.count >= 12 + length else { return nil }
      let body = Array(rest.dropFirst(4).prefix(4 + length))
      guard Self.number(rest.dropFirst(8 + length).prefix(4)) == Int(crc32(0, body, UInt32(body.count))) else {
        return nil
      }
      switch String(decoding: body.prefix(4), as: UTF8.self) {
      case "IHDR":
        width = Self.number(body[4..<8])
        height = Self.number(body[8..<12])
        guard body[12] == 8, [2, 6].contains(body[13]) else { return nil }
        channels = body[13] == 2 ? 3 : 4
      case "pHYs": density = Self.number(body[4..<8])
      case "IDAT": packed += body[4...]
      default: break
      }
      rest = rest.dropFirst(12 + length)
    }
    guard let lines = Self.inflated(packed, count: height * (1 + width * channels)) else { return nil }
    unfilter(lines)
  }

  /// `0xRRGGBB`, or `0xAARRGGBB` where the picture has an alpha channel.
  func color(x: Int, y: Int) -> UInt32 {
    let start = (y * width + x) * channels
    let color = pixels[start..<start + 3].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
    return channels == 4 ? UInt32(pixels[start + 3]) << 24 | color : color
  }

  private mutating func unfilter(_ lines: [UInt8]) {
    let stride = width * channels
    pixels = [UInt8](repeating: 0, count: height * stride)
    for row in 0..<height {
      let filter = lines[row * (1 + stride)]
      for index in 0..<stride {
        let left = index >= channels ? Int(pixels[row * stride + index - channels]) : 0
        let above = row > 0 ? Int(pixels[(row - 1) * stride + index]) : 0
        let corner = row > 0 && index >= channels ? Int(pixels[(row - 1) * stride + index - channels]) : 0
        let guess =
          switch filter {
          case 1: left
          case 2: above
          case 3: (left + above) / 2
          case 4: [left, above, corner].min { abs(left + above - corner - $0) < abs(left + above - corner - $1) } ?? 0
          default: 0
          }
        pixels[row * stride + index] = UInt8(truncatingIfNeeded: Int(lines[row * (1 + stride) + 1 + index]) + guess)
      }
    }
  }

  private static func inflated(_ packed: [UInt8], count: Int) -> [UInt8]? {
    var bytes = [UInt8](repeating: 0, count: count)
    var length = uLongf(count)
    guard uncompress(&bytes, &length, packed, uLong(packed.count)) == Z_OK, Int(length) == count else { return nil }
    return bytes
  }

  private static func number(_ bytes: some Sequence<UInt8>) -> Int { bytes.reduce(0) { $0 << 8 | Int($1) } }
}
