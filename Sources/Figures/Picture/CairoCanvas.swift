import CCairo
import Foundation

/// Paints drawings through Cairo.
struct CairoCanvas {
  enum Format {
    case png
    case svg
    case pdf
  }

  /// Cairo's own limit of a picture's side, in pixels.
  static let longestSide = 32_767.0
  static let mostPixels = 200_000_000.0

  let format: Format
  /// Pixels of an inch, for PNG.
  let resolution: Double
  let typesetter: Typesetter

  /// The bytes of the file.
  ///
  /// - Throws: `FigureError` for a picture of too many pixels, and what Cairo says.
  func bytes(of drawing: Drawing) throws(FigureError) -> [UInt8] {
    try checkSize(of: drawing)
    let output = Output()
    let canvas = ccairo_create(
      doorFormat, drawing.width, drawing.height, resolution / 72, drawing.background != nil,
      { context, bytes, count in
        guard let context, let bytes else { return false }
        Unmanaged<Output>.fromOpaque(context).takeUnretainedValue().bytes += UnsafeBufferPointer(
          start: bytes, count: count)
        return true
      }, Unmanaged.passUnretained(output).toOpaque())
    guard let canvas else { throw FigureError("there is no memory for a picture of this size; give a smaller --dpi") }
    let failure: String? = withExtendedLifetime(output) {
      ccairo_set_title(canvas, drawing.title, "heed")
      if let background = drawing.background {
        ccairo_fill_rectangle(canvas, 0, 0, drawing.width, drawing.height, background)
      }
      for mark in drawing.marks { paint(mark, on: canvas) }
      return ccairo_finish(canvas).map { String(cString: $0) }
    }
    if let failure { throw FigureError("Cairo cannot draw the figure: \(failure)") }
    switch format {
    case .png: return PNGResolution.insert(resolution, into: output.bytes)
    case .svg: return SVGAdditions.insert(drawing, into: output.bytes)
    case .pdf: return output.bytes
    }
  }

  private func checkSize(of drawing: Drawing) throws(FigureError) {
    guard format == .png else { return }
    let width = drawing.width * resolution / 72
    let height = drawing.height * resolution / 72
    guard max(width, height) <= Self.longestSide, width * height <= Self.mostPixels else {
      throw FigureError("\(Int(width)) × \(Int(height)) pixels are too many; give a smaller --dpi")
    }
  }

  private var doorFormat: ccairo_format {
    switch format {
    case .png: CCAIRO_PNG
    case .svg: CCAIRO_SVG
    case .pdf: CCAIRO_PDF
    }
  }

  private func paint(_ mark: Mark, on canvas: OpaquePointer) {
    switch mark {
    case .fill(let box, let color): ccairo_fill_rectangle(canvas, box.x, box.y, box.width, box.height, color)
    case .outline(let box, let width, let color):
      ccairo_stroke_rectangle(canvas, box.x, box.y, box.width, box.height, width, color)
    case .grid(let box, let colors, let columns):
      guard columns > 0 else { return }
      ccairo_fill_grid(
        canvas, box.x, box.y, box.width, box.height, colors, Int32(columns), Int32(colors.count / columns))
    case .text(let text):
      typesetter.withFont(text.style, widest: text.widest, breaksLines: text.breaksLines) { font in
        ccairo_draw_text(canvas, text.text, font, text.x, text.y, text.readsUpwards, text.color)
      }
    }
  }
}

/// Gathers what Cairo writes.
private final class Output {
  var bytes: [UInt8] = []
}
