import Foundation
import TUI
import Testing
import Traces

@testable import Figures

/// Files as Cairo writes them, read back.
@Suite struct FigureFileTests {
  private let trace = Example.trace("a b c", "x y") { row, column in [[0, 0.25, 0.75], [1, 0.5, 0.125]][row][column] }

  private func style(_ change: (inout FigureStyle) -> Void = { _ in }) -> FigureStyle {
    var style = FigureStyle()
    change(&style)
    return style
  }

  private func cells(_ style: FigureStyle) throws -> [(box: Box, color: UInt32)] {
    let panels = try Panels(trace, HeadRequest().selection(in: trace))
    let drawing = try FigureDrawing.drawing(panels, style, typesetter: Typesetter(family: style.fontFamily))
    return drawing.marks.compactMap { mark in
      if case .fill(let box, let color) = mark, box.height > 1, color != style.theme.masked {
        (box, color)
      } else {
        nil
      }
    }
  }

  @Test(arguments: [72.0, 100, 300]) func cellsOfAPNGHaveTheirColours(resolution: Double) throws {
    let style = style { $0.resolution = resolution }
    let picture = try #require(PictureFile(try trace.figure(.png, style: style)))
    let cells = try cells(style)
    #expect(cells.count == 6)
    for cell in cells {
      let x = Int((cell.box.x + cell.box.width / 2) * resolution / 72)
      let y = Int((cell.box.y + cell.box.height / 2) * resolution / 72)
      #expect(picture.color(x: x, y: y) == cell.color)
    }
    #expect(picture.color(x: 0, y: 0) == 0xFFFFFF)
  }

  /// No colour of the background between two cells.
  @Test func cellsMeetWithoutASeam() throws {
    let style = style { $0.resolution = 137 }
    let picture = try #require(PictureFile(try trace.figure(.png, style: style)))
    let cells = try cells(style)
    let known = Set(cells.map(\.color))
    let y = Int((cells[0].box.y + 5) * 137 / 72)
    let left = Int((cells[0].box.x + 2) * 137 / 72)
    let right = Int((cells[2].box.right - 2) * 137 / 72)
    #expect(right - left > 50)
    for x in left...right { #expect(known.contains(picture.color(x: x, y: y)), "\(x)") }
  }

  @Test func aPNGHasTheSizeAndResolutionThatWereAskedFor() throws {
    let picture = try #require(
      PictureFile(
        try trace.figure(
          .png,
          style: style {
            $0.width = 180
            $0.height = 108
            $0.resolution = 200
          })))
    #expect((picture.width, picture.height) == (500, 300))
    #expect(picture.density == 7874)
  }

  @Test func aTransparentPNGShowsThePageBehind() throws {
    let picture = try #require(PictureFile(try trace.figure(.png, style: style { $0.isTransparent = true })))
    #expect(picture.channels == 4 && picture.color(x: 0, y: 0) == 0)
  }

  @Test func tooManyPixelsAreRefused() throws {
    let style = style {
      $0.width = 7200
      $0.resolution = 2400
    }
    let error = #expect(throws: FigureError.self) { try trace.figure(.png, style: style) }
    #expect(error?.description.contains("--dpi") == true)
    #expect(throws: Never.self) { try trace.figure(.svg, style: style) }
  }

  @Test func anSVGHasARectangleForEachCellAndSaysWhatItShows() throws {
    let text = String(decoding: try trace.figure(.svg, style: style { $0.title = "<a & b>" }), as: UTF8.self)
    for color in try cells(style()).map(\.color) {
      let channels = [16, 8, 0].map { Double(color >> $0 & 255) / 255 * 100 }
      let paths = text.matches(of: /<path[^>]*fill:rgb\(([0-9.]+)%,([0-9.]+)%,([0-9.]+)%\)/).filter { match in
        zip([match.1, match.2, match.3], channels).allSatisfy { abs((Double($0) ?? -1) - $1) < 0.01 }
      }
      #expect(paths.count == 1, "\(String(color, radix: 16))")
    }
    #expect(text.contains("<title>&lt;a &amp; b&gt;</title>"))
    #expect(text.contains("<desc>Heatmap of cross-attention weight. Rows: x y. Columns: a b c.</desc>"))
    #expect(text.contains("<svg role=\"img\" "))
  }

  @Test func anSVGIsXMLWhateverTheTokens() throws {
    var trace = Example.small()
    trace.source[1].surface = "</desc>\u{0}\u{8}\u{FFFE}]]>&\"\u{2028}"
    let bytes = try trace.figure(.svg)
    let names = String(decoding: bytes, as: UTF8.self)
    #expect(!names.unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" && $0 != "\t" || $0 == "\u{FFFE}" })
    #expect(names.contains("&lt;/desc&gt;"))
    #expect(names.components(separatedBy: "</desc>").count == 2)
  }

  @Test func aPDFHasOnePageOfTheRightSize() throws {
    let bytes = try trace.figure(
      .pdf,
      style: style {
        $0.width = 180
        $0.height = 108
      })
    let text = String(decoding: bytes, as: UTF8.self)
    #expect(text.hasPrefix("%PDF-1."))
    let sizes = text.matches(of: /\/MediaBox \[ *0 0 ([0-9.]+) ([0-9.]+) *\]/)
    #expect(sizes.map { [Double($0.1), Double($0.2)] } == [[180, 108]])
    #expect(text.contains("/Count 1"))
  }

  @Test func aMatrixOf512By512StaysSmall() throws {
    let words = (0..<512).map { "w\($0)" }.joined(separator: " ")
    let long = Example.trace(words, words) { Float(($0 * 7919 + $1 * 104_729) % 1009) / 1009 }
    for format in [FigureFormat.svg, .pdf] {
      #expect(try long.figure(format).count < 3 << 20, "\(format)")
    }
  }

  @Test(arguments: FigureFormat.allCases) func noTokenStopsAFormat(format: FigureFormat) throws {
    var trace = Example.small()
    let surfaces = ["", "\u{0}", "\u{202E}عربي", "👩‍👩‍👧🏽", String(repeating: "e\u{301}", count: 5_000), "क्षि"]
    trace.source = surfaces.enumerated().map { Token(id: $0, piece: $1) }
    for index in trace.steps.indices {
      trace.steps[index].cross = Example.block([0.5, 0.5, 0, 0, 0, 0], [1, 1, -.infinity, 0, 0, 0])
    }
    #expect(try !trace.figure(format).isEmpty)
  }

  @Test(arguments: [FigureFormat.png, .svg, .pdf, .html]) func whatHasNoAttentionSaysSo(format: FigureFormat) {
    let without = #expect(throws: FigureError.self) { try Example.small(attention: false).figure(format) }
    #expect(without?.description == "this model has no attention to draw")
    let empty = #expect(throws: FigureError.self) { try Example.empty().figure(format) }
    #expect(empty?.description == "no token has been produced; there is nothing to draw")
  }

  @Test(arguments: [
    ("a.png", FigureFormat.png), ("b.SVG", .svg), ("/x.y/c.pdf", .pdf), ("d.htm", .html), ("e.html", .html),
    ("f.txt", .text), ("g.ansi", .ansi), ("h.npz", .npz), ("i.tar.json", .json), ("j.csv", .csv), ("a.gif", nil),
    ("png", nil), ("x.png/y", nil), ("-", nil), ("", nil),
  ])
  func theNameOfAFileTellsItsFormat(name: String, format: FigureFormat?) {
    #expect(FigureFormat(fileName: name) == format)
  }
}
