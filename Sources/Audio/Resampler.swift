import Foundation

/// Changes how many samples a sound has in a second, by band-limited interpolation (Smith & Gossett 1984).
///
/// The filter is a sinc with `crossings` zeros on each side, under Kaiser's window with beta 8.6, cut at 94 % of the
/// lower of the two Nyquist frequencies. Before its first and after its last sample a sound is silent.
public struct Resampler {
  static let crossings = 32
  static let passband = 0.94
  static let beta = 8.6

  private let from: Int
  private let to: Int
  /// Half the filter's length, in samples of the input.
  private let reach: Int
  /// The cut, as a share of the input's sampling rate.
  private let cut: Double

  /// - Precondition: both rates are positive.
  public init(from: Int, to: Int) {
    precondition(from > 0 && to > 0, "\(from) to \(to) samples a second")
    let divisor = Self.greatestCommonDivisor(from, to)
    (self.from, self.to) = (from / divisor, to / divisor)
    cut = 0.5 * Self.passband * min(1, Double(to) / Double(from))
    reach = Int((Double(Self.crossings) / (2 * cut)).rounded(.up))
  }

  public func callAsFunction(_ samples: [Float]) -> [Float] {
    guard from != to else { return samples }
    let count = (samples.count * to + from - 1) / from
    var filters: [Int: [Float]] = [:]
    return (0..<count).map { index in
      let (whole, phase) = (index * from / to, index * from % to)
      let filter: [Float]
      if let known = filters[phase] {
        filter = known
      } else {
        filter = self.filter(Double(phase) / Double(to))
        filters[phase] = filter
      }
      let first = whole - reach + 1
      let range = max(0, -first)..<max(max(0, -first), min(filter.count, samples.count - first))
      return filter.withUnsafeBufferPointer { filter in
        samples.withUnsafeBufferPointer { samples in
          range.reduce(Float(0)) { $0 + filter[$1] * samples[first + $1] }
        }
      }
    }
  }

  /// What the samples from `1 - reach` to `reach` around a moment count for; together 1, so that a constant stays one.
  ///
  /// - Parameter fraction: how far the moment lies after sample 0.
  private func filter(_ fraction: Double) -> [Float] {
    let taps = (0..<(2 * reach)).map { index in
      let distance = Double(index + 1 - reach) - fraction
      let position = distance / Double(reach)
      guard abs(position) < 1 else { return 0.0 }
      let angle = 2 * Double.pi * cut * distance
      return (angle == 0 ? 1 : sin(angle) / angle) * Self.bessel(Self.beta * (1 - position * position).squareRoot())
    }
    let sum = taps.reduce(0, +)
    return taps.map { Float($0 / sum) }
  }

  /// The modified Bessel function of the first kind and order 0, by its series.
  private static func bessel(_ x: Double) -> Double {
    var (sum, term, k) = (1.0, 1.0, 1.0)
    while term > sum * 1e-17 {
      term *= x * x / (4 * k * k)
      sum += term
      k += 1
    }
    return sum
  }

  private static func greatestCommonDivisor(_ a: Int, _ b: Int) -> Int {
    var (a, b) = (a, b)
    while b != 0 { (a, b) = (b, a % b) }
    return a
  }
}
