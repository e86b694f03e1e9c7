import Foundation

/// The perplexity of a mean negative log-likelihood.
///
/// - Parameter negativeLogLikelihood: in nats, averaged over the real target tokens.
public func perplexity(negativeLogLikelihood: Double) -> Double {
  exp(negativeLogLikelihood)
}
