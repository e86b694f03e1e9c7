import Traces

/// The kinds of files that a trace can be written as.
public enum FigureFormat: String, Sendable, CaseIterable {
  /// Pictures.
  case png, svg, pdf
  /// A page to look around in.
  case html
  /// Text, with colours of the terminal and without.
  case ansi, text
  /// Every number.
  case csv, json, npz

  /// The format that a file's name asks for; nil for a name that says nothing.
  public init?(fileName: String) {
    let name = fileName.split(separator: "/").last ?? ""
    guard let dot = name.lastIndex(of: ".") else { return nil }
    switch name[dot...].dropFirst().lowercased() {
    case "htm": self = .html
    case "txt": self = .text
    case let ending: self.init(rawValue: ending)
    }
  }

  /// Whether it is a picture that Cairo draws.
  public var isPicture: Bool { [.png, .svg, .pdf].contains(self) }

  /// Whether it shows the heads that are asked for; the others hold all of them, or say which they hold.
  public var showsChosenHeads: Bool {
    switch self {
    case .png, .svg, .pdf, .html: true
    case .ansi, .text, .csv, .json, .npz: false
    }
  }
}

extension AttentionTrace {
  /// The bytes of a file of this format.
  ///
  /// - Parameter heads: what a picture or a page shows first; other formats hold all heads.
  /// - Throws: `FigureError` where there is nothing to draw, or no room for it.
  public func figure(
    _ format: FigureFormat, heads: HeadRequest = HeadRequest(), style: FigureStyle = FigureStyle()
  ) throws(FigureError) -> [UInt8] {
    switch format {
    case .png: try picture(.png, heads, style)
    case .svg: try picture(.svg, heads, style)
    case .pdf: try picture(.pdf, heads, style)
    case .html: Array(try TracePage.html(of: self, heads, style).utf8)
    case .ansi: Array(TraceText(self, width: 100, depth: .trueColor).text.utf8)
    case .text: Array(TraceText(self).text.utf8)
    case .csv: Array((TraceCSV.header + TraceCSV.lines(of: self, sentence: 1)).utf8)
    case .json: Array((TraceJSON.text(of: self) + "\n").utf8)
    case .npz: try TraceNPZ.bytes(of: self)
    }
  }

  private func picture(
    _ format: CairoCanvas.Format, _ heads: HeadRequest, _ style: FigureStyle
  ) throws(FigureError) -> [UInt8] {
    let panels = try Panels(self, heads.selection(in: self), pieces: style.showsPieces)
    let typesetter = try Typesetter(family: style.fontFamily)
    let drawing = try FigureDrawing.drawing(panels, style, typesetter: typesetter)
    return try CairoCanvas(format: format, resolution: style.resolution, typesetter: typesetter).bytes(of: drawing)
  }
}
