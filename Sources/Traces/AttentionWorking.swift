import Foundation

/// One row of attention worked through: what one head did with one query, from the query to the context, in the numbers
/// that the model used.
public struct AttentionWorking: Sendable, Equatable {
  /// How a query is compared with a key.
  public enum Mechanism: Sendable, Equatable {
    /// `v · tanh(q + k) + bias`, query and key projected (Bahdanau et al. 2015).
    case additive(v: [Float], bias: Float)
    /// `q · k` (Luong et al. 2015).
    case dot
    /// `q · k`, the key projected (Luong et al. 2015).
    case general
    /// `v · tanh(q + k)`, both halves of a product with one matrix (Luong et al. 2015).
    case concat(v: [Float])
    /// `scale × q · k` (Vaswani et al. 2017).
    case scaledDot(scale: Float)
  }

  public var head: HeadAddress
  /// Of the site's matrix.
  public var row: Int
  public var mechanism: Mechanism
  /// What asks, as it is compared with the keys.
  public var query: [Float]
  /// For each column what it is compared with, as many numbers as the query.
  public var keys: [[Float]]
  /// For each column what is summed.
  public var values: [[Float]]
  /// As the model makes them; `-infinity` where it masks.
  public var modelScores: [Float]
  /// What the scores are divided by.
  public var temperature: Float
  /// What the softmax reads: divided by the temperature, hidden tokens `-infinity`.
  public var scores: [Float]
  /// What the softmax gives, or local attention makes of it.
  public var modelWeights: [Float]
  /// What the values are summed with: other than `modelWeights` in a row that was set.
  public var weights: [Float]
  /// The weighted sum of the values, before a silenced head's becomes 0.
  public var context: [Float]
  public var isSilenced: Bool

  public init(
    head: HeadAddress, row: Int, mechanism: Mechanism, query: [Float], keys: [[Float]], values: [[Float]],
    modelScores: [Float], temperature: Float, scores: [Float], modelWeights: [Float], weights: [Float],
    context: [Float], isSilenced: Bool
  ) {
    self.head = head
    self.row = row
    self.mechanism = mechanism
    self.query = query
    self.keys = keys
    self.values = values
    self.modelScores = modelScores
    self.temperature = temperature
    self.scores = scores
    self.modelWeights = modelWeights
    self.weights = weights
    self.context = context
    self.isSilenced = isSilenced
  }
}

// MARK: The score

extension AttentionWorking {
  /// What is summed up to a column's score, one number for each of the query's; none for a column that there is not.
  public func terms(_ column: Int) -> [Float] {
    guard keys.indices.contains(column) else { return [] }
    let pairs = zip(query, keys[column])
    return switch mechanism {
    case .additive(let v, _), .concat(let v): zip(v, pairs).map { $0 * tanh($1.0 + $1.1) }
    case .dot, .general, .scaledDot: pairs.map { $0 * $1 }
    }
  }

  /// The sum of the terms; with the bias, or the scale, it is the score.
  public func sumOfTerms(_ column: Int) -> Float { Float(terms(column).reduce(0.0) { $0 + Double($1) }) }

  /// What the mechanism makes of query and key.
  public func comparison(_ column: Int) -> Float {
    switch mechanism {
    case .additive(_, let bias): sumOfTerms(column) + bias
    case .scaledDot(let scale): sumOfTerms(column) * scale
    case .dot, .general, .concat: sumOfTerms(column)
    }
  }

  /// What the model adds to the comparison, such as a bias for the distance of two positions; nil where that is nothing
  /// or the column is masked.
  public func bias(_ column: Int) -> Float? {
    guard modelScores.indices.contains(column), modelScores[column].isFinite else { return nil }
    let (score, comparison) = (modelScores[column], comparison(column))
    return abs(score - comparison) > 1e-3 * max(1, abs(score)) ? score - comparison : nil
  }
}

// MARK: The softmax

extension AttentionWorking {
  /// The largest score, which is taken from all so that no exponential overflows; 0 where all is masked.
  public var maximum: Float {
    let finite = scores.filter(\.isFinite)
    return finite.max() ?? 0
  }

  /// `exp(score − maximum)` of each column; 0 where it is masked.
  public var exponentials: [Float] {
    let maximum = Double(maximum)
    return scores.map { $0 == -.infinity ? 0 : Float(exp(Double($0) - maximum)) }
  }

  /// The sum of the exponentials.
  public var sum: Float { Float(exponentials.reduce(0.0) { $0 + Double($1) }) }

  /// Each exponential divided by their sum.
  public var quotients: [Float] {
    let (exponentials, sum) = (exponentials, sum)
    return exponentials.map { sum > 0 ? $0 / sum : 0 }
  }

  /// What local attention multiplies the quotients by; nil where the weights are the quotients.
  public var windowFactors: [Float]? {
    let quotients = quotients
    let differs = zip(quotients, modelWeights).contains { abs($0 - $1) > 1e-5 }
    return differs ? zip(quotients, modelWeights).map { $0 > 0 ? $1 / $0 : 0 } : nil
  }

  /// Whether the weights are others than the model's.
  public var isRowSet: Bool { weights != modelWeights }
}

// MARK: The context

extension AttentionWorking {
  /// What is summed up to one number of the context: each column's weight times that number of its value.
  public func contextTerms(_ index: Int) -> [Float] {
    zip(weights, values).map { weight, value in value.indices.contains(index) ? weight * value[index] : 0 }
  }
}
