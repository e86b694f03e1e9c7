/// A small deterministic generator (SplitMix64, Steele et al. 2014): the same seed gives the same numbers everywhere.
public struct Randomness: RandomNumberGenerator, Sendable {
  private var state: UInt64

  public init(seed: UInt64) { state = seed }

  /// An independent generator for one step of a run, so that a resumed run draws the same numbers.
  public init(seed: UInt64, stream: UInt64) {
    var mixer = Randomness(seed: seed)
    var other = Randomness(seed: stream &+ 0x5851_F42D_4C95_7F2D)
    state = mixer.next() ^ other.next()
  }

  public mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// Uniform in `0..<1`, with 24 bits.
  public mutating func uniform() -> Float { Float(next() >> 40) * 0x1p-24 }
}
