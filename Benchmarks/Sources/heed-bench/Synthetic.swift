import Layers
import Traces

/// Attention that no model has made: as large as wanted, with a diagonal, a sink and noise in different parts from head to
/// head, so that pictures and orders have something to show.
enum Synthetic {
  static func trace(tokens: Int, layers: Int, heads: Int) -> AttentionTrace {
    let model = AttentionTrace.Model(name: "synthetic", path: "/synthetic", architecture: "none", summary: "")
    let words = ["the", "green", "apple", "is", "good", "and", "élan", "water", "wonderful", "a"]
    let source = (0..<tokens).map { index in
      Token(
        id: index, piece: words[index % words.count], surface: words[index % words.count],
        kind: index == 0 || index == tokens - 1 ? .special : .word)
    }
    var random = Randomness(seed: 1)
    let steps = (0..<tokens).map { index -> Step in
      let token = source[(index + 1) % tokens]
      let block = block(rows: index..<index + 1, columns: tokens, layers: layers, heads: heads, &random)
      let candidates = (0..<10).map {
        Candidate(token: source[(index + $0) % tokens], probability: 0.5 / Float(1 << $0))
      }
      return Step(
        token: token, probability: 0.5, logProbability: -0.693, candidates: candidates, entropy: 2, isForced: false,
        cross: block, decoder: nil)
    }
    return AttentionTrace(
      model: model, sourceText: "", source: source, targetText: "", steps: steps, ending: .lengthLimit,
      lengthLimit: tokens,
      encoder: block(rows: 0..<tokens, columns: tokens, layers: layers, heads: heads, &random))
  }

  private static func block(
    rows: Range<Int>, columns: Int, layers: Int, heads: Int, _ random: inout Randomness
  ) -> AttentionBlock {
    let count = layers * heads * rows.count * columns
    var (weights, scores) = ([Float](repeating: 0, count: count), [Float](repeating: 0, count: count))
    var place = 0
    for head in 0..<layers * heads {
      for row in rows {
        var sum: Float = 0
        for column in 0..<columns {
          let distance = abs(column - row - head % 5 + 2)
          let score = max(-4, 4 - Float(distance) * (0.2 + Float(head % 7) * 0.2)) + random.uniform()
          scores[place + column] = score
          // A power of two near e^score is near enough.
          let weight = Float(sign: .plus, exponent: Int(score * 1.44), significand: 1)
          weights[place + column] = weight
          sum += weight
        }
        for column in 0..<columns { weights[place + column] /= sum }
        place += columns
      }
    }
    return AttentionBlock(
      layers: layers, heads: heads, rows: rows.count, columns: columns, weights: weights, scores: scores)
  }
}
