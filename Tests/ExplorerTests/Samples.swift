import TUI
import Traces

@testable import Explorer

/// Traces without a model: the same words give the same numbers.
enum Samples {
  static let english = "She does not want to eat the green apple ."
  static let french = "elle ne veut pas manger la pomme verte . <end>"
  /// Strongest source token of each French one, in the sentence with its start and end token.
  static let alignment = [1, 2, 4, 3, 6, 7, 9, 8, 10, 11]

  static let summary = ModelSummary(
    model: AttentionTrace.Model(
      name: "en-fr-bahdanau", path: "/models/en-fr-bahdanau", architecture: "seq2seq", summary: "additive · GRU 2×256"),
    attention: [AttentionLayout(site: .cross, layers: 1, heads: 1)])

  static let withoutAttention = ModelSummary(
    model: AttentionTrace.Model(
      name: "en-fr-no-attention", path: "/m", architecture: "seq2seq", summary: "no attention · LSTM 512"),
    attention: [])

  /// A Transformer of so many layers and heads at all three sites.
  static func transformer(_ layers: Int, _ heads: Int) -> ModelSummary {
    ModelSummary(
      model: AttentionTrace.Model(
        name: "en-fr-transformer", path: "/models/en-fr-transformer", architecture: "transformer",
        summary: "\(layers) layers × \(heads) heads"),
      attention: Site.allCases.map { AttentionLayout(site: $0, layers: layers, heads: heads) })
  }

  static func tokens(_ text: String, isSource: Bool, unknown: Set<String> = []) -> [Token] {
    let words = text.split(separator: " ").map(String.init)
    let all = isSource ? ["<start>"] + words + ["<end>"] : words
    return all.enumerated().map { index, word in
      let isUnknown = unknown.contains(word)
      return Token(
        id: 100 + index, piece: isUnknown ? "<unk>" : word, surface: word,
        kind: isUnknown ? .unknown : word.hasPrefix("<") ? .special : .word)
    }
  }

  /// A trace of `count` steps of the whole target.
  static func trace(
    source: String = english, target: String = french, steps count: Int, alignment: [Int]? = alignment,
    unknown: Set<String> = [], forced: Set<Int> = [], model: ModelSummary = summary, limit: Int = 60
  ) -> AttentionTrace {
    let source = tokens(source, isSource: true, unknown: unknown)
    let target = tokens(target, isSource: false, unknown: unknown)
    let steps = target.prefix(count).enumerated().map { index, token in
      let centre = alignment.map { $0[min(index, $0.count - 1)] } ?? index * source.count / max(1, target.count)
      return step(
        token, index, target, source: source.count, centre: centre, isForced: forced.contains(index), model: model)
    }
    let ending: Ending = count >= limit ? .lengthLimit : count >= target.count ? .endToken : .open
    return AttentionTrace(
      model: model.model, sourceText: "", source: source, targetText: "", steps: Array(steps), ending: ending,
      lengthLimit: limit, encoder: encoder(source.count, model))
  }

  private static func step(
    _ token: Token, _ index: Int, _ target: [Token], source: Int, centre: Int, isForced: Bool, model: ModelSummary
  ) -> Step {
    let probability = 0.95 - 0.07 * Float(index % 7)
    let rivals = (1..<5).map { offset in
      Candidate(
        token: target[(index + offset) % target.count], probability: (1 - probability) * (0.5 / Float(1 << offset)))
    }
    let candidates = ([Candidate(token: token, probability: probability)] + rivals).sorted {
      $0.probability > $1.probability
    }
    return Step(
      token: token, probability: probability, candidates: candidates, entropy: 3 * (1 - probability),
      isForced: isForced,
      cross: model.layout(at: .cross).map { block(index, columns: source, centre: centre, $0) },
      decoder: model.layout(at: .decoder).map { block(index, columns: index + 1, centre: index, $0) })
  }

  private static func encoder(_ count: Int, _ model: ModelSummary) -> AttentionBlock? {
    guard let layout = model.layout(at: .encoder) else { return nil }
    let rows = (0..<count).map { block($0, columns: count, centre: $0, layout) }
    // Each has one row; of each head they become the rows.
    func stacked(_ values: (AttentionBlock) -> [Float]) -> [Float] {
      (0..<layout.layers * layout.heads).flatMap { head in
        rows.flatMap { values($0)[head * count..<(head + 1) * count] }
      }
    }
    return AttentionBlock(
      layers: layout.layers, heads: layout.heads, rows: count, columns: count, weights: stacked(\.weights),
      scores: stacked(\.scores))
  }

  /// One row of each head: a peak at `centre`, further on by one for each head, less beside it, next to nothing elsewhere;
  /// broader in lower layers.
  private static func block(_ row: Int, columns: Int, centre: Int, _ layout: AttentionLayout) -> AttentionBlock {
    var weights: [Float] = []
    var scores: [Float] = []
    for layer in 0..<layout.layers {
      for head in 0..<layout.heads {
        let peak = (centre + head) % max(1, columns)
        let slope = 3 / Float(layout.layers - layer)
        let raw = (0..<columns).map { column -> Float in
          let distance = Float(abs(column - peak))
          let score = 5 - slope * distance + Float((column * 7 + row * 5) % 10) * 0.25
          return max(score, -1.5)
        }
        let powers = raw.map { power($0) }
        let sum = powers.reduce(0, +)
        scores += raw
        weights += powers.map { $0 / sum }
      }
    }
    return AttentionBlock(
      layers: layout.layers, heads: layout.heads, rows: 1, columns: columns, weights: weights, scores: scores)
  }

  /// 2 to the power of `exponent` by repeated products, so that it is the same on every platform.
  private static func power(_ exponent: Float) -> Float {
    let quarters = Int((exponent * 4).rounded())
    let root: Float = 1.1892071
    return (0..<abs(quarters)).reduce(Float(1)) { value, _ in quarters < 0 ? value / root : value * root }
  }

  static func display(_ columns: Int, _ rows: Int, _ depth: ColorDepth = .trueColor, isUTF8: Bool = true) -> Display {
    Display(size: Size(columns: columns, rows: rows), depth: depth, isUTF8: isUTF8)
  }

  /// The explorer after it was opened and has decoded some steps.
  static func state(
    _ columns: Int, _ rows: Int, trace: AttentionTrace = trace(steps: 7), sentence: String = english,
    model: ModelSummary = summary, depth: ColorDepth = .trueColor, isUTF8: Bool = true
  ) -> State {
    var state = State(display: display(columns, rows, depth, isUTF8: isUTF8))
    _ = update(&state, .opened(model, sentence: sentence))
    _ = update(&state, .traced(trace, generation: state.generation))
    if !trace.steps.isEmpty { state.showsWelcome = false }
    return state
  }

  static func press(_ keys: String, _ state: inout State) -> [Command] {
    keys.flatMap { update(&state, .terminal(.key(.character($0)))) }
  }

  /// The working of one row of a trace, with made-up queries, keys and values that lead to its weights.
  static func working(_ trace: AttentionTrace, _ head: HeadAddress, row: Int) -> AttentionWorking? {
    guard let matrix = trace.matrix(.head(head)), let scores = matrix.scores, (0..<matrix.rows).contains(row) else {
      return nil
    }
    let own = Array(scores[row * matrix.columns..<(row + 1) * matrix.columns])
    let query = (0..<8).map { Float($0 % 3) - 1.25 }
    let keys = own.map { score -> [Float] in
      let first = (0..<7).map { Float(($0 * 5 + row) % 7) * 0.1 - 0.3 }
      // The last product makes up for the others. The weights of samples are powers of 2, those of a softmax of e.
      let wanted = score.isFinite ? score * 0.6931472 / 0.25 : 0
      return first + [(wanted - zip(query, first).reduce(0) { $0 + $1.0 * $1.1 }) / query[7]]
    }
    var working = AttentionWorking(
      head: head, row: row, mechanism: .scaledDot(scale: 0.25), query: query, keys: keys,
      values: own.indices.map { column in (0..<8).map { Float((column + $0) % 5) * 0.25 - 0.5 } }, modelScores: own,
      temperature: 1, scores: own, modelWeights: [], weights: [], context: [], isSilenced: false)
    work(&working)
    return working
  }

  /// Makes scores, weights and context those that query, keys and values lead to; what was masked stays so.
  static func work(_ working: inout AttentionWorking) {
    let masked = working.modelScores.map { $0 == -.infinity }
    working.modelScores = masked.indices.map { masked[$0] ? -.infinity : working.comparison($0) }
    working.scores = working.modelScores.map { $0 / working.temperature }
    working.modelWeights = working.quotients
    working.weights = working.modelWeights
    working.context = (0..<8).map { working.contextTerms($0).reduce(0, +) }
  }
}
