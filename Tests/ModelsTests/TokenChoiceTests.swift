import Testing

@testable import Models

/// What a target begins with, and what is not chosen after that.
@Suite struct TokenChoiceTests {
  /// A language among two, then a token that every target has.
  private func model(_ change: (inout TransformerConfiguration) -> Void = { _ in }) throws -> Transformer {
    try RandomTransformer.model(.encoderDecoder) {
      $0.beginTokens = [[7, 9], [11]]
      change(&$0)
    }
  }

  @Test func theBestOfAListAndGivenTokens() throws {
    var free = RandomTransformer.session(try RandomTransformer.model(.encoderDecoder))
    free.step()
    var session = RandomTransformer.session(try model())
    session.jump(to: 4)
    let steps = session.trace.steps
    let start = try #require(try model().begin(RandomTransformer.source).state)
    let next = NextTokens(start.step(1).logits)
    #expect(steps[0].token.id == (next.logit(of: 7) >= next.logit(of: 9) ? 7 : 9))
    #expect(steps[0].candidates == free.trace.steps[0].candidates, "they keep their probability")
    #expect(steps[1].token.id == 11)
    #expect(steps.map(\.isForced) == [false, true, false, false])
  }

  @Test func suppressedOnceAfterTheBeginning() throws {
    var free = RandomTransformer.session(try model())
    free.jump(to: 3)
    let third = free.trace.steps[2].token.id
    var bound = RandomTransformer.session(try model { $0.beginSuppressedTokens = [third] })
    bound.jump(to: 3)
    #expect(bound.trace.steps[2].token == free.trace.steps[2].candidates[1].token)
    #expect(try model { $0.beginSuppressedTokens = [third] }.choice(at: 3) == TokenChoice())
  }

  @Test func aBatchAndABeamBeginAlike() throws {
    let model = try model { $0.beginSuppressedTokens = [4] }
    let sources = [RandomTransformer.source, [5, 2], [1]]
    for (source, ids) in zip(sources, try model.translate(sources, maximumLength: 9)) {
      var session = RandomTransformer.session(model, source: source, limit: 9)
      session.run()
      #expect(session.trace.steps.map(\.token.id).filter { $0 != model.endID } == ids)
      #expect(model.translate(source, maximumLength: 9, try BeamSearch(width: 1)) == ids)
      var beam = RandomTransformer.session(model, source: source, limit: 9)
      beam.search(try BeamSearch(width: 3))
      #expect(beam.trace.steps.prefix(2).map(\.token.id) == Array(ids.prefix(2)))
    }
  }

  @Test func anInterventionGoesFirst() throws {
    var session = RandomTransformer.session(try model())
    try session.force(5)
    #expect(session.trace.steps[0].token.id == 5)
  }

  @Test func whatNoVocabularyHasIsRefused() {
    for wrong in [[[23]], [[-1]], [[]]] {
      #expect(RandomTransformer.configuration(.encoderDecoder) { $0.beginTokens = wrong }.problem != nil)
    }
    #expect(RandomTransformer.configuration(.encoderDecoder) { $0.beginSuppressedTokens = [23] }.problem != nil)
  }
}
