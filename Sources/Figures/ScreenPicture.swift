import TUI

/// A screen as the picture of a terminal that shows it, for documents.
///
/// Blocks, lines and dots are drawn as rectangles of their own, since a font's leave gaps; other characters stand in their
/// cells one by one, so that the grid is straight whatever the font.
public struct ScreenPicture: Sendable {
  /// What stands in for the terminal's own colours, `0xRRGGBB`.
  public var foreground: UInt32
  public var background: UInt32
  public var fontFamily: String

  /// One cell, in points.
  static let cell = (width: 7.25, height: 15.0)
  static let fontSize = 12.0
  private static let margin = 6.0

  public init(foreground: UInt32 = 0xDADADA, background: UInt32 = 0x101010, fontFamily: String = "DejaVu Sans Mono") {
    self.foreground = foreground
    self.background = background
    self.fontFamily = fontFamily
  }

  /// The bytes of a PNG, SVG or PDF file.
  ///
  /// - Throws: `FigureError` for another format, and where Pango is not installed.
  public func bytes(of screen: Screen, format: FigureFormat, resolution: Double = 108) throws(FigureError) -> [UInt8] {
    let kind: CairoCanvas.Format
    switch format {
    case .png: kind = .png
    case .svg: kind = .svg
    case .pdf: kind = .pdf
    default: throw FigureError("a screen is drawn as png, svg or pdf, not as \(format.rawValue)")
    }
    let typesetter = try Typesetter(family: fontFamily)
    return try CairoCanvas(format: kind, resolution: resolution, typesetter: typesetter).bytes(of: drawing(screen))
  }

  func drawing(_ screen: Screen) -> Drawing {
    let (width, height) = (Double(screen.size.columns) * Self.cell.width, Double(screen.size.rows) * Self.cell.height)
    var drawing = Drawing(
      width: width + 2 * Self.margin, height: height + 2 * Self.margin, background: background, title: "heed",
      description: screen.text.joined(separator: "\n"))
    for row in 0..<screen.size.rows {
      for column in 0..<screen.size.columns {
        let cell = screen[column: column, row: row]
        guard cell.width > 0 else { continue }
        let box = Box(
          x: Self.margin + Double(column) * Self.cell.width, y: Self.margin + Double(row) * Self.cell.height,
          width: Self.cell.width * Double(cell.width), height: Self.cell.height)
        drawing.marks += marks(cell, in: box)
      }
    }
    return drawing
  }

  private func marks(_ cell: Cell, in box: Box) -> [Mark] {
    let style = cell.style
    var (text, fill) = (style.foreground.hex ?? foreground, style.background.hex ?? background)
    if style.attributes.contains(.reverse) { swap(&text, &fill) }
    if style.attributes.contains(.dim) { text = Color(hex: text).mixed(with: Color(hex: fill), 0.5).hex ?? text }
    var marks: [Mark] = fill == background ? [] : [.fill(box, fill)]
    if let shape = CellShape(cell.character) {
      let color = Color(hex: text).mixed(with: Color(hex: fill), 1 - shape.density).hex ?? text
      marks += shape.parts.map { part in
        .fill(
          Box(
            x: box.x + part.x * box.width, y: box.y + part.y * box.height, width: part.width * box.width,
            height: part.height * box.height), color)
      }
    } else if cell.character != " " {
      marks.append(
        .text(
          TextMark(
            text: String(cell.character),
            style: LetterStyle(size: Self.fontSize, isBold: style.attributes.contains(.bold)), x: box.x, y: box.y,
            color: text)))
    }
    if style.attributes.contains(.underline) {
      marks.append(.fill(Box(x: box.x, y: box.bottom - 1.5, width: box.width, height: 0.75), text))
    }
    return marks
  }
}

/// A character that is made of rectangles, in parts of its cell.
struct CellShape: Equatable {
  var parts: [Box]
  /// How much of the colour there is: less than 1 for shades.
  var density = 1.0

  /// Nil for a character that a font draws.
  init?(_ character: Character) {
    guard let scalar = character.unicodeScalars.first?.value, character.unicodeScalars.count == 1 else { return nil }
    func part(_ x: Double, _ y: Double, _ width: Double, _ height: Double) {
      parts.append(Box(x: x, y: y, width: width, height: height))
    }
    parts = []
    switch scalar {
    case 0x2580: part(0, 0, 1, 0.5)
    case 0x2581...0x2588:
      let height = Double(scalar - 0x2580) / 8
      part(0, 1 - height, 1, height)
    case 0x2589...0x258F: part(0, 0, Double(0x2590 - scalar) / 8, 1)
    case 0x2590: part(0.5, 0, 0.5, 1)
    case 0x2591...0x2593:
      part(0, 0, 1, 1)
      density = Double(scalar - 0x2590) / 4
    case 0x2500: part(0, 0.47, 1, 0.06)
    case 0x2502: part(0.44, 0, 0.12, 1)
    case 0x2800...0x28FF:
      // Dots 1 to 8 of braille: three rows of two, then the lowest row.
      let places = [(0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2), (0, 3), (1, 3)]
      for (bit, place) in places.enumerated() where scalar & (1 << bit) != 0 {
        part(0.1 + 0.5 * Double(place.0), 0.05 + 0.25 * Double(place.1), 0.3, 0.15)
      }
    default: return nil
    }
  }
}
