import Foundation
import TUI

/// Weights as colours, and the ticks of the bar that explains them.
struct ColorScale: Equatable {
  struct Tick: Equatable {
    /// 0 at the foot of the bar, 1 at its top.
    var position: Double
    var label: String
  }

  /// Stands for what is not a number; no palette has it.
  static let notANumber: UInt32 = 0xFF00FF
  private static let decades: Float = 3

  let palette: Palette
  let scale: WeightScale
  /// The weight at the top of the bar.
  let largest: Float

  /// - Parameter weights: everything that is shown in these colours.
  init(palette: Palette, scale: WeightScale, weights: some Sequence<Float>) {
    self.palette = palette
    self.scale = scale
    let maximum = weights.reduce(Float(0)) { $1.isFinite ? max($0, $1) : $0 }
    largest = scale == .maximum && maximum > 0 ? maximum : 1
  }

  func position(of weight: Float) -> Float {
    switch scale {
    case .full, .maximum: weight / largest
    case .logarithmic: weight > 0 ? 1 + log10(weight) / Self.decades : 0
    }
  }

  /// `0xRRGGBB`.
  func color(of weight: Float) -> UInt32 {
    weight.isFinite ? color(at: position(of: weight)) : Self.notANumber
  }

  /// `0xRRGGBB` at a height of the bar from 0 to 1.
  func color(at position: Float) -> UInt32 { palette.color(at: position).hex ?? 0 }

  /// Black or white, whichever is easier to read on the colour of a weight.
  func textColor(on weight: Float) -> UInt32 { Color(hex: color(of: weight)).contrastingText.hex ?? 0 }

  var ticks: [Tick] {
    if scale == .logarithmic {
      return zip([0, 1.0 / 3, 2.0 / 3, 1], ["≤ 0.001", "0.01", "0.1", "1"]).map(Tick.init)
    }
    let top = Double(largest)
    let step = Self.step(to: top)
    let digits = max(0, Int((-log10(step)).rounded(.up)))
    return (0...Int((top / step + 1e-6).rounded(.down))).map { index in
      let weight = Double(index) * step
      return Tick(position: weight / top, label: index == 0 ? "0" : Self.number(weight, digits: digits))
    }
  }

  /// 1, 2 or 5 of a power of ten, so that three to six ticks fit below `top`.
  private static func step(to top: Double) -> Double {
    let power = pow(10, log10(top / 5).rounded(.down))
    return [1, 2, 5, 10].map { $0 * power }.first { top / $0 <= 5.01 } ?? top
  }

  private static func number(_ value: Double, digits: Int) -> String {
    if value == 1 { return "1" }
    return value.formatted(
      .number.precision(.fractionLength(digits)).grouping(.never).locale(Locale(identifier: "en_US_POSIX")))
  }
}
