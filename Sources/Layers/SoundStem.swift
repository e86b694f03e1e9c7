import Autograd
import Tensors

/// How Whisper's encoder begins (Radford et al. 2022): two convolutions over time, each of three frames and followed by
/// GELU, the second of which takes every other frame.
///
/// Only for models that are trained already: no gradient reaches the spectrogram.
public struct SoundStem {
  private let first: Linear
  private let second: Linear

  /// Parameters of two linear layers, `0` `[3 * filters, width]` and `1` `[3 * width, width]`; a row of a kernel belongs
  /// to a channel and one of the three frames, the frames of a channel in order.
  public init(_ source: inout some ParameterSource, filters: Int, width: Int) throws {
    first = try source.scoped("0") { try Linear(&$0, 3 * filters, width) }
    second = try source.scoped("1") { try Linear(&$0, 3 * width, width) }
  }

  /// Positions that so many frames become.
  public static func positions(frames: Int) -> Int { (frames + 1) / 2 }

  /// A spectrogram `[frames, filters]` to `[positions, width]`.
  public func callAsFunction(_ spectrogram: Tensor) -> Variable {
    let x = first(Variable(Self.neighbours(spectrogram, step: 1))).activated(.gelu)
    return second(Variable(Self.neighbours(x.value, step: 2))).activated(.gelu)
  }

  /// For every `step`th row itself with the row before and the one after it, zeros beyond the ends: `[T, C]` to
  /// `[T / step, 3C]`.
  static func neighbours(_ x: Tensor, step: Int) -> Tensor {
    let (rows, channels) = (x.shape.rows, x.shape.columns)
    let count = (rows + step - 1) / step
    return Tensor([count, 3 * channels]) { out in
      out.initialize(repeating: 0, count: count * 3 * channels)
      x.withUnsafeElements { x in
        for row in 0..<count {
          for offset in 0..<3 {
            let from = row * step + offset - 1
            guard from >= 0, from < rows else { continue }
            for channel in 0..<channels {
              out[(row * channels + channel) * 3 + offset] = x[from * channels + channel]
            }
          }
        }
      }
    }
  }
}
