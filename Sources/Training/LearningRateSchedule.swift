import Foundation

/// How the learning rate moves over a run.
public struct LearningRateSchedule: Sendable, Equatable {
  public enum Kind: String, Sendable, CaseIterable, Codable {
    case constant
    /// Straight down to `finalFraction` of the peak at the last step.
    case linear
    /// Vaswani et al. 2017: the peak is reached at the end of the warm-up, then `sqrt(warmup / step)` of it.
    case inverseSquareRoot = "inverse_square_root"
    /// Loshchilov and Hutter 2017, without restarts: half a cosine down to `finalFraction` at the last step.
    case cosine
    /// Multiplied by `plateauFactor` each time that validation has not improved for `plateauPatience` epochs.
    case plateau
  }

  public var kind = Kind.constant
  /// The highest rate.
  public var peak = 0.001
  /// Steps in which the rate rises from 0 to the peak in a straight line.
  public var warmupSteps = 0
  /// The step at which `linear` and `cosine` have come down; nil for the last one of the recipe's epochs.
  public var decaySteps: Int?
  /// Where `linear` and `cosine` end, as a part of the peak.
  public var finalFraction = 0.0
  public var plateauFactor = 0.5
  public var plateauPatience = 1

  public init() {}

  /// The rate of one step.
  ///
  /// - Parameters:
  ///   - step: counted from 1.
  ///   - lastStep: of the whole run, used where `decaySteps` is nil.
  ///   - reductions: how often `plateau` has been hit so far.
  public func rate(step: Int, lastStep: Int, reductions: Int = 0) -> Double {
    if step < warmupSteps { return peak * Double(step) / Double(warmupSteps) }
    let end = max(decaySteps ?? lastStep, warmupSteps + 1)
    let done = min(1, Double(step - warmupSteps) / Double(end - warmupSteps))
    switch kind {
    case .constant: return peak
    case .linear: return peak * (1 - (1 - finalFraction) * done)
    case .inverseSquareRoot: return peak * (Double(max(1, warmupSteps)) / Double(max(1, step))).squareRoot()
    case .cosine: return peak * (finalFraction + (1 - finalFraction) * (1 + cos(.pi * done)) / 2)
    case .plateau: return peak * pow(plateauFactor, Double(reductions))
    }
  }
}
