import Foundation
import Tensors
import Testing
import Traces

@testable import Models

/// Sessions over a small model of random weights.
@Suite struct DecodingSessionTests {
  /// The end token is made unlikely, so that there is something to step through.
  private func session(
    _ mechanism: Seq2SeqConfiguration.Mechanism = .additive, limit: Int = 12, suppressing suppressed: [Int] = []
  ) throws -> DecodingSession {
    try .random(mechanism, limit: limit, suppressing: suppressed)
  }

  @Test(arguments: Seq2SeqConfiguration.Mechanism.allCases)
  func stepsRecordWhatTheyDid(_ mechanism: Seq2SeqConfiguration.Mechanism) throws {
    var session = try session(mechanism)
    session.run()
    #expect(session.isEnded && !session.trace.steps.isEmpty)
    for step in session.trace.steps {
      #expect(step.token == step.candidates[0].token && step.probability == step.candidates[0].probability)
      #expect(zip(step.candidates, step.candidates.dropFirst()).allSatisfy { $0.probability >= $1.probability })
      #expect(step.entropy > 0 && step.entropy <= log2(23) + 1e-4)
      guard mechanism != .none else {
        #expect(step.cross == nil)
        continue
      }
      let row = try #require(step.cross)
      #expect(row.columns == 4 && abs(row.weights.reduce(0, +) - 1) < 1e-5)
      #expect(Tensor([1, 4], row.scores).softmax() == Tensor([1, 4], row.weights))
    }
  }

  @Test func goingBackAndOnGivesTheSame() throws {
    var session = try session()
    session.run()
    let whole = session.trace
    #expect(whole.steps.count == 12)
    for count in [3, 0, 5, whole.steps.count, 1, 99] {
      session.jump(to: count)
      #expect(session.trace.steps == Array(whole.steps.prefix(count)))
    }
    session.back()
    session.step()
    #expect(session.trace == whole)
    session.step()
    #expect(session.trace == whole, "nothing follows the end")
  }

  @Test func forksGoTheirOwnWay() throws {
    var session = try session()
    session.step()
    var fork = session
    let other = session.trace.steps[0].candidates[1].token.id
    fork.back()
    try fork.force(other)
    #expect(fork.trace.steps[0].isForced && fork.trace.steps[0].token.id == other)
    #expect(fork.trace.steps[0].probability == session.trace.steps[0].candidates[1].probability)
    #expect(session.trace.steps[0].token.id != other && !session.trace.steps[0].isForced)
    fork.step()
    session.step()
    #expect(fork.trace.steps[1] != session.trace.steps[1])
  }

  @Test func forcingGreedyChoicesChangesNothingElse() throws {
    var (greedy, forced) = (try session(), try session())
    greedy.run()
    for step in greedy.trace.steps { try forced.force(step.token.id) }
    for (a, b) in zip(greedy.trace.steps, forced.trace.steps) {
      #expect(a.cross == b.cross && a.probability == b.probability && b.isForced)
    }
    #expect(forced.trace.ending == greedy.trace.ending)
  }

  @Test func theEndAndTheBoundAreTold() throws {
    var session = try session(limit: 3)
    session.run()
    #expect(session.trace.steps.count == 3 && session.trace.ending == .lengthLimit)
    #expect(throws: ModelError.self) { try session.force(5) }
    session.back()
    #expect(session.trace.ending == .open)
    try session.force(2)
    #expect(session.trace.ending == .endToken)
    session.back()
    #expect(throws: ModelError.self) { try session.force(23) }
    #expect(throws: ModelError.self) { try session.force(-1) }
  }

  @Test func suppressedTokensKeepTheirProbabilityButAreNotChosen() throws {
    var free = try session()
    free.step()
    let first = free.trace.steps[0].token.id
    var bound = try session(suppressing: [first])
    bound.step()
    #expect(bound.trace.steps[0].candidates == free.trace.steps[0].candidates)
    #expect(bound.trace.steps[0].token == free.trace.steps[0].candidates[1].token)
    bound.back()
    try bound.force(first)
    #expect(bound.trace.steps[0].token.id == first)
  }

  @Test func theBestAreFoundInOrder() {
    let next = NextTokens(Tensor([5], [0, 2, 1, 2, -1]))
    #expect(next.best(3) == [1, 3, 2])
    #expect(next.best(9) == [1, 3, 2, 0, 4])
    #expect(NextTokens(Tensor([4], [0, 0, 0, 0])).entropy == 2)
  }
}
