import Checkpoints
import Foundation
import TUI

/// The tensors of a checkpoint by the parts of their names.
struct TensorTree {
  /// Names of more parts than this keep the rest in one.
  private static let deepest = 24

  private(set) var name = ""
  private(set) var tensor: TensorInfo?
  /// In the order of the checkpoint.
  private(set) var children: [TensorTree] = []
  private var places: [String: Int] = [:]

  init(_ tensors: [TensorInfo]) {
    for tensor in tensors {
      // Paths where the format has them, else attributes as PyTorch names them.
      let separator: Character = tensor.name.contains("/") ? "/" : "."
      let parts = tensor.name.split(separator: separator, maxSplits: Self.deepest, omittingEmptySubsequences: false)
      insert(tensor, parts.map(String.init)[...])
    }
  }

  private init(name: String) { self.name = name }

  private mutating func insert(_ tensor: TensorInfo, _ parts: ArraySlice<String>) {
    guard let part = parts.first else { return }
    let place: Int
    if let known = places[part], parts.count > 1 || children[known].tensor == nil {
      place = known
    } else {
      place = children.count
      places[part] = place
      children.append(TensorTree(name: part))
    }
    if parts.count == 1 { children[place].tensor = tensor } else { children[place].insert(tensor, parts.dropFirst()) }
  }

  /// Calls `body` with each line's depth, name and tensor; a group of one group is on its line.
  func forEachLine(
    depth: Int = 0, prefix: String = "", _ body: (_ depth: Int, _ name: String, _ tensor: TensorInfo?) throws -> Void
  ) rethrows {
    for child in children {
      let name = prefix + child.name
      if child.tensor == nil, child.children.count == 1, !child.children[0].children.isEmpty {
        try child.forEachLine(depth: depth, prefix: name + "/", body)
        continue
      }
      try body(depth, name, child.tensor)
      try child.forEachLine(depth: depth + 1, body)
    }
  }
}

/// Prints a checkpoint as indented text, a line a tensor.
struct TensorTreePrinter {
  let checkpoint: Checkpoint
  let withNumbers: Bool
  private static let bars = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]
  /// Longer metadata, such as a whole configuration, is cut.
  private static let longestValue = 100

  mutating func print(_ write: (String) throws -> Void) throws {
    let tensors = checkpoint.tensors
    let bytes = tensors.reduce(0) { $0 + $1.byteCount }
    let numbers = tensors.reduce(0) { $0 + ($1.type.isNumeric ? $1.shape.reduce(1, *) : 0) }
    try write(
      "\(printable(checkpoint.file, limit: 1000)): \(checkpoint.format.rawValue), \(tensors.count) "
        + "\(tensors.count == 1 ? "tensor" : "tensors"), \(numbers) numbers, \(Self.size(bytes))\n")
    for (key, value) in checkpoint.metadata.sorted(by: { $0.key < $1.key }) {
      try write("  \(printable(key)) = \(printable(value, limit: Self.longestValue))\n")
    }
    var lines: [(text: String, tensor: TensorInfo?)] = []
    TensorTree(tensors).forEachLine { depth, name, tensor in
      let shown = name.isEmpty ? "(no name)" : printable(name, limit: 200)
      lines.append((String(repeating: "  ", count: depth) + shown, tensor))
    }
    let facts = lines.map { line in line.tensor.map(Self.facts) ?? [] }
    let widths =
      [lines.filter { $0.tensor != nil }.map(\.text.displayWidth).max() ?? 0]
      + (0..<3).map { column in
        facts.map { $0.isEmpty ? 0 : $0[column].displayWidth }.max() ?? 0
      }
    for (line, facts) in zip(lines, facts) {
      guard let tensor = line.tensor else {
        try write(line.text + "\n")
        continue
      }
      let cells = zip([line.text] + facts, widths).map {
        $0 + String(repeating: " ", count: max(0, $1 - $0.displayWidth))
      }
      try write(try (cells + tail(tensor)).joined(separator: "  ").trimmingSuffix(" ") + "\n")
    }
  }

  private static func facts(_ tensor: TensorInfo) -> [String] {
    [tensor.type.name, "[\(tensor.shape.map(String.init).joined(separator: ", "))]", size(tensor.byteCount)]
  }

  /// What the numbers are like, and the framework's name.
  private func tail(_ tensor: TensorInfo) throws -> [String] {
    var cells: [String] = []
    if withNumbers, let statistics = try checkpoint.statistics(of: tensor.name, parts: 12), statistics.count > 0 {
      if let range = statistics.range {
        cells.append("\(Self.short(range.lowerBound)) to \(Self.short(range.upperBound))")
        cells.append(
          "mean \(Self.short(statistics.mean ?? .nan)), deviation \(Self.short(statistics.deviation ?? .nan))")
      }
      cells.append(Self.bars(statistics.histogram))
      for (count, what) in [
        (statistics.zeros, "zero"), (statistics.nans, "not a number"), (statistics.infinities, "infinite"),
      ] where count > 0 { cells.append("\(count) \(what)") }
    }
    if let label = tensor.label { cells.append("= \(printable(label, limit: 200))") }
    return cells
  }

  /// Nothing for a part without numbers, so that a single one far out can be seen.
  private static func bars(_ histogram: [Int]) -> String {
    let most = max(1, histogram.max() ?? 1)
    return histogram.map { $0 == 0 ? " " : bars[($0 * (bars.count - 1) + most / 2) / most] }.joined()
  }

  private static func short(_ number: Double) -> String { String(format: "%.4g", number) }

  private static func size(_ bytes: Int) -> String {
    switch bytes {
    case ..<1000: "\(bytes) B"
    case ..<1_000_000: String(format: "%.1f kB", Double(bytes) / 1e3)
    case ..<1_000_000_000: String(format: "%.1f MB", Double(bytes) / 1e6)
    default: String(format: "%.2f GB", Double(bytes) / 1e9)
    }
  }
}

extension String {
  fileprivate func trimmingSuffix(_ character: Character) -> String {
    var text = self[...]
    while text.last == character { text = text.dropLast() }
    return String(text)
  }
}
