import TUI
import Testing
import Traces

@testable import Figures

/// What is drawn, before any graphics library sees it.
@Suite struct FigureDrawingTests {
  private func drawing(
    _ trace: AttentionTrace, _ heads: HeadRequest = HeadRequest(), _ change: (inout FigureStyle) -> Void = { _ in }
  ) throws -> Drawing {
    var style = FigureStyle()
    change(&style)
    let panels = try Panels(trace, heads.selection(in: trace), pieces: style.showsPieces)
    return try FigureDrawing.drawing(panels, style, typesetter: Typesetter(family: style.fontFamily))
  }

  @Test func thereIsARectangleOfTheRightColourForEachCell() throws {
    let trace = Example.trace("a b c", "x y") { row, column in [[0, 0.25, 0.75], [1, 0.5, 0.125]][row][column] }
    let drawing = try drawing(trace)
    let viridis = [0, 0.25, 0.75, 1, 0.5, 0.125].map { Palette.viridis.color(at: $0).hex }
    #expect(drawing.cells.map(\.color) == viridis)
    #expect(Set(drawing.cells.prefix(3).map(\.box.y)).count == 1)
    #expect(drawing.cells.prefix(3).map(\.box.x) == drawing.cells.suffix(3).map(\.box.x))
    // Cells are squares, each a little under the next.
    let pitch = drawing.cells[1].box.x - drawing.cells[0].box.x
    #expect(abs(drawing.cells[3].box.y - drawing.cells[0].box.y - pitch) < 1e-9)
    #expect(abs(drawing.cells[5].box.width - pitch) < 1e-9 && drawing.cells[0].box.width > pitch)
  }

  @Test func labelsStandBesideTheirRowsAndAboveTheirColumns() throws {
    let trace = Example.trace("she does internationalisation", "elle fait") { _, _ in 0.3 }
    let drawing = try drawing(trace)
    for (column, name) in ["she", "does", "internationalisation"].enumerated() {
      let label = try #require(drawing.texts.first { $0.text == name })
      let cell = drawing.cells[column].box
      #expect(label.readsUpwards && label.y < cell.y)
      #expect(label.x > cell.x && label.x < cell.right)
    }
    for (row, name) in ["elle", "fait"].enumerated() {
      let label = try #require(drawing.texts.first { $0.text == name })
      let cell = drawing.cells[3 * row].box
      #expect(!label.readsUpwards && label.x < cell.x)
      #expect(label.y > cell.y - 2 && label.y < cell.bottom)
    }
  }

  @Test func labelsThatFitStandUpright() throws {
    let drawing = try drawing(Example.trace("a b", "x") { _, _ in 0.5 })
    #expect(drawing.texts.first { $0.text == "a" }?.readsUpwards == false)
  }

  @Test func nothingLeavesThePage() throws {
    for request in [HeadRequest(), HeadRequest(arrangement: .grid), HeadRequest(site: .decoder, layer: 1, head: 0)] {
      let drawing = try drawing(Example.transformer(), request) {
        $0.title = "A title that is longer than the figure is wide, so that it must be broken into lines"
        $0.caption = "A caption."
      }
      let typesetter = try Typesetter(family: "sans-serif")
      for text in drawing.texts {
        let size = typesetter.size(of: text.text, text.style, widest: text.widest, breaksLines: text.breaksLines)
        let box =
          text.readsUpwards
          ? Box(x: text.x, y: text.y - size.width, width: size.height, height: size.width)
          : Box(x: text.x, y: text.y, width: size.width, height: size.height)
        #expect(box.x >= 0 && box.y >= -0.01, "\(text.text)")
        #expect(box.right <= drawing.width + 0.01 && box.bottom <= drawing.height + 0.01, "\(text.text)")
      }
    }
  }

  @Test func theFutureOfADecoderIsLeftOut() throws {
    let drawing = try drawing(Example.transformer(), HeadRequest(site: .decoder, layer: 0, head: 0))
    #expect(drawing.cells.count == 3)
    #expect(drawing.fills.contains { $0.color == FigureStyle.Theme.light.masked })
    #expect(drawing.texts.contains { $0.text == "<start>" && $0.color == FigureStyle.Theme.light.quietText })
    #expect(drawing.texts.contains { $0.text.contains("Grey cells") })
  }

  @Test func aPromptStandsBeforeWhatWasProduced() throws {
    let drawing = try drawing(Example.languageModel())
    #expect(drawing.cells.count == 4 * 5 / 2)
    let labels = drawing.texts.prefix(8).map(\.text)
    #expect(labels == ["b", "c", "x", "y", "a", "b", "c", "x"])
    #expect(drawing.texts.prefix(8).map(\.style.isItalic) == [false, false, false, true, false, false, false, false])
  }

  @Test func whatTheDecodeWasIsTold() throws {
    let notes = { (trace: AttentionTrace) in try self.drawing(trace).texts.last?.text ?? "" }
    #expect(try notes(Example.changed()).contains("Changed on purpose: silence L0H1@cross; hide 1."))
    #expect(try notes(Example.languageModel()).contains("Stopped after 2 tokens, before the end token."))
    #expect(try notes(Example.small()).contains("Unknown to the model: zor g, \"x\"."))
  }

  @Test func aGridHasAPanelForEachHeadAndNamesThem() throws {
    let drawing = try drawing(Example.transformer(), HeadRequest(site: .cross, arrangement: .grid))
    #expect(drawing.cells.count == 4 * 4)
    let names = drawing.texts.map(\.text)
    #expect(["head 0", "head 1", "layer 0", "layer 1"].allSatisfy(names.contains))
    #expect(names.count { $0 == "a" } == 2 && names.count { $0 == "x" } == 2)
    let oneLayer = try self.drawing(Example.transformer(), HeadRequest(site: .cross, layer: 1, arrangement: .grid))
    #expect(oneLayer.cells.count == 2 * 4)
  }

  @Test func whatTheColoursMeanIsSaid() throws {
    let trace = Example.transformer()
    let texts = { (request: HeadRequest) in try self.drawing(trace, request).texts.map(\.text) }
    #expect(try texts(HeadRequest()).contains("mean cross-attention weight, 4 heads"))
    #expect(
      try texts(HeadRequest(site: .encoder, layer: 1)).contains(
        "mean encoder self-attention weight, 2 heads of layer 1"))
    #expect(try texts(HeadRequest(layer: 1, head: 0)).contains("cross-attention weight, L1H0"))
    #expect(try drawing(Example.small()).texts.map(\.text).contains("cross-attention weight"))
  }

  @Test func forcedUnknownAndSpecialTokensAreTold() throws {
    let drawing = try drawing(Example.small()) { $0.title = "t" }
    let ends = drawing.texts.filter { $0.text == "</s>" }
    #expect(ends.count == 2 && ends.count { $0.style.isItalic } == 1)
    #expect(ends.allSatisfy { $0.color == FigureStyle.Theme.light.quietText })
    #expect(drawing.texts.contains { $0.text.contains("Tokens in italics were given") })
    // The typed word without its escape character, or the vocabulary's own name for it.
    #expect(drawing.texts.contains { $0.text == "zor g, \"x\"" })
    #expect(try self.drawing(Example.small()) { $0.showsPieces = true }.texts.contains { $0.text == "<unk>" })
    #expect(try !self.drawing(Example.small()) { $0.showsNotes = false }.texts.contains { $0.text.contains("italics") })
  }

  @Test func valuesStandInTheirCellsInAColourThatCanBeRead() throws {
    let trace = Example.trace("a b", "x") { $1 == 0 ? 0.9 : 0.1 }
    let texts = try drawing(trace) { $0.showsValues = true }.texts
    #expect(texts.first { $0.text == ".90" }?.color == 0x000000)
    #expect(texts.first { $0.text == ".10" }?.color == 0xFFFFFF)
  }

  @Test func valuesThatDoNotFitAreRefused() throws {
    let many = (0..<300).map { "w\($0)" }.joined(separator: " ")
    let error = #expect(throws: FigureError.self) {
      try drawing(Example.trace(many, "x") { _, _ in 0 }) { $0.showsValues = true }
    }
    #expect(error?.description.contains("--values") == true)
  }

  @Test func aSizeThatIsAskedForIsKept() throws {
    let trace = Example.trace("a b c d", "x y") { _, _ in 0.25 }
    let wide = try drawing(trace) { $0.width = 400 }
    #expect(wide.width == 400)
    let both = try drawing(trace) {
      $0.width = 400
      $0.height = 100
    }
    #expect(both.width == 400 && both.height == 100)
    #expect(both.cells[0].box.width < wide.cells[0].box.width)
    let error = #expect(throws: FigureError.self) { try drawing(trace) { $0.width = 40 } }
    #expect(error?.description.contains("--width") == true)
  }

  @Test func longSentencesBecomeAPictureWithSomeNames() throws {
    let words = (0..<512).map { "w\($0)" }.joined(separator: " ")
    let drawing = try drawing(Example.trace(words, words) { $0 == $1 ? 1 : 0 })
    #expect(drawing.cells.isEmpty)
    let (box, colors, columns) = try #require(drawing.grids.first)
    #expect(columns == 512 && colors.count == 512 * 512)
    #expect(colors[513] == Palette.viridis.color(at: 1).hex && colors[1] == Palette.viridis.color(at: 0).hex)
    #expect(drawing.width <= FigureLayout.page.width && box.width <= drawing.width)
    let note = try #require(drawing.texts.last?.text.wholeMatch(of: /One token in (\d+) is named\./))
    let stride = try #require(Int(note.1))
    let named = drawing.texts.filter { $0.readsUpwards && $0.text.hasPrefix("w") }
    #expect(named.map(\.text) == Swift.stride(from: 0, to: 512, by: stride).map { "w\($0)" })
  }

  @Test func cellsTooSmallToBeSeenAreJoinedByTheirLargestWeight() throws {
    let words = (0..<512).map { "w\($0)" }.joined(separator: " ")
    let drawing = try drawing(Example.trace(words, words) { $0 == 3 && $1 == 2 ? 1 : 0 }) { $0.width = 120 }
    let grid = try #require(drawing.grids.first)
    let stride = (512 + grid.columns - 1) / grid.columns
    #expect(stride > 1 && drawing.texts.contains { $0.text.contains("largest weight of \(stride) × \(stride) cells") })
    #expect(grid.colors.count { $0 == Palette.viridis.color(at: 1).hex } == 1)
    #expect(grid.colors[3 / stride * grid.columns + 2 / stride] == Palette.viridis.color(at: 1).hex)
  }

  @Test func whatIsNoNumberStandsOut() throws {
    let drawing = try drawing(Example.trace("a b", "x") { $1 == 0 ? .nan : 1 })
    #expect(drawing.cells.map(\.color) == [0xFF00FF, Palette.viridis.color(at: 1).hex])
    #expect(drawing.texts.contains { $0.text.contains("Magenta") })
  }
}

extension Drawing {
  fileprivate var texts: [TextMark] {
    marks.compactMap { if case .text(let text) = $0 { text } else { nil } }
  }

  fileprivate var fills: [(box: Box, color: UInt32)] {
    marks.compactMap { if case .fill(let box, let color) = $0 { (box, color) } else { nil } }
  }

  /// Fills that are neither what lies under a panel nor a tick.
  fileprivate var cells: [(box: Box, color: UInt32)] {
    fills.filter { $0.box.height > 1 && $0.color != FigureStyle.Theme.light.masked }
  }

  /// The bar's left out.
  fileprivate var grids: [(box: Box, colors: [UInt32], columns: Int)] {
    marks.compactMap { mark in
      if case .grid(let box, let colors, let columns) = mark, columns > 1 { (box, colors, columns) } else { nil }
    }
  }
}
