import Models
import Testing
import Traces

@testable import Engine

@Suite struct EngineInterventionTests {
  private let model: RandomModel
  private let head = HeadAddress(site: .cross, layer: 0, head: 0)

  init() throws { model = try RandomModel() }

  private func opened() async throws -> Subject {
    var subject = Subject()
    _ = try await subject.ask(.open(path: model.path))
    _ = try await subject.ask(.decode("the apple"))
    return subject
  }

  private func session(_ interventions: [Intervention], steps: Int) throws -> DecodingSession {
    var session = try ModelFolder(path: model.path).session("the apple")
    try session.intervene(interventions)
    session.jump(to: steps)
    return session
  }

  @Test func interventionsDecodeAnewAsFarAsTheDecodeHadCome() async throws {
    var subject = try await opened()
    _ = try await subject.ask(.jump(to: 3))
    let hidden = try await subject.trace(.intervene([.hide(1)]))
    #expect(try hidden == session([.hide(1)], steps: 3).trace && hidden.steps.count == 3)
    #expect(hidden.steps.allSatisfy { $0.cross?.weights[1] == 0 })
    let both: [Intervention] = [.hide(1), .force(token: 5, step: 2)]
    #expect(try await subject.trace(.intervene(both)) == session(both, steps: 3).trace)
    #expect(try await subject.trace(.intervene([])) == session([], steps: 3).trace)

    let whole = try await subject.trace(.jump(to: 100))
    #expect(whole.ending != .open)
    let ended = try await subject.trace(.intervene([.silence(head)]))
    #expect(try ended == session([.silence(head)], steps: 100).trace)
  }

  @Test func aWrongInterventionLeavesTheDecodeAsItWas() async throws {
    var subject = try await opened()
    let before = try await subject.trace(.jump(to: 3))
    #expect(
      try await subject.ask(.intervene([.hide(9)]))
        == .failed("hide 9: the source has 3 tokens, counted from 0"))
    #expect(try await subject.trace(.jump(to: 3)) == before)
  }

  @Test func aComparisonHasBothDecodesAndWhatTheTokensLost() async throws {
    var subject = try await opened()
    _ = try await subject.ask(.jump(to: 100))
    for interventions in [[Intervention.silence(head)], [.hide(0), .temperature(3, site: nil)]] {
      _ = try await subject.ask(.intervene(interventions))
      guard case .compared(let difference) = try await subject.ask(.compare(with: [])) else {
        Issue.record("compare was not answered with a comparison")
        return
      }
      let (before, after) = (try session([], steps: 100), try session(interventions, steps: 100))
      #expect(difference == (try after.difference(from: before)))
      #expect(difference.before == before.trace && difference.after == after.trace)
      #expect(difference.totalDrop != 0)
    }
    // Comparing has changed nothing.
    #expect(try await subject.trace(.intervene([])) == session([], steps: 100).trace)
  }

  @Test func aSearchEndsWithItsTreeAndACancelledOneChangesNothing() async throws {
    var subject = try await opened()
    let search = try BeamSearch(width: 3, lengthPenalty: 0.6)
    var expected = try session([], steps: 0)
    expected.search(search)
    #expect(try await subject.trace(.search(search)) == expected.trace && expected.trace.beam != nil)

    _ = try await subject.ask(.jump(to: 0))
    for request in [Engine.Request.search(search), .cancel] { subject.engine.submit(request, generation: 3) }
    // Whether it was cancelled in time or not, it was never left half done.
    let untouched = try session([], steps: 0).trace
    for _ in 0..<2 {
      guard case .traced(let trace) = try await subject.next().answer else {
        Issue.record("no trace")
        return
      }
      #expect(trace == untouched || trace == expected.trace)
    }
  }

  @Test func theVocabularyIsAskedForTokens() async throws {
    var subject = try await opened()
    let folder = try ModelFolder(path: model.path)
    let pomme = try folder.targetID(of: "pomme")
    guard case .tokens(let found, .beginning("PO")) = try await subject.ask(.tokens(.beginning("PO"))) else {
      Issue.record("tokens was not answered with tokens")
      return
    }
    #expect(found.map(\.id) == [pomme] && found.map(\.surface) == ["pomme"])
    #expect(try await subject.ask(.tokens(.beginning("zzz"))) == .tokens([], .beginning("zzz")))
    let named = try await subject.ask(.tokens(.named("pomme")))
    #expect(named == .tokens([folder.targetToken(pomme)], .named("pomme")))
    guard case .failed = try await subject.ask(.tokens(.named("zzz"))) else {
      Issue.record("a word that is no token was found")
      return
    }
    let ids = try folder.targetIDs("la pomme")
    let target = try await subject.ask(.tokens(.target("la pomme")))
    #expect(target == .tokens(ids.map { folder.targetToken($0) }, .target("la pomme")))
  }

  @Test func aRowIsWorkedThroughUnderTheInterventions() async throws {
    var subject = try await opened()
    _ = try await subject.ask(.jump(to: 3))
    _ = try await subject.ask(.intervene([.temperature(0.5, site: nil)]))
    let expected = try session([.temperature(0.5, site: nil)], steps: 3).working(at: head, row: 1)
    #expect(try await subject.ask(.work(head, row: 1)) == .working(expected))
    guard case .failed = try await subject.ask(.work(head, row: 3)) else {
      Issue.record("a row that there is not was worked through")
      return
    }
  }

  @Test func aQuestionThatALaterRequestHasOvertakenIsGivenUp() async throws {
    var subject = try await opened()
    _ = try await subject.ask(.jump(to: 3))
    // Held up behind another opening, so that the later requests are certain to come first.
    let requests: [Engine.Request] = [
      .open(path: model.path), .decode("the apple"), .work(head, row: 0), .tokens(.beginning("p")), .compare(with: []),
      .tokens(.beginning("po")), .step,
    ]
    for request in requests { subject.engine.submit(request, generation: 4) }
    var overtaken = 0
    for _ in requests { if case .overtaken = try await subject.next().answer { overtaken += 1 } }
    #expect(overtaken == 4)
  }

  @Test func aSearchFromTheStartLeavesNothingHalfDone() async throws {
    var subject = try await opened()
    let search = try BeamSearch(width: 3, lengthPenalty: 0.6)
    _ = try await subject.ask(.jump(to: 2))
    var expected = try session([], steps: 0)
    expected.search(search)
    #expect(try await subject.trace(.search(search, from: 0)) == expected.trace)
  }
}
