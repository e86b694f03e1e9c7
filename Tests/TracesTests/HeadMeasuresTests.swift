import Foundation
import Testing

@testable import Traces

/// What NumPy and networkx say, made by `Tests/Reference/traces.py`.
private struct Golden: Decodable {
  struct Site: Decodable {
    /// Layers, heads, rows, columns.
    let shape: [Int]
    let weights: [Float]
    let measures: [[[String: Double?]]]

    var block: AttentionBlock {
      AttentionBlock(
        layers: shape[0], heads: shape[1], rows: shape[2], columns: shape[3], weights: weights, scores: weights)
    }
    /// Row `row` of every head, as a step records it, `width` columns of it.
    func step(_ row: Int, width: Int) -> AttentionBlock {
      let kept = (0..<shape[0] * shape[1]).flatMap { head in
        let start = (head * shape[2] + row) * shape[3]
        return weights[start..<start + width]
      }
      return AttentionBlock(layers: shape[0], heads: shape[1], rows: 1, columns: width, weights: kept, scores: kept)
    }
  }
  let encoder: Site
  let decoder: Site
  let cross: Site
  let rollout: [String: [[Double]]]
  let flow: [String: [[Double]]]

  static func read() throws -> Golden {
    let file = try #require(Bundle.module.url(forResource: "heads", withExtension: "json", subdirectory: "Fixtures"))
    return try JSONDecoder().decode(Golden.self, from: Data(contentsOf: file))
  }

  /// `<start>`, four words and `<end>` read, five tokens produced.
  var trace: AttentionTrace {
    let source = (0..<encoder.shape[2]).map { place in
      Token(id: place, piece: "", kind: place == 0 || place == encoder.shape[2] - 1 ? .special : .word)
    }
    let steps = (0..<decoder.shape[2]).map { row in
      Step(
        token: Token(id: row, piece: ""), probability: 1, candidates: [], entropy: 0,
        cross: cross.step(row, width: cross.shape[3]), decoder: decoder.step(row, width: row + 1))
    }
    return AttentionTrace(
      model: .init(name: "", path: "", architecture: "", summary: ""), sourceText: "", source: source, steps: steps,
      lengthLimit: 9, encoder: encoder.block)
  }
}

/// Weights are single precision, the reference's sums double.
private let tolerance = 1e-6

private func agrees(_ matrix: AttentionMatrix?, _ rows: [[Double]]?) -> Bool {
  guard let matrix, let rows, matrix.rows == rows.count else { return false }
  return zip(matrix.weights, rows.joined()).allSatisfy { abs(Double($0) - $1) < tolerance }
}

@Suite struct HeadMeasuresTests {
  @Test func measuresAreTheReferences() throws {
    let golden = try Golden.read()
    for (site, reference) in [(Site.encoder, golden.encoder), (.decoder, golden.decoder), (.cross, golden.cross)] {
      let measured = golden.trace.measuresOfHeads(site)
      #expect(measured.map(\.count) == reference.measures.map(\.count))
      for (measures, expected) in zip(measured.joined(), reference.measures.joined()) {
        let named: [String: HeadMeasures.Mean] = [
          "entropy": measures.entropy, "breadth": measures.breadth, "sharpness": measures.sharpness,
          "distance": measures.distance,
          "relative_distance": measures.relativeDistance, "previous": measures.previous, "same": measures.same,
          "next": measures.next,
          "start": measures.start, "end": measures.end, "special": measures.special, "agreement": measures.agreement,
          "coverage": measures.coverage,
        ]
        #expect(Set(named.keys) == Set(expected.keys))
        for (name, value) in expected {
          guard let value else {
            #expect(named[name]?.value == nil, "\(site) \(name)")
            continue
          }
          let found = try #require(named[name]?.value, "\(site) \(name)")
          #expect(abs(found - value) < tolerance, "\(site) \(name)")
        }
      }
    }
  }

  @Test func oneHeadIsMeasuredAsAmongAll() throws {
    let trace = try Golden.read().trace
    let address = HeadAddress(site: .decoder, layer: 2, head: 1)
    #expect(trace.measures(.head(address)) == trace.measuresOfHeads(.decoder)[2][1])
    // The mean of all agrees with itself wholly.
    #expect(abs((trace.measures(.mean(site: .cross, layer: nil))?.agreement.value ?? 0) - 1) < tolerance)
    #expect(trace.measures(.head(HeadAddress(site: .cross, layer: 3, head: 0))) == nil)
  }

  @Test func sentencesAddUpRowByRow() throws {
    let trace = try Golden.read().trace
    let once = trace.measuresOfHeads(.cross)[0][0]
    var thrice = HeadMeasures(site: .cross)
    for _ in 0..<3 { thrice.add(once) }
    #expect(thrice.entropy.count == 3 * once.entropy.count && thrice.coverage.count == 3)
    #expect(abs((thrice.entropy.value ?? 0) - (once.entropy.value ?? 1)) < 1e-12)
    #expect(thrice.previous.value == nil)
  }

  @Test func withoutAttentionThereIsNothing() {
    let empty = AttentionTrace(
      model: .init(name: "", path: "", architecture: "", summary: ""), sourceText: "", source: [], lengthLimit: 1)
    for site in Site.allCases { #expect(empty.measuresOfHeads(site).isEmpty) }
    #expect(HeadMeasures(site: .cross).type == nil && HeadMeasures(site: .cross).evidence == nil)
  }
}

@Suite struct HeadTypeTests {
  /// Self-attention over `<start> a b c <end>`, or cross-attention from five tokens to it.
  private func measures(_ rows: [[Float]], site: Site = .encoder) -> HeadMeasures {
    let matrix = AttentionMatrix(rows: rows.count, columns: rows[0].count, weights: rows.flatMap(\.self), scores: nil)
    let tokens = (0..<rows[0].count).map {
      Token(id: $0, piece: "", kind: $0 == 0 || $0 == rows[0].count - 1 ? .special : .word)
    }
    var measures = HeadMeasures(site: site)
    measures.add(matrix, mean: matrix, roles: ColumnRoles(tokens, site: site))
    return measures
  }

  /// Five rows with `weight` on column `row + offset`, the rest spread evenly.
  private func shifted(_ offset: Int, weight: Float = 0.8) -> [[Float]] {
    (0..<5).map { row in
      let column = min(4, max(0, row + offset))
      return (0..<5).map { $0 == column ? weight : (1 - weight) / 4 }
    }
  }

  private func always(_ column: Int, weight: Float = 0.8) -> [[Float]] {
    (0..<5).map { _ in (0..<5).map { $0 == column ? weight : (1 - weight) / 4 } }
  }

  @Test func placesNameAHead() {
    #expect(measures(shifted(-1)).type == .previous)
    #expect(measures(shifted(0)).type == .same)
    #expect(measures(shifted(1)).type == .next)
    #expect(measures(always(0)).type == .start)
    #expect(measures(always(4)).type == .end)
    #expect(measures(always(4), site: .cross).type == .end)
    #expect(measures(shifted(-1)).evidence == "0.80 of the weight on the previous token")
  }

  @Test func weightOnNoPlaceIsBroadOrSelective() {
    #expect(measures(always(2, weight: 0.2)).type == .broad)
    #expect(measures(always(2, weight: 0.2)).evidence == "entropy 1.00 of the largest possible, strongest token 0.20")
    #expect(measures(always(2, weight: 0.97)).type == .selective)
    // Entropy 0.56 of the largest possible, but most of the weight on one token.
    #expect(measures(always(2, weight: 0.75)).type == .selective)
  }

  /// Sharp rows that turn from word to word in the sentence's order align; rows that stay, or that jump, do not.
  @Test func sharpCrossAttentionThatMovesIsAnAlignment() {
    #expect(measures(shifted(0, weight: 0.97), site: .cross).type == .alignment)
    #expect(measures(always(2, weight: 0.97), site: .cross).type == .selective)
    #expect(measures(shifted(0, weight: 0.97).reversed(), site: .cross).type == .selective)
    #expect(
      measures(shifted(0, weight: 1), site: .cross).evidence
        == "1.00 of the source tokens are some row's strongest, distance from the diagonal 0.00 of that of even weights"
    )
  }

  @Test func aDecodersFirstColumnIsItsStart() {
    let roles = ColumnRoles(
      [nil, Token(id: 5, piece: "a"), Token(id: 2, piece: "</s>", kind: .special)], site: .decoder)
    #expect(roles.start == 0 && roles.end == nil && roles.special == [0, 2])
    #expect(ColumnRoles([nil], site: .decoder).start == 0)
    let alone = ColumnRoles([Token(id: 2, piece: "</s>", kind: .special)], site: .cross)
    #expect(alone.start == nil && alone.end == 0)
    #expect(ColumnRoles([], site: .encoder).end == nil)
  }
}

@Suite struct AttentionStackTests {
  @Test func rolloutIsTheReferences() throws {
    let golden = try Golden.read()
    #expect(agrees(golden.trace.rollout(.encoder), golden.rollout["encoder"]))
    #expect(agrees(golden.trace.rollout(.encoder, through: 1), golden.rollout["encoder_through_1"]))
    #expect(agrees(golden.trace.rollout(.decoder), golden.rollout["decoder"]))
    #expect(agrees(golden.trace.rollout(.cross), golden.rollout["cross"]))
  }

  @Test func flowIsTheReferences() throws {
    let golden = try Golden.read()
    #expect(agrees(golden.trace.stack(.encoder)?.flow, golden.flow["encoder"]))
    #expect(agrees(golden.trace.stack(.decoder)?.flow, golden.flow["decoder"]))
    let stack = try #require(golden.trace.stack(.encoder))
    #expect(stack.flow(row: 2) == Array(stack.flow[row: 2]))
    #expect(stack.flow(row: 6).isEmpty && stack.flow(row: -1).isEmpty)
  }

  /// Two layers of two tokens. With the residual: `[[.5, .5], [0, 1]]` above `[[1, 0], [.25, .75]]`.
  @Test func twoLayersByHand() throws {
    let low = AttentionMatrix(rows: 2, columns: 2, weights: [1, 0, 0.5, 0.5], scores: nil)
    let high = AttentionMatrix(rows: 2, columns: 2, weights: [0, 1, 0, 1], scores: nil)
    let stack = try #require(AttentionStack([low, high]))
    #expect(stack.rollout.weights == [0.625, 0.375, 0.25, 0.75])
    // To token 0 flow .5 over token 0 and .25 over token 1; to token 1 at most the .5 that reach token 1.
    #expect(stack.flow(row: 0) == [0.6, 0.4])
    #expect(stack.flow(row: 1) == [0.25, 0.75])
  }

  @Test func whatIsMissingHasNoStack() throws {
    let trace = try Golden.read().trace
    #expect(trace.rollout(.encoder, through: 3) == nil && trace.rollout(.decoder, through: -1) == nil)
    #expect(trace.stack(.cross) == nil && trace.rollout(.cross, through: 3) == nil)
    var recurrent = trace
    recurrent.encoder = nil
    #expect(recurrent.rollout(.cross) == nil && recurrent.rollout(.encoder) == nil)
    #expect(AttentionStack([]) == nil)
    let wide = AttentionMatrix(rows: 1, columns: 2, weights: [0.5, 0.5], scores: nil)
    #expect(AttentionStack([wide]) == nil)
  }
}
