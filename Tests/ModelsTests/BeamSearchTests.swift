import Foundation
import GoldenFixtures
import Tensors
import Testing
import Traces

@testable import Models

/// Beam search against Transformers' `generate` and, with the length penalty of Wu et al. 2016, against the search
/// written out in Python; `Tests/Reference/beam.py`.
@Suite struct BeamSearchGoldenTests {
  private struct Golden {
    let test: GoldenModel
    let model: Seq2Seq
    let width: Int
    let limit = 9

    init(_ name: String) throws {
      test = try GoldenModel(name)
      width = try test.golden.integers("in.width")[0][0]
      var configuration = test.configuration
      configuration.suppressedTokens = try test.golden.integers("in.suppressed")[0]
      model = try Seq2Seq(configuration, parameters: test.parameters)
    }

    func session(_ source: [Int]) -> DecodingSession {
      .random(model, source: source, limit: limit)
    }
  }

  /// Sums of nine log-probabilities in `Float`, each near 1e-6 off, divided by at least 1.
  @Test(arguments: ["beam-luong", "beam-bahdanau"], 0..<3)
  func hypothesesAndScores(_ name: String, _ penalty: Int) throws {
    let golden = try Golden(name)
    let alpha = try golden.test.golden.tensor("in.alphas").elements[penalty]
    let search = try BeamSearch(width: golden.width, lengthPenalty: alpha)
    let ids = try golden.test.golden.integers("out.ids.\(penalty)")
    let scores = try golden.test.golden.tensor("out.scores.\(penalty)").elements
    for (number, source) in golden.test.sources.enumerated() {
      var session = golden.session(source)
      session.search(search)
      let tree = try #require(session.trace.beam)
      let found = tree.hypotheses.prefix(golden.width)
      #expect(found.count == golden.width)
      for (rank, hypothesis) in found.enumerated() {
        let row = number * golden.width + rank
        let expected = Array(ids[row].prefix { $0 != 0 })
        #expect(tree.path(to: hypothesis.node).map { tree.nodes[$0].token.id } == expected)
        #expect(abs(hypothesis.score - scores[row]) < 1e-4)
        #expect(hypothesis.ending == (expected.last == 2 ? .endToken : .lengthLimit))
      }
      let best = Array(ids[number * golden.width].prefix { $0 != 0 })
      #expect(session.trace.steps.map(\.token.id) == best)
      #expect(golden.model.translate(source, maximumLength: golden.limit, search) == best.filter { $0 != 2 })
    }
  }

  /// The winning path is recorded as if it had been given to the model.
  @Test func theBestPathIsAnOrdinaryTrace() throws {
    let golden = try Golden("beam-bahdanau")
    for source in golden.test.sources {
      var found = golden.session(source)
      found.search(try BeamSearch(width: golden.width, lengthPenalty: 0.6))
      var given = golden.session(source)
      for step in found.trace.steps { try given.force(step.token.id) }
      #expect(found.trace.steps.count == given.trace.steps.count && found.trace.ending == given.trace.ending)
      for (a, b) in zip(found.trace.steps, given.trace.steps) {
        #expect(a.probability == b.probability && a.candidates == b.candidates && a.entropy == b.entropy)
        #expect(a.cross == b.cross && a.cross != nil && !a.isForced)
      }
    }
  }
}

/// The tree, and a search's place in a session.
@Suite struct BeamSearchTests {
  private func searched(width: Int, lengthPenalty: Float = 0) throws -> (session: DecodingSession, tree: BeamTree) {
    var session = try DecodingSession.random(endBias: 0.5)
    session.search(try BeamSearch(width: width, lengthPenalty: lengthPenalty))
    return (session, try #require(session.trace.beam))
  }

  @Test(arguments: Seq2SeqConfiguration.Mechanism.allCases, [Float(0), 0.6, 2])
  func widthOneIsGreedy(_ mechanism: Seq2SeqConfiguration.Mechanism, _ lengthPenalty: Float) throws {
    for endBias in [Float(-20), 1.5] {
      var greedy = try DecodingSession.random(mechanism, suppressing: [9], endBias: endBias)
      var beam = greedy
      greedy.run()
      beam.search(try BeamSearch(width: 1, lengthPenalty: lengthPenalty))
      #expect(beam.trace.beam?.hypotheses.count == 1)
      beam.keep(nil)
      #expect(beam.trace == greedy.trace)
    }
  }

  @Test func sumsAndParentsHoldTogether() throws {
    let (_, tree) = try searched(width: 4)
    #expect(tree.nodes.count > 20)
    for (index, node) in tree.nodes.enumerated() {
      let parent = node.parent.map { tree.nodes[$0] }
      #expect(node.parent.map { $0 < index } ?? true)
      #expect(node.step == (parent?.step ?? -1) + 1)
      #expect(abs(node.cumulative - (parent?.cumulative ?? 0) - node.logProbability) < 1e-5)
      #expect(node.logProbability < 0 && parent?.token.id != 2)
      #expect((node.fate == .best) == (node.droppedAt == nil))
      if let dropped = node.droppedAt { #expect(dropped >= node.step) }
    }
    let steps = Dictionary(grouping: tree.nodes, by: \.step)
    #expect(steps.values.allSatisfy { $0.count <= 8 })
    #expect(tree.children(of: nil) == Array(0..<8))
  }

  @Test func aBranchSharesTheBestFateOfWhatFollows() throws {
    let (session, tree) = try searched(width: 4, lengthPenalty: 1)
    let best = tree.path(to: try #require(tree.hypotheses.first).node)
    #expect(best.map { tree.nodes[$0].token } == session.trace.steps.map(\.token))
    #expect(tree.nodes.indices.filter { tree.nodes[$0].fate == .best } == best)
    for hypothesis in tree.hypotheses.dropFirst() {
      for node in tree.path(to: hypothesis.node) {
        #expect([.best, .finished, .open].contains(tree.nodes[node].fate))
      }
    }
    for (index, node) in tree.nodes.enumerated() where node.fate == .pruned {
      let children = tree.children(of: index).map { tree.nodes[$0] }
      #expect(children.allSatisfy { $0.fate == .pruned })
      let last = children.compactMap(\.droppedAt).max()
      #expect(node.droppedAt == last ?? node.droppedAt)
    }
    #expect(Set(tree.nodes.map(\.fate)).isSuperset(of: [.best, .finished, .pruned]))
  }

  @Test func hypothesesAreSortedAndScoredAsDocumented() throws {
    let (_, tree) = try searched(width: 5, lengthPenalty: 0.6)
    #expect(zip(tree.hypotheses, tree.hypotheses.dropFirst()).allSatisfy { $0.score >= $1.score })
    for hypothesis in tree.hypotheses {
      let node = tree.nodes[hypothesis.node]
      let penalty = powf((5 + Float(node.step + 1)) / 6, 0.6)
      #expect(abs(hypothesis.score - node.cumulative / penalty) < 1e-5)
      #expect(hypothesis.ending == (node.token.id == 2 ? .endToken : .lengthLimit))
    }
  }

  @Test func aSearchGoesOnFromWhereTheSessionStands() throws {
    var session = try DecodingSession.random(endBias: 0.5)
    try session.force(7)
    session.step()
    let prefix = session.trace.steps
    session.search(try BeamSearch(width: 3))
    #expect(Array(session.trace.steps.prefix(2)) == prefix && session.isEnded)
    #expect(session.trace.beam?.nodes.first?.step == 2)
    let whole = session.trace
    session.search(try BeamSearch(width: 3))
    #expect(session.trace == whole, "nothing follows the end")
    session.back()
    #expect(session.trace.beam == nil, "the tree is that of the whole")
  }

  @Test func forcedTokensHoldForEveryHypothesis() throws {
    var session = try DecodingSession.random(endBias: -20)
    try session.intervene([.force(token: 11, step: 2)])
    session.search(try BeamSearch(width: 3))
    let tree = try #require(session.trace.beam)
    #expect(tree.nodes.filter { $0.step == 2 }.map(\.token.id) == [11, 11, 11])
    #expect(session.trace.steps[2].isForced && session.trace.steps[2].token.id == 11)
    #expect(session.trace.steps.count { $0.isForced } == 1)
  }

  @Test func suppressedTokensAreNeverConsidered() throws {
    var session = try DecodingSession.random(suppressing: [5, 9, 14])
    session.search(try BeamSearch(width: 6))
    let tree = try #require(session.trace.beam)
    #expect(!tree.nodes.contains { [5, 9, 14].contains($0.token.id) })
    #expect(session.trace.steps.contains { $0.candidates.contains { [5, 9, 14].contains($0.token.id) } })
  }

  /// More beams than tokens, logits that are no numbers, impossible tokens.
  @Test(arguments: [
    [Float.nan, .nan, .nan], [-Float.infinity, 0, -Float.infinity], [Float.infinity, 0, 1], [Float(0), 0, 0],
  ])
  func strangeNumbersEndWithAHypothesis(_ logits: [Float]) throws {
    let ids = Constant(logits: logits).translate([0], maximumLength: 4, try BeamSearch(width: 20))
    #expect(ids.count <= 4 && ids.allSatisfy { (0..<3).contains($0) })
  }

  @Test func numbersOutOfRangeAreErrors() {
    #expect(throws: ModelError.self) { try BeamSearch(width: 0) }
    #expect(throws: ModelError.self) { try BeamSearch(width: 257) }
    #expect(throws: ModelError.self) { try BeamSearch(width: 2, lengthPenalty: -1) }
    #expect(throws: ModelError.self) { try BeamSearch(width: 2, lengthPenalty: .nan) }
  }
}

/// Says the same whatever it reads.
private struct Constant: SequenceModel, SequenceState {
  let logits: [Float]
  var attention: [AttentionLayout] { [] }
  var endID: Int { 2 }
  func begin(_ source: [Int], edits: TapEdits) -> SequenceStart { SequenceStart(state: self, first: 0) }
  func step(_ token: Int, edits: TapEdits) -> SequenceStep {
    SequenceStep(next: self, logits: Tensor([logits.count], logits))
  }
}
