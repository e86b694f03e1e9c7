import Foundation

/// Sizes and numbers of tensors as people read them.
public enum Amounts {
  /// `512 B`, `1.5 MB`: powers of a thousand.
  public static func bytes(_ count: Int) -> String {
    switch count {
    case ..<1000: "\(count) B"
    case ..<1_000_000: String(format: "%.1f kB", Double(count) / 1e3)
    case ..<1_000_000_000: String(format: "%.1f MB", Double(count) / 1e6)
    default: String(format: "%.2f GB", Double(count) / 1e9)
    }
  }

  /// Four digits.
  public static func short(_ number: Double) -> String { String(format: "%.4g", number) }

  /// `1 tensor`, `3 tensors`.
  public static func count(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }

  private static let bars = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]

  /// A character for each part of a histogram; a space for one without numbers, so that a single one far out can be seen.
  public static func bars(_ histogram: [Int]) -> String {
    let most = max(1, histogram.max() ?? 1)
    return histogram.map { $0 == 0 ? " " : bars[($0 * (bars.count - 1) + most / 2) / most] }.joined()
  }
}
