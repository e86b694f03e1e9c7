import Layers
import Tensors
import Testing
import Traces

@testable import Models

/// A row worked through: its numbers are those of the trace, and lead from one to the next as the formulas say.
@Suite struct WorkingTests {
  private static func head(_ site: Site, _ layer: Int, _ head: Int) -> HeadAddress {
    HeadAddress(site: site, layer: layer, head: head)
  }

  private func check(_ session: DecodingSession, _ head: HeadAddress, row: Int) throws {
    let working = try session.working(at: head, row: row)
    let matrix = try #require(session.trace.matrix(.head(head)))
    let start = row * matrix.columns
    let columns = working.scores.count
    #expect(working.weights == Array(matrix.weights[start..<start + columns]))
    #expect(working.scores == Array(try #require(matrix.scores)[start..<start + columns]))
    #expect(working.keys.count == columns && working.values.count == columns)
    #expect(working.keys.allSatisfy { $0.count == working.query.count })
    for column in 0..<columns where working.modelScores[column].isFinite {
      // Sums of products in another order: to single precision of the score's size.
      let (score, comparison) = (working.modelScores[column], working.comparison(column))
      #expect(abs(comparison - score) < 1e-5 * max(1, abs(score)), "\(head) row \(row) column \(column)")
      #expect(working.bias(column) == nil)
      if working.scores[column].isFinite { #expect(working.scores[column] == score / working.temperature) }
    }
    for column in 0..<columns { #expect(abs(working.quotients[column] - working.modelWeights[column]) < 1e-5) }
    guard !working.isRowSet else { return }
    for index in working.context.indices {
      #expect(abs(working.contextTerms(index).reduce(0, +) - working.context[index]) < 1e-4)
    }
  }

  @Test(arguments: [Seq2SeqConfiguration.Mechanism.additive, .dot, .general, .concat])
  func recurrentMechanisms(_ mechanism: Seq2SeqConfiguration.Mechanism) throws {
    for interventions in [[], [Intervention.temperature(0.5, site: nil), .hide(1)]] {
      var session = try DecodingSession.random(mechanism)
      try session.intervene(interventions)
      session.jump(to: 3)
      for row in 0..<3 { try check(session, Self.head(.cross, 0, 0), row: row) }
      let working = try session.working(at: Self.head(.cross, 0, 0), row: 2)
      #expect(working.temperature == (interventions.isEmpty ? 1 : 0.5))
      #expect((working.scores[1] == -.infinity) == !interventions.isEmpty && working.modelScores[1].isFinite)
    }
  }

  @Test func everyHeadOfATransformer() throws {
    var session = RandomTransformer.session(try RandomTransformer.model(.encoderDecoder))
    try session.intervene([.temperature(2, site: .decoder), .hide(3)])
    session.jump(to: 4)
    for head in [Self.head(.cross, 2, 3), Self.head(.cross, 0, 0), Self.head(.decoder, 1, 2)] {
      for row in [0, 3] { try check(session, head, row: row) }
    }
    for row in [0, 19] { try check(session, Self.head(.encoder, 1, 1), row: row) }
  }

  @Test func aLanguageModelsPromptIsMaskedAheadOfItself() throws {
    var session = RandomTransformer.session(try RandomTransformer.model(.decoderOnly))
    session.jump(to: 3)
    let rows = try #require(session.trace.prompt?.rows)
    for row in [0, rows - 1, rows + 2] { try check(session, Self.head(.decoder, 1, 1), row: row) }
    let working = try session.working(at: Self.head(.decoder, 1, 1), row: 2)
    #expect(working.modelScores[3...].allSatisfy { $0 == -.infinity } && working.exponentials[3] == 0)
  }

  @Test func whatIsChangedByHandStandsBesideTheModelsOwn() throws {
    var session = try DecodingSession.random()
    session.jump(to: 3)
    let own = try session.working(at: Self.head(.cross, 0, 0), row: 1)
    let silenced = Self.head(.cross, 0, 0)
    try session.intervene([.setRow(head: silenced, row: 1, .column(2)), .silence(silenced), .target([4, 8, 15])])
    session.jump(to: 3)
    var plain = try DecodingSession.random()
    try plain.intervene([.target([4, 8, 15]), .silence(silenced)])
    plain.jump(to: 3)
    let changed = try session.working(at: silenced, row: 1)
    let alone = try plain.working(at: silenced, row: 1)
    #expect(changed.isRowSet && changed.isSilenced && !own.isRowSet && !own.isSilenced)
    #expect(changed.weights == [0, 0, 1, 0] && changed.modelWeights == alone.weights)
    #expect(changed.context == changed.values[2] && alone.context != changed.context)
  }

  @Test func localAttentionSaysWhatItsWindowDoes() throws {
    var c = Seq2SeqConfiguration()
    (c.attention, c.attentionSpan) = (.general, .localPredictive)
    (c.sourceEmbeddingSize, c.targetEmbeddingSize, c.encoderUnits, c.decoderUnits) = (5, 6, 7, 7)
    (c.sourceVocabularySize, c.targetVocabularySize) = (20, 23)
    let model = try Seq2Seq(c, parameters: Seq2Seq.initialParameters(c, seed: 5))
    var session = DecodingSession.random(model, source: [5, 9, 13, 7, 2], limit: 12)
    session.jump(to: 2)
    let working = try session.working(at: Self.head(.cross, 0, 0), row: 1)
    let factors = try #require(working.windowFactors)
    for (column, factor) in factors.enumerated() {
      #expect(abs(working.quotients[column] * factor - working.modelWeights[column]) < 1e-6)
    }
  }

  @Test func workingThroughChangesNothing() throws {
    var session = RandomTransformer.session(try RandomTransformer.model(.encoderDecoder))
    session.jump(to: 3)
    let trace = session.trace
    for site in [Site.cross, .encoder, .decoder] { _ = try session.working(at: Self.head(site, 0, 0), row: 1) }
    #expect(session.trace == trace)
    var other = RandomTransformer.session(try RandomTransformer.model(.encoderDecoder))
    other.jump(to: 6)
    session.jump(to: 6)
    #expect(session.trace == other.trace)
  }

  @Test func whatThereIsNotIsSaid() throws {
    var session = try DecodingSession.random()
    session.jump(to: 2)
    for (head, row) in [(Self.head(.cross, 0, 0), 2), (Self.head(.cross, 0, 1), 0), (Self.head(.encoder, 0, 0), 0)] {
      #expect(throws: ModelError.self) { try session.working(at: head, row: row) }
    }
    #expect(throws: ModelError.self) { try session.working(at: Self.head(.cross, 0, 0), row: -1) }
  }
}
