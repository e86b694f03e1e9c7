import Traces

/// A beam search over a session: its hypotheses are forks that go their own way.
public struct BeamDecoding {
  private var beam: Beam
  private let start: DecodingSession
  /// The open hypotheses, in the order of `beam.open`.
  private var sessions: [DecodingSession]
  private var ended: [Int: DecodingSession] = [:]

  /// Searches on from where the session stands, under its interventions.
  public init(_ session: DecodingSession, _ search: BeamSearch) {
    start = session
    sessions = [session]
    let trace = session.trace
    // A session that has ended has nothing to search.
    beam = Beam(
      search, endID: session.model.endID, from: session.isEnded ? trace.lengthLimit : trace.steps.count,
      lengthLimit: trace.lengthLimit)
  }

  public var isDone: Bool { beam.isDone }

  /// Grows every open hypothesis by a token; nothing happens once the search is done.
  public mutating func step() {
    guard !isDone else { return }
    let outlooks = sessions.map { $0.outlook() }
    let grown = beam.advance(outlooks.map { continuations($0) })
    func fork(_ growth: Beam.Growth) -> DecodingSession {
      var session = sessions[growth.parent]
      session.append(growth.token, outlooks[growth.parent])
      return session
    }
    for growth in grown.ended { ended[growth.node] = fork(growth) }
    sessions = grown.open.map(fork)
  }

  private func continuations(_ outlook: Outlook) -> [Beam.Continuation] {
    let tokens =
      outlook.forced.map { [$0] }
      ?? outlook.next.best(beam.search.considered, outlook.choice)
    return tokens.map { Beam.Continuation(token: $0, logProbability: outlook.next.logProbability(of: $0)) }
  }

  /// The best hypothesis so far as a session that can be stepped through, the tree in its trace.
  public var best: DecodingSession {
    guard let node = beam.best else { return start }
    let open = beam.open.firstIndex(of: node).map { sessions[$0] }
    var session = ended[node] ?? open ?? start
    session.keep(tree)
    return session
  }

  private var tree: BeamTree {
    BeamTree(
      width: beam.search.width, lengthPenalty: beam.search.lengthPenalty,
      nodes: zip(beam.nodes, beam.fates()).map { node, fate in
        BeamTree.Node(
          parent: node.parent, step: node.step, token: start.vocabulary.token(node.token),
          logProbability: Float(node.logProbability), cumulative: Float(node.cumulative), fate: fate.fate,
          droppedAt: fate.droppedAt)
      },
      hypotheses: beam.ended.map { hypothesis in
        BeamTree.Hypothesis(
          node: hypothesis.node, text: ended[hypothesis.node]?.trace.targetText ?? "",
          score: Float(hypothesis.score), ending: hypothesis.ending)
      })
  }
}

extension DecodingSession {
  /// Goes on with a beam search to its end; the best hypothesis becomes the decode, the tree its trace's `beam`.
  public mutating func search(_ search: BeamSearch) {
    var decoding = BeamDecoding(self, search)
    while !decoding.isDone { decoding.step() }
    self = decoding.best
  }
}

extension SequenceModel {
  /// The best hypothesis of a beam search, without recording anything.
  ///
  /// - Parameter maximumLength: tokens after which a hypothesis is cut.
  /// - Returns: ids without start and end token.
  public func translate(_ source: [Int], maximumLength: Int, _ search: BeamSearch) -> [Int] {
    let start = begin(source)
    guard let state = start.state else { return [] }
    var beam = Beam(search, endID: endID, lengthLimit: maximumLength)
    var states = [state]
    var tokens = [start.first]
    while !beam.isDone {
      let steps = zip(states, tokens).map { $0.step($1) }
      let grown = beam.advance(
        steps.map { step in
          let next = NextTokens(step.logits)
          return next.best(search.considered, choice(at: beam.step)).map {
            Beam.Continuation(token: $0, logProbability: next.logProbability(of: $0))
          }
        })
      states = grown.open.map { steps[$0.parent].next }
      tokens = grown.open.map(\.token)
    }
    return (beam.best.map { beam.tokens(to: $0) } ?? []).filter { $0 != endID }
  }
}
