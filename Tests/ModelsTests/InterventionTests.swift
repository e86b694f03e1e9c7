import Foundation
import GoldenFixtures
import Layers
import Tensors
import Testing
import Traces

@testable import Models

private let recurrentHead = HeadAddress(site: .cross, layer: 0, head: 0)

/// A session under interventions, decoded to the end.
private func decoded(_ session: DecodingSession, _ interventions: [Intervention]) throws -> AttentionTrace {
  var session = session
  try session.intervene(interventions)
  session.run()
  return session.trace
}

/// What each intervention does to a model, measured against another way to the same thing.
@Suite struct InterventionTests {
  private func recurrent(
    _ mechanism: Seq2SeqConfiguration.Mechanism = .additive, _ edit: (inout ParameterSet) -> Void = { _ in }
  ) throws -> DecodingSession {
    .random(try Seq2Seq.random(mechanism, parameters: edit), source: [5, 9, 13, 2], limit: 12)
  }

  /// The numbers of two decodes, leaving out what each was told to change.
  private func expectSame(_ a: AttentionTrace, _ b: AttentionTrace, tolerance: Float = 1e-5) {
    #expect(a.steps.map(\.token) == b.steps.map(\.token))
    for (x, y) in zip(a.steps, b.steps) { #expect(abs(x.logProbability - y.logProbability) < tolerance) }
  }

  // MARK: Silence

  /// A silent head is one whose part of the context the decoder does not read.
  @Test func aSilentRecurrentHeadIsAContextOfZero() throws {
    let bahdanau = try recurrent { parameters in
      // `[context; embedded token]`, and the encoder's states are 14 wide.
      parameters["decoder.layers.0.kernel"]?.withUnsafeMutableElements { $0.update(repeating: 0, count: 14 * 42) }
    }
    expectSame(try decoded(recurrent(), [.silence(recurrentHead)]), try decoded(bahdanau, []))
    let luong = try recurrent(.general) { parameters in
      // `[context; state]`.
      parameters["attention.combine.kernel"]?.withUnsafeMutableElements { $0.update(repeating: 0, count: 14 * 14) }
    }
    expectSame(try decoded(recurrent(.general), [.silence(recurrentHead)]), try decoded(luong, []))
  }

  /// Where each site's output projection is, `[heads * width, model width]`.
  private static let projections: [(Site, String)] = [
    (.encoder, "encoder.layers.1.attention.output.kernel"), (.decoder, "decoder.layers.1.attention.output.kernel"),
    (.cross, "decoder.layers.1.cross_attention.output.kernel"),
  ]

  @Test(arguments: projections)
  func aSilentHeadIsASliceOfTheOutputProjectionThatIsZero(_ site: Site, _ name: String) throws {
    let zeroed = try RandomTransformer.model(
      .encoderDecoder,
      parameters: {
        // Head 2 of 4, each 4 wide, over 16.
        $0[name]?.withUnsafeMutableElements { ($0 + 8 * 16).update(repeating: 0, count: 4 * 16) }
      })
    let free = RandomTransformer.session(try RandomTransformer.model(.encoderDecoder))
    let silenced = try decoded(free, [.silence(HeadAddress(site: site, layer: 1, head: 2))])
    let expected = try decoded(RandomTransformer.session(zeroed), [])
    expectSame(silenced, expected)
    #expect(silenced.steps.map(\.probability) != (try decoded(free, [])).steps.map(\.probability))
    // Its weights stay as they are.
    let (a, b) = (try #require(silenced.steps[0].cross), try #require(expected.steps[0].cross))
    #expect(zip(a.weights, b.weights).allSatisfy { abs($0 - $1) < 1e-5 })
  }

  @Test func silencingAllOthersIsSilencingEachOfThem() throws {
    let session = RandomTransformer.session(try RandomTransformer.model(.encoderDecoder))
    let kept = HeadAddress(site: .cross, layer: 1, head: 3)
    let others = (0..<3).flatMap { layer in (0..<4).map { HeadAddress(site: .cross, layer: layer, head: $0) } }
      .filter { $0 != kept }
    let (a, b) = (
      try decoded(session, [.silenceOthers(kept)]), try decoded(session, others.map(Intervention.silence))
    )
    #expect(others.count == 11 && a.steps == b.steps)
  }

  // MARK: Hide

  /// The last token of a source that is hidden everywhere is a source without it.
  @Test func aHiddenTokenIsNotThereForATransformer() throws {
    let model = try RandomTransformer.model(.encoderDecoder)
    let source = RandomTransformer.source
    let hidden = try decoded(RandomTransformer.session(model), [.hide(source.count - 1)])
    let shorter = try decoded(RandomTransformer.session(model, source: source.dropLast()), [])
    expectSame(hidden, shorter)
    let encoder = try #require(hidden.encoder)
    for layer in 0..<2 {
      for head in 0..<4 {
        for row in 0..<source.count { #expect(encoder.weights(layer: layer, head: head, row: row).last == 0) }
      }
    }
  }

  @Test(arguments: [Seq2SeqConfiguration.Mechanism.additive, .dot, .general, .concat])
  func hiddenTokensHaveNoWeightAndTheOthersShareIt(_ mechanism: Seq2SeqConfiguration.Mechanism) throws {
    let (free, hidden) = (
      try decoded(recurrent(mechanism), []), try decoded(recurrent(mechanism), [.hide(1), .hide(3)])
    )
    for step in hidden.steps {
      let row = try #require(step.cross)
      #expect(row.weights[1] == 0 && row.weights[3] == 0)
      #expect(row.scores[1] == -.infinity && row.scores[3] == -.infinity)
      #expect(abs(row.weights.reduce(0, +) - 1) < 1e-6)
    }
    // At the first step the query is still the same.
    let (before, after) = (try #require(free.steps[0].cross), try #require(hidden.steps[0].cross))
    let rest = before.weights[0] + before.weights[2]
    #expect(abs(after.weights[0] - before.weights[0] / rest) < 1e-5)
    #expect(after.scores[0] == before.scores[0])
  }

  @Test func aHiddenTokenOfAPromptIsSeenByItselfAlone() throws {
    let session = RandomTransformer.session(try RandomTransformer.model(.decoderOnly))
    let trace = try decoded(session, [.hide(4), .hide(0)])
    let matrix = try #require(trace.matrix(.head(HeadAddress(site: .decoder, layer: 2, head: 1))))
    #expect(matrix.rows == RandomTransformer.source.count - 1 + 24)
    for row in 0..<matrix.rows {
      for column in [0, 4] { #expect((matrix[row, column] == 0) == (row != column)) }
      #expect(abs(matrix[row: row].reduce(0, +) - 1) < 1e-5)
    }
  }

  // MARK: Rows and temperature

  /// All weight on one column is all other columns hidden.
  @Test func aRowSetToAColumnLooksThereOnly() throws {
    let (set, hidden) = (
      try decoded(recurrent(), [.setRow(head: recurrentHead, row: 0, .column(2))]),
      try decoded(recurrent(), [.hide(0), .hide(1), .hide(3)])
    )
    #expect(set.steps[0].cross?.weights == [0, 0, 1, 0])
    #expect(set.steps[0].candidates == hidden.steps[0].candidates)
    #expect(set.steps[1].cross?.weights != [0, 0, 1, 0], "one step alone is changed")
  }

  @Test func rowsAreSetAsTheySay() throws {
    let free = try decoded(recurrent(), [])
    func row(_ edit: RowEdit, _ more: [Intervention] = []) throws -> [Float] {
      let trace = try decoded(recurrent(), more + [.setRow(head: recurrentHead, row: 1, edit)])
      #expect(trace.steps[0] == free.steps[0] || !more.isEmpty)
      return try #require(trace.steps[1].cross).weights
    }
    let old = try #require(free.steps[1].cross).weights
    #expect(try row(.uniform) == [0.25, 0.25, 0.25, 0.25])
    #expect(try row(.uniform, [.hide(1)]) == [1 / 3, 0, 1 / 3, 1 / 3])
    #expect(try row(.weights([3, 0, 0, 1])) == [0.75, 0, 0, 0.25])
    let cell = try row(.cell(column: 3, weight: 0.5))
    #expect(cell[3] == 0.5 && abs(cell.reduce(0, +) - 1) < 1e-6)
    #expect(abs(cell[0] / cell[1] - old[0] / old[1]) < 1e-3 * old[0] / old[1])
    #expect(try row(.cell(column: 3, weight: 0.25), [.hide(0), .hide(1), .hide(2)]) == [0, 0, 0, 1])
  }

  /// One head's row of one layer, in all three sites: the others of the same layer stay, for they come before.
  @Test func aRowOfOneHeadLeavesItsNeighboursAlone() throws {
    let session = RandomTransformer.session(try RandomTransformer.model(.encoderDecoder))
    let free = try decoded(session, [])
    for (site, layer, row) in [(Site.encoder, 0, 7), (.decoder, 0, 3), (.cross, 0, 3)] {
      let head = HeadAddress(site: site, layer: layer, head: 1)
      let trace = try decoded(session, [.setRow(head: head, row: row, .column(2))])
      for other in 0..<4 {
        let selection = HeadSelection.head(HeadAddress(site: site, layer: layer, head: other))
        let (a, b) = (try #require(trace.matrix(selection)), try #require(free.matrix(selection)))
        let expected = other == 1 ? b[row: row].indices.map { $0 - row * b.columns == 2 ? 1 : 0 } : Array(b[row: row])
        // The decoder's own row lies before the cross-attention that its head changes.
        #expect(Array(a[row: row]) == expected || (site == .cross && other != 1))
      }
      #expect(trace.steps[3].candidates != free.steps[3].candidates)
    }
  }

  @Test func temperatureDividesScoresBeforeTheSoftmax() throws {
    let free = try #require(try decoded(recurrent(), []).steps[0].cross)
    for temperature in [Float(0.25), 0.5, 2, 1000] {
      let row = try #require(try decoded(recurrent(), [.temperature(temperature, site: nil)]).steps[0].cross)
      #expect(row.scores == free.scores.map { $0 / temperature })
      #expect(row.weights == Tensor([1, 4], row.scores).softmax().elements)
    }
    let once = try decoded(recurrent(), [.temperature(0.5, site: .cross), .temperature(1, site: nil)])
    #expect(once.steps == (try decoded(recurrent(), [])).steps, "the last one counts")
  }

  @Test func aTemperatureOfOneSiteLeavesTheOthersAlone() throws {
    let session = RandomTransformer.session(try RandomTransformer.model(.encoderDecoder))
    let (free, sharp) = (try decoded(session, []), try decoded(session, [.temperature(0.5, site: .cross)]))
    #expect(sharp.encoder == free.encoder)
    let layers = [0, 1].map { free.encoder?.weights(layer: $0, head: 0, row: 0) }
    let hot = try decoded(session, [.temperature(0.5, site: .encoder)])
    #expect([0, 1].map { hot.encoder?.weights(layer: $0, head: 0, row: 0) } != layers)
    let (a, b) = (try #require(sharp.steps[0].cross), try #require(free.steps[0].cross))
    #expect(a.scores(layer: 0, head: 0, row: 0).elementsEqual(b.scores(layer: 0, head: 0, row: 0).map { $0 / 0.5 }))
  }

  // MARK: Tokens

  @Test func aTargetIsGivenAndTheModelGoesOn() throws {
    let trace = try decoded(recurrent(), [.target([4, 17]), .force(token: 9, step: 4)])
    #expect(trace.steps.map(\.isForced) == [true, true, false, false, true] + [Bool](repeating: false, count: 7))
    #expect(trace.steps[0].token.id == 4 && trace.steps[1].token.id == 17 && trace.steps[4].token.id == 9)
    let later = try decoded(recurrent(), [.target([4, 17]), .force(token: 8, step: 1)])
    #expect(later.steps[1].token.id == 8, "the last one counts")
    #expect(try decoded(recurrent(), [.target([4, 2])]).ending == .endToken)
  }
}
