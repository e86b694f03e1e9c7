import TUI
import TestSupport

@testable import Explorer

/// What somebody who knows nothing does to the explorer, the same for the same seed: keys, most of them with a meaning, pastes,
/// mouse events and windows of any size.
struct RandomEvents {
  private var random: Fuzzer
  private let largest: Size

  /// - Parameter largest: window; small ones come more often.
  init(seed: UInt64, largest: Size = Size(columns: 200, rows: 60)) {
    random = Fuzzer(seed: seed)
    self.largest = largest
  }

  static let keys: [Key] =
    KeyTable.bindings.flatMap(\.keys).flatMap { $0 }
    + "abcXYZ?!. éß漢👍🏽\u{301}".map { Key.character($0) }
    + [Key(.insert), Key(.backTab), Key(.function(1)), Key(.left, .alt), .control("g"), Key(.delete)]

  static let pastes = [
    "", " ", "un deux trois", String(repeating: "long ", count: 60), "a\nb\tc\u{1B}[31m\u{0}", "漢字かな交じり文",
    "שלום עולם", "👩‍👩‍👧‍👦👩‍👩‍👧‍👦", "e\u{301}\u{301}\u{301}",
  ]

  mutating func next() -> TerminalEvent {
    switch Int.random(in: 0..<100, using: &random) {
    case 0..<87: return .key(Self.keys.randomElement(using: &random) ?? .character("x"))
    case 87..<90: return .paste(Self.pastes.randomElement(using: &random) ?? "")
    case 90..<95: return .resize(size())
    case 95..<99: return mouse()
    default: return .resumed
    }
  }

  /// True with a probability of one in `count`.
  mutating func oneIn(_ count: Int) -> Bool { Int.random(in: 0..<max(1, count), using: &random) == 0 }

  private mutating func size() -> Size {
    let isLarge = Bool.random(using: &random)
    let most = isLarge ? largest : Size(columns: min(90, largest.columns), rows: min(30, largest.rows))
    return Size(
      columns: .random(in: 0...most.columns, using: &random), rows: .random(in: 0...most.rows, using: &random))
  }

  private mutating func mouse() -> TerminalEvent {
    let action = [MouseAction.press, .release, .scrollUp, .scrollDown].randomElement(using: &random) ?? .press
    return .mouse(
      column: .random(in: -2...largest.columns + 10, using: &random),
      row: .random(in: -2...largest.rows + 5, using: &random), action)
  }
}
