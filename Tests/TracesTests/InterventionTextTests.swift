import Foundation
import Testing

@testable import Traces

@Suite struct InterventionTextTests {
  private static let head = HeadAddress(site: .decoder, layer: 2, head: 11)
  private static let texts: [(Intervention, String)] = [
    (.force(token: 17, step: 3), "force 3=#17"), (.target([4, 9, 2]), "target #4,#9,#2"),
    (.silence(head), "silence L2H11@decoder"), (.silenceOthers(head), "silence-others L2H11@decoder"),
    (.hide(4), "hide 4"), (.temperature(0.5, site: nil), "temperature 0.5"),
    (.temperature(1.25, site: .encoder), "temperature 1.25@encoder"),
    (.setRow(head: head, row: 2, .column(5)), "set-row L2H11@decoder:2=5"),
    (.setRow(head: head, row: 2, .uniform), "set-row L2H11@decoder:2=uniform"),
    (.setRow(head: head, row: 2, .cell(column: 5, weight: 0.8)), "set-row L2H11@decoder:2=5:0.8"),
    (.setRow(head: head, row: 2, .weights([0.1, 0, 3])), "set-row L2H11@decoder:2=[0.1,0.0,3.0]"),
  ]

  @Test(arguments: texts)
  func everyInterventionReadsBack(_ intervention: Intervention, _ text: String) {
    #expect(intervention.description == text)
    #expect(Intervention(text) == intervention)
  }

  @Test(arguments: [
    ("silence L0H3", "silence L0H3@cross"), ("force 3=17", "force 3=#17"), ("target 4,9", "target #4,#9"),
    ("temperature 2", "temperature 2.0"), ("set-row L0H0:0=[1]", "set-row L0H0@cross:0=[1.0]"),
  ])
  func shortFormsAreRead(_ short: String, _ text: String) {
    #expect(Intervention(short)?.description == text)
  }

  @Test(arguments: [
    "", "hide", "hide ", "hide x", "hide -1", "hide +1", "hide 1 ", "hide 99999999999999999999", "peek 3", "silence",
    "silence L0", "silence H0L0", "silence L0H", "silence L-1H0", "silence L0H0@", "silence L0H0@here", "force 3",
    "force =4", "force 3=", "force 3=#", "force 3=pomme", "target", "target ,", "target 4,,5", "temperature 0",
    "temperature -1", "temperature nan", "temperature inf", "temperature 1@all", "set-row L0H0", "set-row L0H0:2",
    "set-row L0H0:x=1", "set-row L0H0:2=", "set-row L0H0:2=[", "set-row L0H0:2=[]", "set-row L0H0:2=[0,0]",
    "set-row L0H0:2=[1,-1]", "set-row L0H0:2=[nan]", "set-row L0H0:2=3:1.5", "set-row L0H0:2=3:nan",
  ])
  func otherTextsAreNone(_ text: String) {
    #expect(Intervention(text) == nil)
  }

  @Test func aListIsCodable() throws {
    let list = Self.texts.map(\.0)
    let data = try JSONEncoder().encode(list)
    #expect(try JSONDecoder().decode([Intervention].self, from: data) == list)
    #expect(try JSONDecoder().decode([String].self, from: data) == Self.texts.map(\.1))
    #expect(throws: DecodingError.self) {
      try JSONDecoder().decode([Intervention].self, from: Data(#"["hide"]"#.utf8))
    }
  }
}

@Suite struct TraceDifferenceTests {
  private func trace(_ ids: [Int], _ probability: Float) -> AttentionTrace {
    let steps = ids.enumerated().map { step, id in
      let weights = [0.5 + Float(id) / 100, 0.5 - Float(id) / 100]
      return Step(
        token: Token(id: id, piece: "t\(id)"), probability: probability, candidates: [], entropy: 0,
        cross: AttentionBlock(layers: 1, heads: 1, rows: 1, columns: 2, weights: weights, scores: [0, 0]))
    }
    return AttentionTrace(
      model: .init(name: "m", path: "m", architecture: "", summary: ""), sourceText: "",
      source: [Token(id: 0, piece: "a"), Token(id: 1, piece: "b")], steps: steps, lengthLimit: 9)
  }

  @Test func changedTokensDropsAndWeights() throws {
    let difference = TraceDifference(
      before: trace([3, 4, 5], 0.5), after: trace([3, 9, 5, 6], 0.25), logProbabilities: [log(0.5), log(0.25), 0])
    #expect(difference.changedSteps == [1, 3])
    let half = log(Float(0.5))
    #expect(difference.drops == [0, half - log(Float(0.25)), half])
    #expect(abs(difference.totalDrop) < 1e-6)
    let head = HeadSelection.head(HeadAddress(site: .cross, layer: 0, head: 0))
    let matrix = try #require(difference.matrix(head))
    #expect(matrix.rows == 3 && matrix.columns == 2 && matrix.scores == nil)
    #expect(matrix[0, 0] == 0 && abs(matrix[1, 0] - 0.05) < 1e-6 && abs(matrix[1, 1] + 0.05) < 1e-6)
    #expect(difference.matrix(.mean(site: .encoder, layer: nil)) == nil)
  }

  /// What was impossible and stays so has lost nothing; what has become impossible has lost everything.
  @Test func impossibleTokens() {
    let difference = TraceDifference(
      before: trace([3, 4], 0), after: trace([3, 4], 0), logProbabilities: [-.infinity, -.infinity])
    #expect(difference.drops == [0, 0])
    let lost = TraceDifference(before: trace([3], 0.5), after: trace([3], 0), logProbabilities: [-.infinity])
    #expect(lost.drops == [.infinity])
  }
}

@Suite struct BeamTreeTests {
  @Test func pathsAndChildren() {
    func node(_ parent: Int?, _ step: Int) -> BeamTree.Node {
      .init(
        parent: parent, step: step, token: Token(id: step, piece: ""), logProbability: -1, cumulative: -1,
        fate: .pruned, droppedAt: step)
    }
    let tree = BeamTree(
      width: 2, lengthPenalty: 0, nodes: [node(nil, 0), node(nil, 0), node(0, 1), node(1, 1), node(2, 2)],
      hypotheses: [])
    #expect(tree.path(to: 4) == [0, 2, 4] && tree.path(to: 1) == [1])
    #expect(tree.children(of: nil) == [0, 1] && tree.children(of: 0) == [2] && tree.children(of: 4).isEmpty)
  }
}
