import Traces

/// Traces with numbers made up for the tests.
enum Example {
  /// Two words, one of them unknown, and two produced tokens, the second one forced.
  static func small(ending: Ending = .endToken, attention: Bool = true) -> AttentionTrace {
    let unknown = Token(id: 3, piece: "<unk>", surface: "zor\u{1b}g, \"x\"", kind: .unknown)
    let source = [unknown, Token(id: 7, piece: "été"), Token(id: 2, piece: "</s>", kind: .special)]
    func step(_ token: Token, _ probability: Float, _ weights: [Float], _ scores: [Float]) -> Step {
      Step(
        token: token, probability: probability,
        candidates: [
          Candidate(token: token, probability: probability), Candidate(token: source[1], probability: 0.05),
        ],
        entropy: 0.5, isForced: token.id == 2, cross: attention ? block(weights, scores) : nil)
    }
    return AttentionTrace(
      model: .init(name: "m", path: "a\\b/m", architecture: "heed-seq2seq", summary: "additive"),
      sourceText: "zor\u{1b}g été", source: source, targetText: "層",
      steps: [
        step(Token(id: 9, piece: "層"), 0.1, [0.25, 0.75, 0], [-1.5, 1e-7, -.infinity]),
        step(Token(id: 2, piece: "</s>", kind: .special), .nan, [0.003, 0, 0.997], [0, 0, 3]),
      ], ending: ending, lengthLimit: 2)
  }

  /// Words parted by spaces; the weight of row `r` and column `c` is `weight(r, c)`, its score the same.
  static func trace(_ source: String, _ target: String, weight: (Int, Int) -> Float) -> AttentionTrace {
    let sourceTokens = tokens(source)
    let steps = tokens(target).enumerated().map { row, token in
      let weights = sourceTokens.indices.map { weight(row, $0) }
      return Step(token: token, probability: 1, candidates: [], entropy: 0, cross: block(weights, weights))
    }
    return AttentionTrace(
      model: .init(name: "m", path: "m", architecture: "heed-seq2seq", summary: ""), sourceText: source,
      source: sourceTokens, targetText: target, steps: steps, ending: .endToken, lengthLimit: 50)
  }

  /// All three sites, two layers of two heads; numbers tell where they stand.
  static func transformer() -> AttentionTrace {
    func block(rows: Int, columns: Int) -> AttentionBlock {
      let numbers = (0..<4 * rows * columns).map { Float($0) / 64 }
      return AttentionBlock(layers: 2, heads: 2, rows: rows, columns: columns, weights: numbers, scores: numbers)
    }
    let source = tokens("a b")
    let steps = tokens("x y").enumerated().map { index, token in
      Step(
        token: token, probability: 1, candidates: [], entropy: 0, cross: block(rows: 1, columns: 2),
        decoder: block(rows: 1, columns: index + 1))
    }
    return AttentionTrace(
      model: .init(name: "m", path: "m", architecture: "marian", summary: ""), sourceText: "a b", source: source,
      targetText: "x y", steps: steps, ending: .open, lengthLimit: 9, encoder: block(rows: 2, columns: 2))
  }

  /// One layer of one head over a prompt of three tokens and two produced ones, the second one forced.
  static func languageModel() -> AttentionTrace {
    func block(rows: Range<Int>, columns: Int) -> AttentionBlock {
      let cells = rows.flatMap { row in (0..<columns).map { (row, $0) } }
      return AttentionBlock(
        layers: 1, heads: 1, rows: rows.count, columns: columns,
        weights: cells.map { $1 > $0 ? 0 : 1 / Float($0 + 1) }, scores: cells.map { $1 > $0 ? -.infinity : 0 })
    }
    let steps = tokens("x y").enumerated().map { index, token in
      Step(
        token: token, probability: 0.5, candidates: [], entropy: 0, isForced: index == 1,
        decoder: block(rows: 2 + index..<3 + index, columns: 3 + index))
    }
    var trace = AttentionTrace(
      model: .init(name: "m", path: "m", architecture: "gpt2", summary: ""), sourceText: "a b c",
      source: tokens("a b c"), targetText: "x y", steps: steps, ending: .lengthLimit, lengthLimit: 2)
    trace.prompt = block(rows: 0..<2, columns: 2)
    return trace
  }

  /// A trace of a what-if.
  static func changed() -> AttentionTrace {
    var trace = transformer()
    trace.interventions = [.silence(HeadAddress(site: .cross, layer: 0, head: 1)), .hide(1)]
    return trace
  }

  static func empty() -> AttentionTrace {
    var trace = small()
    trace.steps = []
    trace.targetText = ""
    trace.ending = .open
    return trace
  }

  static func block(_ weights: [Float], _ scores: [Float]) -> AttentionBlock {
    AttentionBlock(layers: 1, heads: 1, rows: 1, columns: weights.count, weights: weights, scores: scores)
  }

  private static func tokens(_ words: String) -> [Token] {
    words.split(separator: " ").enumerated().map { Token(id: $0, piece: String($1)) }
  }
}
