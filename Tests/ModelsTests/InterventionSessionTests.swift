import Tensors
import Testing
import Traces

@testable import Models

/// Lists of interventions over a session: what is decoded anew, what is refused, what is compared.
@Suite struct InterventionSessionTests {
  private static func head(_ site: Site, _ layer: Int, _ head: Int) -> HeadAddress {
    HeadAddress(site: site, layer: layer, head: head)
  }

  private static let lists: [[Intervention]] = [
    [], [.force(token: 7, step: 5)], [.force(token: 7, step: 5), .hide(3)], [.hide(3)],
    [.hide(3), .silence(head(.cross, 0, 0))], [.silence(head(.cross, 0, 0)), .hide(3)],
    [.setRow(head: head(.cross, 0, 0), row: 4, .uniform)],
    [.setRow(head: head(.cross, 0, 0), row: 4, .column(1)), .temperature(2, site: nil)],
    [.temperature(2, site: .cross)], [.target([4, 8, 15])], [.target([4, 8, 16]), .force(token: 9, step: 6)], [],
  ]
  private static let transformerLists: [[Intervention]] =
    lists + [
      [.silence(head(.encoder, 1, 2))],
      [.silence(head(.decoder, 1, 2)), .setRow(head: head(.decoder, 2, 0), row: 6, .column(0))],
      [.setRow(head: head(.encoder, 0, 1), row: 3, .uniform)], [.silenceOthers(head(.cross, 1, 1))], [],
    ]
  private static let promptLists: [[Intervention]] = [
    [.hide(3)], [.setRow(head: head(.decoder, 1, 1), row: 2, .column(0))],
    [.setRow(head: head(.decoder, 1, 1), row: 22, .uniform)], [.silence(head(.decoder, 0, 0))],
    [.temperature(0.5, site: .decoder), .force(token: 5, step: 3)], [],
  ]

  /// Changed step by step, a session is what it is when it begins with the last list.
  private func expectSameAsFresh(_ start: DecodingSession, _ lists: [[Intervention]]) throws {
    var session = start
    session.run()
    for (number, list) in lists.enumerated() {
      try session.intervene(list)
      if number.isMultiple(of: 3) { session.jump(to: 7) } else { session.run() }
      var fresh = start
      try fresh.intervene(list)
      fresh.jump(to: session.trace.steps.count)
      #expect(session.trace == fresh.trace, "\(list)")
      #expect(session.trace.interventions == list)
    }
  }

  @Test func changingTheListIsBeginningWithIt() throws {
    try expectSameAsFresh(.random(), Self.lists)
    try expectSameAsFresh(
      RandomTransformer.session(try RandomTransformer.model(.encoderDecoder)), Self.transformerLists)
    try expectSameAsFresh(RandomTransformer.session(try RandomTransformer.model(.decoderOnly)), Self.promptLists)
  }

  @Test(arguments: [
    ([Intervention.force(token: 7, step: 5)], 5, false),
    ([.setRow(head: head(.cross, 0, 0), row: 4, .uniform)], 4, false),
    ([.setRow(head: head(.cross, 0, 0), row: 9, .uniform), .force(token: 7, step: 8)], 8, false),
    ([.setRow(head: head(.decoder, 0, 0), row: 3, .column(0))], 3, false), ([.target([7, 2])], 0, false),
    ([.silence(head(.decoder, 0, 0))], 0, false), ([.temperature(2, site: .cross)], 0, false),
    ([.hide(3)], 0, true), ([.silence(head(.encoder, 0, 0))], 0, true), ([.temperature(2, site: nil)], 0, true),
    ([.setRow(head: head(.encoder, 0, 0), row: 3, .uniform)], 0, true), ([.force(token: 7, step: 40)], 24, false),
  ])
  func earlierStatesAreKept(_ list: [Intervention], _ kept: Int, _ reads: Bool) throws {
    let counter = Counter(try RandomTransformer.model(.encoderDecoder))
    let source = RandomTransformer.source
    var session = DecodingSession(
      model: counter, vocabulary: NumberVocabulary(size: 23), source: source,
      trace: RandomTransformer.session(try RandomTransformer.model(.encoderDecoder)).trace)
    session.run()
    #expect(counter.calls.readings == 1 && counter.calls.steps == 24)
    let before = session.trace
    try session.intervene(list)
    #expect(session.trace.steps == Array(before.steps.prefix(kept)))
    session.run()
    #expect(counter.calls.readings == (reads ? 2 : 1))
    #expect(counter.calls.steps == 24 + session.trace.steps.count - kept)
    // Undoing takes back no more.
    try session.intervene([])
    #expect(session.trace.steps == Array(before.steps.prefix(min(kept, session.trace.steps.count))))
    session.run()
    #expect(session.trace == before)
  }

  @Test(arguments: [
    (Intervention.hide(4), "hide 4: the source has 4 tokens, counted from 0"),
    (.hide(-1), "hide -1: the source has 4 tokens, counted from 0"),
    (.silence(head(.cross, 0, 1)), "silence L0H1@cross: there is no such head: cross attention goes to L0H0"),
    (.silence(head(.cross, -1, 0)), "silence L-1H0@cross: there is no such head: cross attention goes to L0H0"),
    (.silenceOthers(head(.encoder, 0, 0)), "silence-others L0H0@encoder: this model has no encoder attention"),
    (.temperature(2, site: .decoder), "temperature 2.0@decoder: this model has no decoder attention"),
    (.temperature(0, site: nil), "temperature 0.0: a temperature is a number from 0.001 to 1000"),
    (.temperature(.nan, site: nil), "temperature nan: a temperature is a number from 0.001 to 1000"),
    (.force(token: 23, step: 0), "force 0=#23: token id 23 is outside the target vocabulary of 23"),
    (.force(token: 3, step: -1), "force -1=#3: steps count from 0"),
    (.target([4, 2, 4]), "target #4,#2,#4: nothing can follow the end token 2; give it last"),
    (.target([4, -1]), "target #4,#-1: token id -1 is outside the target vocabulary of 23"),
    (
      .setRow(head: head(.cross, 0, 0), row: 2, .column(4)),
      "set-row L0H0@cross:2=4: there is no column 4: row 2 has 4, counted from 0"
    ),
    (
      .setRow(head: head(.cross, 0, 0), row: 2, .weights([1, 1])),
      "set-row L0H0@cross:2=[1.0,1.0]: 2 weights for row 2, which has 4 columns"
    ),
    (
      .setRow(head: head(.cross, 0, 0), row: 2, .weights([0, 0, 0, 0])),
      "set-row L0H0@cross:2=[0.0,0.0,0.0,0.0]: weights are numbers from 0 with a sum above 0"
    ),
    (.setRow(head: head(.cross, 0, 0), row: -1, .uniform), "set-row L0H0@cross:-1=uniform: rows count from 0"),
  ])
  func whatTheModelLacksIsRefused(_ intervention: Intervention, _ message: String) throws {
    var session = try DecodingSession.random()
    session.run()
    let before = session.trace
    #expect(throws: ModelError(message)) { try session.intervene([.hide(0), intervention]) }
    #expect(session.trace == before)
  }

  @Test func whatContradictsItselfIsRefused() throws {
    var session = try DecodingSession.random()
    #expect(throws: ModelError("every source token is hidden; leave one to look at")) {
      try session.intervene((0..<4).map(Intervention.hide))
    }
    let column = Intervention.setRow(head: Self.head(.cross, 0, 0), row: 2, .column(1))
    let message = "row 2 of L0H0@cross is set to look at a source token that is hidden"
    #expect(throws: ModelError(message)) { try session.intervene([column, .hide(1)]) }
    var without = try DecodingSession.random(.none)
    for intervention in [Intervention.hide(0), .temperature(2, site: nil)] {
      #expect(throws: ModelError("\(intervention): this model has no attention")) {
        try without.intervene([intervention])
      }
    }
    try without.intervene([.force(token: 5, step: 0)])
  }

  @Test func aDifferenceComparesTheTokensBeforeUnderTheChange() throws {
    let start = try DecodingSession.random()
    var (before, after) = (start, start)
    before.run()
    let changes: [Intervention] = [.silence(Self.head(.cross, 0, 0)), .force(token: 11, step: 2)]
    try after.intervene(changes)
    after.run()
    let difference = try after.difference(from: before)
    #expect(difference.before == before.trace && difference.after == after.trace)

    var forced = start
    try forced.intervene([changes[0]])
    for step in before.trace.steps { try forced.force(step.token.id) }
    #expect(difference.logProbabilities == forced.trace.steps.map(\.logProbability))
    #expect(difference.changedSteps.contains(2) && difference.totalDrop > 0)
    let none = try before.difference(from: before)
    #expect(none.totalDrop == 0 && none.changedSteps.isEmpty)
  }
}

/// A model that counts what is asked of it.
private struct Counter: SequenceModel {
  final class Calls {
    var readings = 0
    var steps = 0
  }

  let model: Transformer
  let calls = Calls()
  init(_ model: Transformer) { self.model = model }

  var attention: [AttentionLayout] { model.attention }
  var endID: Int { model.endID }
  func begin(_ source: [Int], edits: TapEdits) -> SequenceStart {
    calls.readings += 1
    var start = model.begin(source, edits: edits)
    start.state = start.state.map { State(state: $0, calls: calls) }
    return start
  }

  private struct State: SequenceState {
    let state: any SequenceState
    let calls: Calls
    func step(_ token: Int, edits: TapEdits) -> SequenceStep {
      calls.steps += 1
      var step = state.step(token, edits: edits)
      step.next = State(state: step.next, calls: calls)
      return step
    }
  }
}
