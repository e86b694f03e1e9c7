import Foundation

/// Triangular filters whose middles are evenly spaced on Slaney's mel scale, each of area 1, from 0 to 8,000 Hz: those of
/// `WhisperFeatureExtractor`.
struct MelFilters {
  static let highest = 8000.0

  /// The frequencies that a filter lets through, from the first one on; nothing elsewhere.
  struct Filter {
    var first: Int
    var weights: [Double]
  }

  let filters: [Filter]

  /// - Parameters:
  ///   - count: how many filters.
  ///   - frequencies: how many frequencies a spectrum has, evenly from 0 to half of `rate`.
  init(_ count: Int, frequencies: Int, rate: Int) {
    let top = Self.mel(Self.highest)
    let edges = (0..<(count + 2)).map { Self.hertz(top * Double($0) / Double(count + 1)) }
    let step = Double(rate) / 2 / Double(max(frequencies - 1, 1))
    filters = (0..<count).map { filter in
      let (low, middle, high) = (edges[filter], edges[filter + 1], edges[filter + 2])
      let weights = (0..<frequencies).map { index in
        let frequency = Double(index) * step
        let slope = min((frequency - low) / (middle - low), (high - frequency) / (high - middle))
        return max(0, slope) * 2 / (high - low)
      }
      let first = weights.firstIndex { $0 > 0 } ?? 0
      let last = weights.lastIndex { $0 > 0 } ?? -1
      return Filter(first: first, weights: last < first ? [] : Array(weights[first...last]))
    }
  }

  // Linear up to 1,000 Hz, which is mel 15, logarithmic above (Slaney, Auditory Toolbox, 1998).
  private static let logarithmicStep = log(6.4) / 27

  private static func mel(_ hertz: Double) -> Double {
    hertz < 1000 ? hertz * 3 / 200 : 15 + log(hertz / 1000) / logarithmicStep
  }

  private static func hertz(_ mel: Double) -> Double {
    mel < 15 ? mel * 200 / 3 : 1000 * exp((mel - 15) * logarithmicStep)
  }
}
