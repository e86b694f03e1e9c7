import Traces

extension DecodingSession {
  /// What this session's interventions did to an earlier decode of the same source.
  ///
  /// Both are compared as far as they have been decoded.
  ///
  /// - Throws: `ModelError` if what was produced before cannot be given to this session's model.
  public func difference(from before: DecodingSession) throws -> TraceDifference {
    try TraceDifference(
      before: before.trace, after: trace, logProbabilities: logProbabilities(of: before.trace.steps.map(\.token.id)))
  }

  /// Natural log-probabilities of given target tokens under this session's interventions, in place of the tokens that it
  /// produced.
  private func logProbabilities(of target: [Int]) throws -> [Float] {
    guard !target.isEmpty else { return [] }
    let kept = trace.interventions.filter { ![.force, .target].contains($0.verb) }
    var forced = self
    try forced.intervene(kept + [.target(target)])
    forced.jump(to: target.count)
    return forced.trace.steps.map(\.logProbability)
  }
}
