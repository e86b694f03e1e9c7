import Foundation
import Models
import Testing
import Traces

@testable import Engine

/// An engine and its answers in order.
struct Subject {
  let engine: Engine
  private var answers: AsyncStream<(Engine.Answer, Int)>.Iterator

  init(longestTarget: Int? = nil) {
    let (stream, continuation) = AsyncStream.makeStream(of: (Engine.Answer, Int).self)
    answers = stream.makeAsyncIterator()
    engine = Engine(longestTarget: longestTarget) { continuation.yield(($0, $1)) }
  }

  mutating func next() async throws -> (answer: Engine.Answer, generation: Int) {
    let next = try #require(await answers.next())
    return (next.0, next.1)
  }

  mutating func ask(_ request: Engine.Request, generation: Int = 1) async throws -> Engine.Answer {
    engine.submit(request, generation: generation)
    let next = try await next()
    #expect(next.generation == generation)
    return next.answer
  }

  /// The trace that the request is answered with.
  mutating func trace(_ request: Engine.Request) async throws -> AttentionTrace {
    guard case .traced(let trace) = try await ask(request) else {
      throw EngineError("\(request) was not answered with a trace")
    }
    return trace
  }
}

@Suite struct EngineTests {
  /// What a session says without an engine around it.
  private func expected(_ model: RandomModel, steps: Int) throws -> AttentionTrace {
    var session = try ModelFolder(path: model.path).session("the apple")
    session.jump(to: steps)
    return session.trace
  }

  @Test func aModelIsOpenedAndSteppedThrough() async throws {
    let model = try RandomModel(example: "the green apple")
    var subject = Subject()
    let opened = try await subject.ask(.open(path: model.path))
    let description = AttentionTrace.Model(
      name: "random", path: model.path, architecture: "heed-seq2seq", summary: "additive · GRU 6")
    #expect(
      opened
        == .opened(
          Engine.OpenedModel(
            model: description, attention: [AttentionLayout(site: .cross, layers: 1, heads: 1)],
            example: "the green apple")))

    #expect(try await subject.trace(.decode("the apple")) == expected(model, steps: 0))
    #expect(try await subject.trace(.step) == expected(model, steps: 1))
    #expect(try await subject.trace(.step) == expected(model, steps: 2))
    #expect(try await subject.trace(.jump(to: 1)) == expected(model, steps: 1))
    #expect(try await subject.trace(.jump(to: 100)) == expected(model, steps: 100))
    let forced = try await subject.trace(.force(token: 5, at: 1))
    #expect(forced.steps.map(\.isForced) == [false, true])
    #expect(forced.steps[1].token.id == 5)
  }

  @Test func everyRequestIsAnsweredOnceInOrderUnderItsGeneration() async throws {
    let model = try RandomModel()
    var subject = Subject()
    let requests: [Engine.Request] = [
      .open(path: model.path), .decode("the apple"), .step, .cancel, .step, .jump(to: 0), .cancel, .decode("good"),
    ]
    for (generation, request) in requests.enumerated() { subject.engine.submit(request, generation: generation) }
    for generation in requests.indices {
      let next = try await subject.next()
      #expect(next.generation == generation)
      if case .failed(let reason) = next.answer { Issue.record("\(requests[generation]): \(reason)") }
    }
  }

  @Test func whatWasAskedBeforeACancelDecodesNothing() async throws {
    let model = try RandomModel()
    var subject = Subject()
    _ = try await subject.ask(.open(path: model.path))
    _ = try await subject.ask(.decode("the apple"))
    // Held up behind another opening, so that the cancel is certain to come first.
    for request in [Engine.Request.open(path: model.path), .decode("the apple"), .jump(to: 5), .step, .cancel] {
      subject.engine.submit(request, generation: 2)
    }
    var traces: [AttentionTrace] = []
    for _ in 0..<5 {
      if case .traced(let trace) = try await subject.next().answer { traces.append(trace) }
    }
    #expect(traces.count == 4)
    #expect(traces.last?.steps.count ?? 0 < 7)
    #expect(try await subject.trace(.jump(to: 5)).steps.count == expected(model, steps: 5).steps.count)
  }

  @Test func failuresAreOneLineAndLeaveTheDecodeAsItWas() async throws {
    let model = try RandomModel()
    var subject = Subject(longestTarget: 3)
    #expect(try await subject.ask(.step) == .failed("no sentence has been read"))
    #expect(try await subject.ask(.decode("x")) == .failed("no model is open"))
    guard case .failed(let reason) = try await subject.ask(.open(path: "/none")) else {
      Issue.record("a folder that is not there was opened")
      return
    }
    #expect(reason.hasPrefix("/none: "))
    _ = try await subject.ask(.open(path: model.path))
    #expect(try await subject.ask(.decode(" ")) == .failed("the sentence is empty; give at least one word"))
    let before = try await subject.trace(.decode("the apple"))
    #expect(before.lengthLimit == 3)
    guard case .failed = try await subject.ask(.force(token: 999, at: 0)) else {
      Issue.record("a token outside the vocabulary was produced")
      return
    }
    #expect(try await subject.trace(.jump(to: 0)) == before)
  }

  @Test func anUnknownWordKeepsItsSpelling() async throws {
    let model = try RandomModel()
    var subject = Subject()
    _ = try await subject.ask(.open(path: model.path))
    let trace = try await subject.trace(.decode("the Zorglub"))
    #expect(trace.source.map(\.kind) == [.word, .unknown, .special])
    #expect(trace.source[1].surface == "Zorglub")
  }
}
