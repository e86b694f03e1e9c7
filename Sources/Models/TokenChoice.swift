/// What decoding may choose at one step; what it may not choose keeps its probability.
public struct TokenChoice: Sendable, Equatable {
  /// The best of these it is, whatever else is probable: one is a token that every target has there, such as a
  /// language's. Nil leaves the choice to the model.
  public var among: [Int]?
  /// Where the choice is the model's, these are never chosen.
  public var without: [Int]

  public init(among: [Int]? = nil, without: [Int] = []) {
    self.among = among
    self.without = without
  }

  /// Whether the model has nothing to choose.
  var isGiven: Bool { among?.count == 1 }
}

extension NextTokens {
  /// The most probable tokens that may be chosen, best first; of a list to choose from the best one alone.
  func best(_ count: Int, _ choice: TokenChoice) -> [Int] {
    guard let among = choice.among else { return best(count, without: choice.without) }
    return among.max { logit(of: $0) < logit(of: $1) }.map { [$0] } ?? []
  }
}
