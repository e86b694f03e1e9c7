/// Colour numbers of one cell as ncurses counts them; -1 is the terminal's own.
struct ColorPair: Sendable, Hashable {
  var foreground: Int32
  var background: Int32

  static let terminal = ColorPair(foreground: -1, background: -1)
}

/// Which of ncurses' numbered pairs shows which two colours. There are as few as 64, so numbers are used again.
struct PairTable {
  /// Numbers 1 up to, but not including, this one are ours; 0 is always the terminal's own colours.
  let limit: Int
  private var numbers: [ColorPair: Int] = [:]
  private var free: [Int] = []
  private var next = 1

  init(limit: Int) { self.limit = limit }

  /// The number of a pair, and whether it must be defined first.
  ///
  /// When all are taken, those that the picture no longer shows are given up: `inUse` lists the ones it does. If they are
  /// still too few, a pair with the same background stands in, because in a heatmap the background is the datum.
  mutating func number(for pair: ColorPair, inUse: () -> Set<ColorPair>) -> (number: Int, isNew: Bool) {
    if pair == .terminal { return (0, false) }
    if let number = numbers[pair] { return (number, false) }
    if let number = take() ?? sweep(keeping: inUse()) {
      numbers[pair] = number
      return (number, true)
    }
    let similar = numbers.filter { $0.key.background == pair.background }.values.min()
    return (similar ?? 0, false)
  }

  private mutating func take() -> Int? {
    if let number = free.popLast() { return number }
    guard next < limit else { return nil }
    defer { next += 1 }
    return next
  }

  private mutating func sweep(keeping inUse: Set<ColorPair>) -> Int? {
    for (pair, number) in numbers where !inUse.contains(pair) {
      numbers[pair] = nil
      free.append(number)
    }
    return free.popLast()
  }
}
