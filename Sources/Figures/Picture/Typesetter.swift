import CCairo

/// Measures text as `CairoCanvas` draws it.
struct Typesetter {
  let family: String

  /// - Throws: `FigureError` where Pango is not installed.
  init(family: String) throws(FigureError) {
    if let missing = CairoLibrary.missing {
      throw FigureError("PNG, SVG and PDF need Cairo and Pango (\(missing)); install libpangocairo-1.0-0")
    }
    self.family = family
  }

  /// Width and height of a text's box, in points.
  func size(
    of text: String, _ style: LetterStyle, widest: Double? = nil, breaksLines: Bool = false
  ) -> (width: Double, height: Double) {
    var width = 0.0
    var height = 0.0
    withFont(style, widest: widest, breaksLines: breaksLines) { ccairo_measure(text, $0, &width, &height) }
    return (width, height)
  }

  /// The style as the door takes it, for as long as `body` runs.
  func withFont(
    _ style: LetterStyle, widest: Double?, breaksLines: Bool, _ body: (UnsafePointer<ccairo_font>) -> Void
  ) {
    family.withCString { family in
      var font = ccairo_font(
        family: family, size: style.size, bold: style.isBold, italic: style.isItalic, widest: widest ?? 0,
        wraps: breaksLines)
      body(&font)
    }
  }
}

enum CairoLibrary {
  /// What stops the libraries from being used; nil where they are there. Opens them once.
  static let missing: String? = ccairo_open().map { String(cString: $0) }
}
