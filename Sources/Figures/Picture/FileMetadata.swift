import CZlib
import Foundation

/// Tells programs that place a PNG how large it is meant to be, which Cairo does not.
enum PNGResolution {
  /// Signature and header; what follows may come in any order.
  private static let headEnd = 33

  /// Adds a `pHYs` chunk (PNG, section 11.3.4.3).
  static func insert(_ pixelsOfInch: Double, into png: [UInt8]) -> [UInt8] {
    guard png.count > headEnd else { return png }
    let pixelsOfMetre = UInt32((pixelsOfInch / 0.0254).rounded())
    var chunk = Array("pHYs".utf8)
    for _ in 0..<2 { chunk += bigEndian(pixelsOfMetre) }
    chunk.append(1)
    let check = UInt32(crc32(0, chunk, UInt32(chunk.count)))
    return png[..<headEnd] + bigEndian(UInt32(chunk.count - 4)) + chunk + bigEndian(check) + png[headEnd...]
  }

  private static func bigEndian(_ value: UInt32) -> [UInt8] {
    [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
  }
}

/// What Cairo leaves out of an SVG.
enum SVGAdditions {
  static func insert(_ drawing: Drawing, into svg: [UInt8]) -> [UInt8] {
    described(drawing, sharpened(drawing, svg))
  }

  /// Asks programs not to smooth the cells of a picture when they enlarge it.
  private static func sharpened(_ drawing: Drawing, _ svg: [UInt8]) -> [UInt8] {
    let sizes = drawing.marks.compactMap { mark -> String? in
      guard case .grid(_, let colors, let columns) = mark, columns > 1 else { return nil }
      return " width=\"\(columns)\" height=\"\(colors.count / columns)\""
    }
    guard !sizes.isEmpty else { return svg }
    var text = String(decoding: svg, as: UTF8.self)
    for size in Set(sizes) { text = text.replacing(size, with: size + " style=\"image-rendering:pixelated\"") }
    return Array(text.utf8)
  }

  /// Tells those who do not see it what it shows: its letters are outlines.
  private static func described(_ drawing: Drawing, _ svg: [UInt8]) -> [UInt8] {
    let opening = Array("<svg".utf8)
    guard let start = svg.indices.first(where: { svg[$0...].starts(with: opening) }),
      let end = svg[start...].firstIndex(of: UInt8(ascii: ">"))
    else { return svg }
    let text = "\n<title>\(escaped(drawing.title))</title>\n<desc>\(escaped(drawing.description))</desc>"
    return svg[..<(start + opening.count)] + Array(" role=\"img\"".utf8) + svg[(start + opening.count)...end]
      + Array(text.utf8) + svg[(end + 1)...]
  }

  /// As text of XML 1.0, which has no way to write most control characters.
  private static func escaped(_ text: String) -> String {
    String(String.UnicodeScalarView(text.onOneLine.unicodeScalars.filter { $0 != "\u{FFFE}" && $0 != "\u{FFFF}" }))
      .replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
  }
}
