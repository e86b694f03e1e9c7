/// A tokenized sentence pair with its links.
///
/// The form of `sample-models/gold/en-fr.tsv`: three columns parted by tabs, the source tokens and the target tokens each
/// parted by single spaces, and the links as `Alignment` reads them, counted from 0. Lines that start with `#` are comments.
public struct AlignedPair: Sendable, Equatable {
  public let source: [String]
  public let target: [String]
  public let gold: Alignment

  public init(source: [String], target: [String], gold: Alignment) {
    self.source = source
    self.target = target
    self.gold = gold
  }

  /// Reads the text of a whole file.
  ///
  /// - Throws: `AlignedPairError`, which names the first line that is wrong.
  public static func parse(_ text: String) throws(AlignedPairError) -> [AlignedPair] {
    var pairs: [AlignedPair] = []
    for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
      if line.isEmpty || line.hasPrefix("#") { continue }
      do {
        pairs.append(try AlignedPair(line: line))
      } catch {
        throw AlignedPairError(line: index + 1, reason: error.reason)
      }
    }
    return pairs
  }

  private struct LineError: Error { let reason: String }

  private init(line: Substring) throws(LineError) {
    let columns = line.split(separator: "\t", omittingEmptySubsequences: false)
    guard columns.count == 3 else {
      throw LineError(reason: "\(columns.count) columns; there must be three: source, target, links")
    }
    let source = columns[0].split(separator: " ").map(String.init)
    let target = columns[1].split(separator: " ").map(String.init)
    let gold: Alignment
    do {
      gold = try Alignment(parsing: columns[2])
    } catch {
      throw LineError(reason: error.description)
    }
    if let link = gold.possible.sorted().first(where: { $0.source >= source.count || $0.target >= target.count }) {
      throw LineError(
        reason:
          "link \(link) lies outside the \(source.count) source and \(target.count) target tokens (counted from 0)")
    }
    self.init(source: source, target: target, gold: gold)
  }
}

/// Which line of a file of aligned pairs is wrong, and why.
public struct AlignedPairError: Error, Equatable, CustomStringConvertible {
  /// Counted from 1.
  public let line: Int
  public let reason: String

  public var description: String { "line \(line): \(reason)" }
}
