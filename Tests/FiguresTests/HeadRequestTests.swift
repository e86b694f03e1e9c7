import Testing
import Traces

@testable import Figures

@Suite struct HeadRequestTests {
  @Test(arguments: [
    (HeadRequest(), FigureSelection.one(.mean(site: .cross, layer: nil))),
    (HeadRequest(site: .encoder), .one(.mean(site: .encoder, layer: nil))),
    (HeadRequest(layer: 1), .one(.mean(site: .cross, layer: 1))),
    (HeadRequest(layer: 1, arrangement: .mean), .one(.mean(site: .cross, layer: 1))),
    (HeadRequest(site: .decoder, layer: 0, head: 1), .one(.head(HeadAddress(site: .decoder, layer: 0, head: 1)))),
    (HeadRequest(arrangement: .grid), .grid(.cross, layer: nil)),
    (HeadRequest(site: .encoder, layer: 0, arrangement: .grid), .grid(.encoder, layer: 0)),
  ])
  func whatIsNotAskedForIsChosen(request: HeadRequest, selection: FigureSelection) throws {
    #expect(try request.selection(in: Example.transformer()) == selection)
  }

  @Test func theOnlyHeadIsShownAsItIs() throws {
    let only = FigureSelection.one(.head(HeadAddress(site: .cross, layer: 0, head: 0)))
    #expect(try HeadRequest().selection(in: Example.small()) == only)
    #expect(try HeadRequest(head: 0).selection(in: Example.small()) == only)
  }

  @Test(arguments: [
    (HeadRequest(layer: 2), "there is no layer 2; cross attention has layers 0 to 1"),
    (HeadRequest(layer: -1), "there is no layer -1; cross attention has layers 0 to 1"),
    (HeadRequest(site: .encoder, layer: 0, head: 9), "there is no head 9; encoder attention has heads 0 to 1"),
    (HeadRequest(head: 1), "head 1 of which layer? there are layers 0 to 1"),
  ])
  func whatIsMissingIsNamed(request: HeadRequest, message: String) {
    let error = #expect(throws: FigureError.self) { try request.selection(in: Example.transformer()) }
    #expect(error?.description == message)
  }

  @Test func aMissingSiteNamesTheOthers() {
    let error = #expect(throws: FigureError.self) { try HeadRequest(site: .encoder).selection(in: Example.small()) }
    #expect(error?.description == "there is no encoder attention; choose from: cross")
    let layer = #expect(throws: FigureError.self) { try HeadRequest(layer: 1).selection(in: Example.small()) }
    #expect(layer?.description == "there is no layer 1; cross attention has only layer 0")
  }
}

@Suite struct ColorScaleTests {
  private func ticks(_ scale: WeightScale, upTo largest: Float) -> [String] {
    ColorScale(palette: .viridis, scale: scale, weights: [0, largest]).ticks.map {
      "\($0.label)@\(Int(($0.position * 100).rounded()))"
    }
  }

  @Test func ticksAreRoundNumbers() {
    #expect(ticks(.full, upTo: 0.3) == ["0@0", "0.2@20", "0.4@40", "0.6@60", "0.8@80", "1@100"])
    #expect(ticks(.maximum, upTo: 0.3) == ["0@0", "0.1@33", "0.2@67", "0.3@100"])
    #expect(ticks(.maximum, upTo: 0.037) == ["0@0", "0.01@27", "0.02@54", "0.03@81"])
    #expect(ticks(.logarithmic, upTo: 0.3) == ["≤ 0.001@0", "0.01@33", "0.1@67", "1@100"])
  }

  @Test func positionsFollowTheScale() {
    let weights: [Float] = [0, 0.1, 0.5, .nan]
    let full = ColorScale(palette: .grey, scale: .full, weights: weights)
    #expect(weights.map(full.color(of:)) == [0x000000, 0x191919, 0x808080, 0xFF00FF])
    let maximum = ColorScale(palette: .grey, scale: .maximum, weights: weights)
    #expect(maximum.largest == 0.5 && maximum.color(of: 0.5) == 0xFFFFFF && maximum.position(of: 0.1) == 0.2)
    let logarithmic = ColorScale(palette: .grey, scale: .logarithmic, weights: weights)
    #expect(abs(logarithmic.position(of: 0.1) - 2.0 / 3) < 1e-6)
    #expect([0, 1e-9, 0.001].map(logarithmic.color(of:)) == [0, 0, 0])
  }

  @Test func weightsThatAreAllZeroHaveAScaleToo() {
    #expect(ticks(.maximum, upTo: 0) == ticks(.full, upTo: 0))
  }
}
