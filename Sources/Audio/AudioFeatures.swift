import Tensors

/// An audio file as a model hears it.
public struct AudioFeatures: Sendable {
  /// `[filters, frames]`.
  public let features: Tensor
  /// Seconds of sound in them; silence follows.
  public let seconds: Double
  /// What was changed on the way, a line each: the rate, the channels, a cut.
  public let notes: [String]

  /// Reads a file, brings it to 16,000 samples a second of one channel, and takes as many frames as the model hears:
  /// more is cut, less is filled with silence.
  ///
  /// - Throws: `AudioError`.
  public init(path: String, filters: Int, frames: Int) throws(AudioError) {
    let longest = Double(frames * LogMelSpectrogram.hop) / Double(LogMelSpectrogram.rate)
    // A little more, for the filter that changes the rate.
    let file = try AudioFile(path: path, seconds: longest + 0.1)
    let samples = Resampler(from: file.rate, to: LogMelSpectrogram.rate)(file.samples)
    features = LogMelSpectrogram(filters: filters)(samples, frames: frames)
    seconds = min(longest, Double(samples.count) / Double(LogMelSpectrogram.rate))
    var notes: [String] = []
    if file.rate != LogMelSpectrogram.rate {
      notes.append("\(path): resampled from \(file.rate) to \(LogMelSpectrogram.rate) Hz")
    }
    if samples.count > frames * LogMelSpectrogram.hop {
      let whole = file.duration.map { " of \(Self.text($0)) s" } ?? ""
      notes.append("\(path): the first \(Self.text(longest)) s\(whole) are read, as much as the model hears")
    }
    self.notes = notes
  }

  private static func text(_ seconds: Double) -> String { text(hundredths: Int(seconds * 100)) }

  /// Hundredths of a second as seconds: `0.42`.
  public static func text(hundredths: Int) -> String {
    "\(hundredths / 100).\(hundredths % 100 < 10 ? "0" : "")\(hundredths % 100)"
  }
}
