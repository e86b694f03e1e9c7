import Foundation

/// A colour in Oklab (Ottosson, 2020): lightness and two axes of hue, where distance is about what the eye sees.
///
/// Distance in red, green and blue would show the blues of viridis as grey.
struct Oklab: Hashable {
  /// Lightness 0 to 1, green to red, blue to yellow.
  var components: SIMD3<Double>

  init(_ rgb: RGB) {
    let (red, green, blue) = rgb.linear
    let long = cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue)
    let medium = cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue)
    let short = cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue)
    components = SIMD3(
      0.2104542553 * long + 0.7936177850 * medium - 0.0040720468 * short,
      1.9779984951 * long - 2.4285922050 * medium + 0.4505937099 * short,
      0.0259040371 * long + 0.7827717662 * medium - 0.8086757660 * short)
  }

  /// Colours of less chroma than this count as greys.
  static let greyChroma = 0.04

  var isGrey: Bool { components[1] * components[1] + components[2] * components[2] < Self.greyChroma * Self.greyChroma }

  /// Squared distance.
  func distance(to other: Oklab) -> Double {
    let difference = components - other.components
    return (difference * difference).sum()
  }
}

/// The fixed palettes of terminals, and the entry of each that looks most like a colour.
enum NearestColor {
  /// xterm's colours 16 to 255: a cube of six levels a channel, then 24 greys. Users seldom change these.
  static let fixed256: [RGB] = {
    let levels = [0, 95, 135, 175, 215, 255]
    let cube = (0..<216).map { RGB(levels[$0 / 36], levels[$0 / 6 % 6], levels[$0 % 6]) }
    return cube + (0..<24).map { RGB(8 + 10 * $0, 8 + 10 * $0, 8 + 10 * $0) }
  }()

  private static let lab256 = fixed256.map(Oklab.init)
  private static let lab16 = ANSIColor.allCases.map { Oklab($0.rgb) }

  /// 16 to 255.
  static func index256(_ color: RGB) -> Int {
    16 + nearest(to: Oklab(color), in: lab256, among: 0..<240)
  }

  /// 0 to 7 or 15. Greys become greys, and colours keep a hue unless they are as good as black or white: with so few, the
  /// nearest by distance alone would turn quiet text red.
  static func indexANSI(_ color: RGB, count: Int) -> Int {
    let lab = Oklab(color)
    let greys = [0, 7, 8, 15].filter { $0 < count }
    if lab.isGrey { return nearest(to: lab, in: lab16, among: greys) }
    let hues = (0..<count).filter { $0 == 0 || $0 == 15 || !greys.contains($0) }
    return nearest(to: lab, in: lab16, among: hues)
  }

  private static func nearest(to color: Oklab, in palette: [Oklab], among indices: some Sequence<Int>) -> Int {
    var best = (index: 0, distance: Double.infinity)
    for index in indices {
      let distance = palette[index].distance(to: color)
      if distance < best.distance { best = (index, distance) }
    }
    return best.index
  }
}
