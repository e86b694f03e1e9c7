import Testing

@testable import Traces

private let model = AttentionTrace.Model(name: "m", path: "/m", architecture: "a", summary: "s")

private func step(_ name: String, cross: AttentionBlock? = nil, decoder: AttentionBlock? = nil) -> Step {
  Step(token: Token(id: 1, piece: name), probability: 1, candidates: [], entropy: 0, cross: cross, decoder: decoder)
}

private func row(_ weights: [Float], layers: Int = 1, heads: Int = 1) -> AttentionBlock {
  AttentionBlock(
    layers: layers, heads: heads, rows: 1, columns: weights.count / (layers * heads), weights: weights,
    scores: weights.map { $0 * 10 })
}

private func trace(_ steps: [Step], source count: Int, encoder: AttentionBlock? = nil) -> AttentionTrace {
  AttentionTrace(
    model: model, sourceText: "", source: (0..<count).map { Token(id: $0, piece: "s\($0)") }, steps: steps,
    lengthLimit: 10, encoder: encoder)
}

private let crossHead = HeadSelection.head(HeadAddress(site: .cross, layer: 0, head: 0))

@Suite struct QueriesTests {
  @Test func crossRowsStackInTheOrderOfSteps() throws {
    let matrix = try #require(
      trace([step("a", cross: row([0.75, 0.25])), step("b", cross: row([0.5, 0.5]))], source: 2).matrix(crossHead))
    #expect(matrix.rows == 2 && matrix.columns == 2)
    #expect(matrix.weights == [0.75, 0.25, 0.5, 0.5])
    #expect(matrix.scores == [7.5, 2.5, 5, 5])
    #expect(matrix.score(row: 1, column: 0) == 5)
  }

  @Test func nothingDecodedIsAMatrixWithoutRows() throws {
    let matrix = try #require(trace([], source: 3).matrix(crossHead))
    #expect(matrix.rows == 0 && matrix.columns == 3)
  }

  @Test func aStepWithoutAttentionHasNoMatrix() {
    #expect(trace([step("a")], source: 2).matrix(crossHead) == nil)
  }

  @Test func aHeadThatTheModelLacksHasNoMatrix() {
    let one = trace([step("a", cross: row([1, 0]))], source: 2)
    #expect(one.matrix(.head(HeadAddress(site: .cross, layer: 0, head: 1))) == nil)
    #expect(one.matrix(.head(HeadAddress(site: .cross, layer: -1, head: 0))) == nil)
    #expect(one.matrix(.mean(site: .cross, layer: 1)) == nil)
    #expect(one.matrix(.head(HeadAddress(site: .encoder, layer: 0, head: 0))) == nil)
  }

  @Test func decoderRowsArePaddedAsMaskedCells() throws {
    let steps = [step("a", decoder: row([1])), step("b", decoder: row([0.25, 0.75]))]
    let head = HeadSelection.head(HeadAddress(site: .decoder, layer: 0, head: 0))
    let matrix = try #require(trace(steps, source: 4).matrix(head))
    #expect(matrix.weights == [1, 0, 0.25, 0.75])
    #expect(matrix.scores == [10, -.infinity, 2.5, 7.5])
  }

  @Test func meanIsOverTheHeadsOfALayerOrOfAll() throws {
    // Two layers of two heads over two columns.
    let block = row([1, 0, 0.5, 0.5, 0, 1, 0, 1], layers: 2, heads: 2)
    let one = trace([step("a", cross: block)], source: 2)
    #expect(try #require(one.matrix(.mean(site: .cross, layer: 0))).weights == [0.75, 0.25])
    #expect(try #require(one.matrix(.mean(site: .cross, layer: nil))).weights == [0.375, 0.625])
    #expect(try #require(one.matrix(.mean(site: .cross, layer: nil))).scores == nil)
  }

  @Test func encoderIsItsOwnMatrix() throws {
    let block = AttentionBlock(
      layers: 1, heads: 1, rows: 2, columns: 2, weights: [0.9, 0.1, 0.2, 0.8], scores: [1, 2, 3, 4])
    let head = HeadSelection.head(HeadAddress(site: .encoder, layer: 0, head: 0))
    #expect(try #require(trace([], source: 2, encoder: block).matrix(head)).weights == block.weights)
  }

  @Test(
    arguments: [
      ([1, 0, 0, 0], 0), ([0.25, 0.25, 0.25, 0.25], 2), ([0.5, 0.5, 0, 0], 1), ([0.5, 0.25, 0.125, 0.125], 1.75),
    ] as [([Float], Float)])
  func entropyIsInBits(weights: [Float], bits: Float) {
    #expect(AttentionMatrix(rows: 1, columns: 4, weights: weights, scores: nil).entropy(row: 0) == bits)
  }

  @Test func ranksCountWhatIsLarger() {
    let matrix = AttentionMatrix(rows: 3, columns: 3, weights: [5, 1, 1, 2, 7, 1, 4, 7, 0], scores: nil)
    #expect(matrix.rankInRow(row: 0, column: 0) == 1)
    #expect(matrix.rankInRow(row: 0, column: 2) == 2)
    #expect(matrix.rankInRow(row: 2, column: 2) == 3)
    #expect(matrix.rankInColumn(row: 0, column: 0) == 1)
    #expect(matrix.rankInColumn(row: 1, column: 0) == 3)
    #expect(matrix.rankInColumn(row: 1, column: 1) == 1)
    #expect(matrix.rankInColumn(row: 0, column: 1) == 3)
  }

  @Test func strongestIsTheFirstOfEquals() {
    let matrix = AttentionMatrix(rows: 2, columns: 3, weights: [0.2, 0.4, 0.4, 0.1, 0.2, 0.7], scores: nil)
    #expect(matrix.strongestColumn(row: 0) == 1)
    #expect(matrix.strongestColumn(row: 1) == 2)
    #expect(matrix.columnsByWeight(row: 0) == [1, 2, 0])
    #expect(AttentionMatrix(rows: 1, columns: 0, weights: [], scores: nil).strongestColumn(row: 0) == nil)
  }
}
