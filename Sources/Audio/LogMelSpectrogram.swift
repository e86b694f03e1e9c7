import Foundation
import Tensors

/// What Whisper hears (Radford et al. 2022, section 2.2): the logarithm of the power in mel filters, 100 times a second,
/// as `WhisperFeatureExtractor` computes it.
public struct LogMelSpectrogram {
  /// Samples a second.
  public static let rate = 16_000
  /// Samples from one frame to the next.
  public static let hop = 160
  /// Samples that a frame looks at, under Hann's window.
  public static let window = 400
  /// Powers below are not heard.
  private static let floor = 1e-10
  /// Decades below the loudest that are kept.
  private static let range = 8.0

  private let filters: [MelFilters.Filter]
  private let transform = FourierTransform(Self.window)
  private let weights = (0..<Self.window).map { 0.5 - 0.5 * cos(2 * Double.pi * Double($0) / Double(Self.window)) }

  /// - Parameter filters: how many mel filters; 80 for most models, 128 for the third large one.
  public init(filters: Int) {
    self.filters = MelFilters(filters, frequencies: Self.window / 2 + 1, rate: Self.rate).filters
  }

  /// The spectrogram of the first `frames * hop` samples, silence after the last one: `[filters, frames]`.
  ///
  /// - Parameter samples: 16,000 a second.
  /// - Precondition: at least 2 frames.
  public func callAsFunction(_ samples: [Float], frames: Int) -> Tensor {
    precondition(frames >= 2, "\(frames) frames")
    var logs = [Double](repeating: log10(Self.floor), count: filters.count * frames)
    for frame in 0..<frames {
      guard let powers = powers(samples, frame: frame, length: frames * Self.hop) else { continue }
      for (index, filter) in filters.enumerated() {
        let power = filter.weights.indices.reduce(0) { $0 + filter.weights[$1] * powers[filter.first + $1] }
        logs[index * frames + frame] = log10(max(power, Self.floor))
      }
    }
    let lowest = (logs.max() ?? 0) - Self.range
    return Tensor([filters.count, frames], logs.map { Float((max($0, lowest) + 4) / 4) })
  }

  /// The power at each frequency around the frame's middle; nil where all is silent. At both ends the sound is mirrored.
  private func powers(_ samples: [Float], frame: Int, length: Int) -> [Double]? {
    let start = frame * Self.hop - Self.window / 2
    let part = (0..<Self.window).map { index in
      let place = abs(start + index)
      let mirrored = place < length ? place : 2 * (length - 1) - place
      return mirrored < samples.count ? Double(samples[mirrored]) * weights[index] : 0
    }
    guard part.contains(where: { $0 != 0 }) else { return nil }
    return transform(part).prefix(Self.window / 2 + 1).map { ($0 * $0).sum() }
  }
}
