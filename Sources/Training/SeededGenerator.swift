/// SplitMix64 (Steele, Lea and Flood 2014): a small generator whose numbers follow from its seed alone, on every platform.
public struct SeededGenerator: RandomNumberGenerator, Sendable {
  private var state: UInt64

  /// Each list of seeds, e.g. `[seed, epoch]`, starts its own sequence.
  public init(_ seeds: [UInt64]) {
    state = 0
    for seed in seeds { state = next() ^ seed }
  }

  public mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  /// Fisher and Yates's shuffle, written out because the standard library's may change between versions and a resumed
  /// run must see the same order.
  public mutating func shuffle<Element>(_ elements: inout [Element]) {
    guard elements.count > 1 else { return }
    for last in stride(from: elements.count - 1, to: 0, by: -1) {
      let chosen = next().multipliedFullWidth(by: UInt64(last + 1)).high
      elements.swapAt(last, Int(chosen))
    }
  }
}
