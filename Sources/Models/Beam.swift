import Traces

/// A beam search without a model: told what may follow each open hypothesis, it says which go on.
struct Beam {
  /// A token that may follow a hypothesis.
  struct Continuation {
    var token: Int
    var logProbability: Double
  }

  /// A hypothesis that is one token longer.
  struct Growth {
    /// Which of the hypotheses that were open before.
    var parent: Int
    var token: Int
    /// Identifies the grown hypothesis.
    var node: Int
  }

  struct Node {
    var parent: Int?
    var step: Int
    var token: Int
    var logProbability: Double
    var cumulative: Double
    /// Whether its continuations were asked for.
    var wentOn = false
  }

  struct Hypothesis {
    var node: Int
    var score: Double
    var ending: Ending
  }

  let search: BeamSearch
  private let endID: Int
  private let lengthLimit: Int
  /// Of the next token.
  private(set) var step: Int
  private(set) var nodes: [Node] = []
  /// Nodes of the open hypotheses, best first; nil for the one before the first step.
  private(set) var open: [Int?] = [nil]
  /// Best score first; of equals the first that ended.
  private(set) var ended: [Hypothesis] = []

  /// - Parameter step: how many tokens there are already.
  init(_ search: BeamSearch, endID: Int, from step: Int = 0, lengthLimit: Int) {
    self.search = search
    self.endID = endID
    self.lengthLimit = lengthLimit
    self.step = step
    if step >= lengthLimit { open = [] }
  }

  /// Whether no continuation is asked for any more.
  var isDone: Bool {
    guard let best = open.first else { return true }
    guard ended.count >= search.width else { return false }
    return !(score(best) > ended[search.width - 1].score)
  }

  /// The best of those that ended, or if none has, of those open; nil before the first step.
  var best: Int? { ended.first?.node ?? open.first ?? nil }

  /// Grows the open hypotheses by a token.
  ///
  /// - Parameter continuations: for each open hypothesis the most probable tokens, best first; more than
  ///   `search.considered` are not needed.
  /// - Returns: the hypotheses that are open now, in the order of `open`, and those that came to their end.
  mutating func advance(_ continuations: [[Continuation]]) -> (open: [Growth], ended: [Growth]) {
    var grown: [Growth] = []
    var finished: [Growth] = []
    for (rank, (parent, continuation)) in considered(continuations).enumerated() {
      let node = nodes.count
      nodes.append(
        Node(
          parent: open[parent], step: step, token: continuation.token, logProbability: continuation.logProbability,
          cumulative: cumulative(open[parent]) + continuation.logProbability))
      let growth = Growth(parent: parent, token: continuation.token, node: node)
      if continuation.token != endID {
        guard grown.count < search.width else { continue }
        nodes[node].wentOn = true
        grown.append(growth)
      } else if rank < search.width {
        finished.append(growth)
      }
    }
    step += 1
    open = grown.map(\.node)
    for growth in finished { end(growth.node, .endToken) }
    guard step >= lengthLimit else { return (grown, finished) }
    open = []
    for growth in grown { end(growth.node, .lengthLimit) }
    return ([], finished + grown)
  }

  /// The best continuations of all hypotheses, best first; impossible ones only where there is nothing else.
  private func considered(_ continuations: [[Continuation]]) -> [(parent: Int, Continuation)] {
    var all: [(parent: Int, continuation: Continuation, sum: Double)] = []
    for (parent, continuations) in continuations.enumerated() {
      let sum = cumulative(open[parent])
      for continuation in continuations { all.append((parent, continuation, sum + continuation.logProbability)) }
    }
    let possible = all.filter { $0.sum > -.infinity }
    let order = possible.isEmpty ? all : possible
    // The sort is stable: equals stay in order of hypothesis and rank.
    return order.sorted { $0.sum > $1.sum }.prefix(search.considered).map { ($0.parent, $0.continuation) }
  }

  private mutating func end(_ node: Int, _ ending: Ending) {
    let hypothesis = Hypothesis(node: node, score: score(node), ending: ending)
    let place = ended.firstIndex { hypothesis.score > $0.score } ?? ended.count
    ended.insert(hypothesis, at: place)
  }

  private func cumulative(_ node: Int?) -> Double { node.map { nodes[$0].cumulative } ?? 0 }

  private func score(_ node: Int?) -> Double {
    guard let node else { return 0 }
    return search.score(nodes[node].cumulative, length: nodes[node].step + 1)
  }
}

extension Beam {
  /// Tokens from the search's first step to `node`.
  func tokens(to node: Int) -> [Int] {
    var tokens: [Int] = []
    var place: Int? = node
    while let node = place {
      tokens.append(nodes[node].token)
      place = nodes[node].parent
    }
    return tokens.reversed()
  }

  /// Why each node did not go on, and the step at which that was settled: nil for the best.
  func fates() -> [(fate: BeamTree.Fate, droppedAt: Int?)] {
    var fates = nodes.map { (fate: BeamTree.Fate.pruned, droppedAt: Optional($0.step)) }
    for hypothesis in ended { fates[hypothesis.node].fate = hypothesis.ending == .endToken ? .finished : .open }
    for node in open { if let node { fates[node].fate = .open } }
    if let best { fates[best] = (.best, nil) }
    for node in nodes.indices where nodes[node].wentOn && fates[node].fate == .pruned {
      fates[node].droppedAt = nodes[node].step + 1
    }
    // Children come after their parents.
    for child in nodes.indices.reversed() {
      guard let parent = nodes[child].parent else { continue }
      if fates[child].fate.rank < fates[parent].fate.rank { fates[parent].fate = fates[child].fate }
      let both = [fates[child].droppedAt, fates[parent].droppedAt].compactMap { $0 }
      fates[parent].droppedAt = both.count == 2 ? both.max() : nil
    }
    return fates
  }
}

extension BeamTree.Fate {
  /// 0 for the best.
  fileprivate var rank: Int {
    switch self {
    case .best: 0
    case .finished: 1
    case .open: 2
    case .pruned: 3
    }
  }
}
