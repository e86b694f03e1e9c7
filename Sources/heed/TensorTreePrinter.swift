import Checkpoints
import Foundation
import Inspection
import TUI

/// Prints a checkpoint as indented text, a line a tensor.
struct TensorTreePrinter {
  let checkpoint: Checkpoint
  let withNumbers: Bool
  /// Longer metadata, such as a whole configuration, is cut.
  private static let longestValue = 100

  /// - Parameter write: takes some lines at a time, as they come.
  func print(_ write: @escaping (String) throws -> Void) throws {
    let summary = checkpoint.summary
    var page = Page(write)
    try page.add(
      "\(printable(summary.path, limit: 1000)): \(summary.format), \(Amounts.count(summary.tensors.count, "tensor")), "
        + "\(summary.numberCount) numbers, \(Amounts.bytes(summary.byteCount))")
    for entry in summary.metadata {
      try page.add("  \(printable(entry.key)) = \(printable(entry.value, limit: Self.longestValue))")
    }
    do {
      try addTree(summary.tensors, to: &page)
    } catch {
      try page.flush()
      throw error
    }
    try page.flush()
  }

  private func addTree(_ tensors: [TensorSummary], to page: inout Page) throws {
    let lines = TensorTree(tensors).lines()
    let names = lines.map { line in
      let shown = line.label.isEmpty ? "(no name)" : printable(line.label, limit: 200)
      return line.depth == 0 ? shown : String(repeating: "  ", count: line.depth) + shown
    }
    var nameWidth = 0
    var widths = [0, 0, 0]
    for (name, line) in zip(names, lines) {
      guard let tensor = line.tensor else { continue }
      nameWidth = max(nameWidth, name.displayWidth)
      for (column, fact) in Self.facts(tensors[tensor]).enumerated() {
        widths[column] = max(widths[column], fact.utf8.count)
      }
    }
    for (name, line) in zip(names, lines) {
      guard let tensor = line.tensor else {
        try page.add(name)
        continue
      }
      var text = name
      text.append(blanks: nameWidth - name.displayWidth + 2)
      for (column, fact) in Self.facts(tensors[tensor]).enumerated() {
        text += fact
        text.append(blanks: widths[column] - fact.utf8.count + 2)
      }
      text += try tail(tensors[tensor]).joined(separator: "  ")
      while text.utf8.last == UInt8(ascii: " ") { text.removeLast() }
      try page.add(text)
    }
  }

  /// ASCII, all of them.
  private static func facts(_ tensor: TensorSummary) -> [String] {
    [tensor.type, tensor.shapeText, Amounts.bytes(tensor.byteCount)]
  }

  /// What the numbers are like, and the framework's name.
  private func tail(_ tensor: TensorSummary) throws -> [String] {
    var cells: [String] = []
    if withNumbers, let statistics = try checkpoint.statistics(of: tensor.name, parts: 12), statistics.count > 0 {
      let short = Amounts.short
      if let range = statistics.range {
        cells.append("\(short(range.lowerBound)) to \(short(range.upperBound))")
        cells.append("mean \(short(statistics.mean ?? .nan)), deviation \(short(statistics.deviation ?? .nan))")
      }
      cells.append(Amounts.bars(statistics.histogram))
      for (count, what) in [
        (statistics.zeros, "zero"), (statistics.nans, "not a number"), (statistics.infinities, "infinite"),
      ] where count > 0 { cells.append("\(count) \(what)") }
    }
    if let label = tensor.label { cells.append("= \(printable(label, limit: 200))") }
    return cells
  }
}

extension String {
  fileprivate mutating func append(blanks count: Int) {
    for _ in 0..<max(0, count) { append(" ") }
  }
}

/// Lines that are written many at a time, since each writing takes as long as making a line does, but soon enough for
/// someone who waits for large tensors to be read.
private struct Page {
  private static let most = 1 << 16
  private static let longestWait = Duration.milliseconds(50)

  private let write: (String) throws -> Void
  private var text = ""
  private var last = ContinuousClock.now

  init(_ write: @escaping (String) throws -> Void) { self.write = write }

  mutating func add(_ line: String) throws {
    text += line
    text += "\n"
    if text.utf8.count >= Self.most || ContinuousClock.now - last >= Self.longestWait { try flush() }
  }

  mutating func flush() throws {
    try write(text)
    text = ""
    last = .now
  }
}
