/// The layers of an attention stack as a network with capacities; maximum flow by Dinic's algorithm (1970).
///
/// Node `level * size + token`: level 0 is the input, level `n` what layer `n` gives. An edge runs from a layer's token to
/// each token below that it looks at.
struct FlowNetwork {
  private let size: Int
  private let nodes: Int
  /// Edges in pairs: an edge and, after it, its way back.
  private var heads: [Int] = []
  private var capacities: [Double] = []
  private var edgesOf: [[Int]]

  /// Less than this is nothing: capacities are weights of single precision.
  private static let least = 1e-9

  init(_ stack: AttentionStack) {
    size = stack.size
    nodes = (stack.layers.count + 1) * stack.size
    edgesOf = Array(repeating: [], count: nodes)
    for (level, layer) in stack.layers.enumerated() {
      for row in 0..<size {
        for column in 0..<size where Double(layer[row, column]) > Self.least {
          connect((level + 1) * size + row, level * size + column, Double(layer[row, column]))
        }
      }
    }
  }

  private mutating func connect(_ from: Int, _ to: Int, _ capacity: Double) {
    edgesOf[from].append(heads.count)
    edgesOf[to].append(heads.count + 1)
    heads += [to, from]
    capacities += [capacity, 0]
  }

  /// From a token of the highest layer to one of the input.
  func maximumFlow(from row: Int, to column: Int) -> Double {
    let source = nodes - size + row
    var rest = capacities
    var flow = 0.0
    while true {
      let levels = self.levels(from: source, rest)
      if levels[column] < 0 { return flow }
      var next = [Int](repeating: 0, count: nodes)
      while true {
        let pushed = push(.infinity, from: source, to: column, levels, &next, &rest)
        if pushed <= Self.least { break }
        flow += pushed
      }
    }
  }

  /// Edges between each node and the source, -1 where no capacity is left on any way.
  private func levels(from source: Int, _ rest: [Double]) -> [Int] {
    var levels = [Int](repeating: -1, count: nodes)
    levels[source] = 0
    var queue = [source]
    var first = 0
    while first < queue.count {
      let node = queue[first]
      first += 1
      for edge in edgesOf[node] where rest[edge] > Self.least && levels[heads[edge]] < 0 {
        levels[heads[edge]] = levels[node] + 1
        queue.append(heads[edge])
      }
    }
    return levels
  }

  /// Sends what fits along one shortest way. Its depth is at most the number of nodes on such a way.
  private func push(
    _ amount: Double, from node: Int, to sink: Int, _ levels: [Int], _ next: inout [Int], _ rest: inout [Double]
  ) -> Double {
    if node == sink { return amount }
    while next[node] < edgesOf[node].count {
      let edge = edgesOf[node][next[node]]
      let head = heads[edge]
      if rest[edge] > Self.least && levels[head] == levels[node] + 1 {
        let pushed = push(min(amount, rest[edge]), from: head, to: sink, levels, &next, &rest)
        if pushed > Self.least {
          rest[edge] -= pushed
          rest[edge ^ 1] += pushed
          return pushed
        }
      }
      next[node] += 1
    }
    return 0
  }
}
