import TUI
import Traces

/// Charts of differences: what a second chart has more or less than a first.
///
/// A difference from -1 to 1 is kept as its place from 0 to 1 on the diverging palette, whose middle is no difference, so
/// that `masked` stays apart; `matrix` holds the magnitudes, so that the strongest column is where most has changed.
extension Chart {
  /// - Parameter places: row-major `[rows, columns]`, from `place(of:)`, or `masked`.
  init(differences places: [Float], rows: Axis, columns: Axis) {
    let magnitudes = places.map { $0 == Self.masked ? 0 : abs(Self.difference(at: $0)) }
    self.init(
      rows: rows, columns: columns, values: places,
      matrix: AttentionMatrix(rows: rows.count, columns: columns.count, weights: magnitudes, scores: nil),
      isDifference: true)
  }

  /// Where a difference lies on the diverging palette.
  static func place(of difference: Float) -> Float { min(1, max(0, 0.5 + difference / 2)) }

  /// Where the difference of two values lies; masked where both are. What is masked in one of the two has a weight of
  /// exactly 0 there.
  static func place(of now: Float, less before: Float) -> Float {
    now == masked && before == masked ? masked : place(of: max(0, now) - max(0, before))
  }

  /// The difference at a place of the palette.
  static func difference(at place: Float) -> Float { 2 * place - 1 }

  /// Of two differences, given as places, the larger.
  static func larger(_ a: Float, _ b: Float) -> Float {
    guard a != masked, b != masked else { return max(a, b) }
    return abs(difference(at: b)) > abs(difference(at: a)) ? b : a
  }
}

extension Settings.Scale {
  /// Where a difference, given as its place, lies on the diverging palette under this scale.
  func position(difference place: Float, rowMaximum: Float) -> Float {
    let difference = Chart.difference(at: place)
    let magnitude = position(abs(difference), rowMaximum: rowMaximum)
    return Chart.place(of: difference < 0 ? -magnitude : magnitude)
  }
}

extension Numbers {
  /// A difference in at most four columns: `+.12`, `−.03`; nothing for what rounds to none.
  static func change(_ difference: Float) -> String {
    guard abs(difference) >= 0.005 else { return "" }
    return (difference < 0 ? "−" : "+") + short(abs(difference))
  }
}

/// Differences without colours: what has become less, nothing, what has become more.
enum DifferenceRamp {
  static let glyphs: [Character] = ["=", "-", ".", " ", ".", "+", "#"]

  static func glyph(at place: Float) -> Character {
    let difference = Chart.difference(at: place)
    let size = abs(difference) < 0.02 ? 0 : abs(difference) < 0.1 ? 1 : abs(difference) < 0.5 ? 2 : 3
    return glyphs[difference < 0 ? 3 - size : 3 + size]
  }
}
