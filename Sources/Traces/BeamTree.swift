/// Everything that a beam search considered: the hypotheses that it ended with and the branches that it dropped.
public struct BeamTree: Sendable, Equatable {
  /// Why a branch did not go on; of several reasons the best that any of its continuations came to.
  public enum Fate: String, Sendable, Codable {
    /// On the way to the hypothesis that won.
    case best
    /// On the way to one that came to its end and scored less.
    case finished
    /// Still in the beam when the search stopped.
    case open
    /// Fell out of the beam.
    case pruned
  }

  /// One token after those of its parents.
  public struct Node: Sendable, Equatable {
    /// Index into `nodes`; nil for what follows the first token that was searched from.
    public var parent: Int?
    /// The step that would have produced it, counted as in the trace.
    public var step: Int
    public var token: Token
    /// Of the token after its parents, under the model; natural logarithm.
    public var logProbability: Float
    /// The sum of log-probabilities from the search's first step to this one.
    public var cumulative: Float
    public var fate: Fate
    /// The step at which the last of its continuations was dropped or came to its end; nil on the way to the best.
    public var droppedAt: Int?

    public init(
      parent: Int?, step: Int, token: Token, logProbability: Float, cumulative: Float, fate: Fate, droppedAt: Int?
    ) {
      self.parent = parent
      self.step = step
      self.token = token
      self.logProbability = logProbability
      self.cumulative = cumulative
      self.fate = fate
      self.droppedAt = droppedAt
    }
  }

  /// A way from the first token to the end token, or to the length bound.
  public struct Hypothesis: Sendable, Equatable {
    /// Its last token, as index into `nodes`.
    public var node: Int
    /// The whole target as running text.
    public var text: String
    /// The sum of its log-probabilities, divided by the length penalty.
    public var score: Float
    public var ending: Ending

    public init(node: Int, text: String, score: Float, ending: Ending) {
      self.node = node
      self.text = text
      self.score = score
      self.ending = ending
    }
  }

  /// How many hypotheses were kept at each step.
  public var width: Int
  /// The exponent of the length penalty; 0 compares sums of log-probabilities.
  public var lengthPenalty: Float
  /// Parents before their children, so that indices never point forward.
  public var nodes: [Node]
  /// All that came to an end, best score first.
  public var hypotheses: [Hypothesis]

  public init(width: Int, lengthPenalty: Float, nodes: [Node], hypotheses: [Hypothesis]) {
    self.width = width
    self.lengthPenalty = lengthPenalty
    self.nodes = nodes
    self.hypotheses = hypotheses
  }

  /// The nodes from the search's first step to `node`, which comes last.
  ///
  /// - Precondition: `node` is an index into `nodes`.
  public func path(to node: Int) -> [Int] {
    var path = [node]
    while let parent = nodes[path[path.count - 1]].parent { path.append(parent) }
    return path.reversed()
  }

  /// What was considered after a node, or first of all for nil; best first.
  public func children(of node: Int?) -> [Int] {
    nodes.indices.filter { nodes[$0].parent == node }
  }
}
