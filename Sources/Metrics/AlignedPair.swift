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

  /// Reads the lines of a whole file.
  ///
  /// - Parameter base: the number of the first token, 0 or 1.
  /// - Throws: `AlignedPairError`, which names the first line that is wrong.
  public static func parse(
    lines: some Sequence<some StringProtocol>, countingFrom base: Int = 0
  ) throws(AlignedPairError) -> [AlignedPair] {
    var pairs: [AlignedPair] = []
    for (index, line) in lines.enumerated() {
      if line.isEmpty || line.hasPrefix("#") { continue }
      do {
        pairs.append(try AlignedPair(line: String(line), countingFrom: base))
      } catch {
        throw AlignedPairError(line: index + 1, reason: error.reason)
      }
    }
    return pairs
  }

  /// Joins links to the sentences that they are about.
  ///
  /// - Parameters:
  ///   - sentences: one pair a line, the sides parted by a tab or by ` ||| ` as in `talp` files, tokens by white space.
  /// - Throws: `AlignedPairError`, which names the first line of the sentences that is no pair or has links outside it.
  public static func join(
    _ links: [Alignment], sentences: [some StringProtocol], countedFrom base: Int = 0
  ) throws(AlignedPairError) -> [AlignedPair] {
    guard links.count == sentences.count else {
      throw AlignedPairError(
        line: min(links.count, sentences.count) + 1,
        reason: "there are \(links.count) lines of links for \(sentences.count) pairs; both need a line for each pair")
    }
    var pairs: [AlignedPair] = []
    for (line, gold) in zip(sentences, links) {
      do throws(LineError) {
        let sides = Self.sides(of: String(line))
        guard sides.count == 2 else {
          throw LineError(reason: "is no pair; expected source TAB target, or source ||| target")
        }
        pairs.append(try AlignedPair(source: sides[0], target: sides[1], checking: gold, countedFrom: base))
      } catch {
        throw AlignedPairError(line: pairs.count + 1, reason: error.reason)
      }
    }
    return pairs
  }

  /// The tokens of each side of `source TAB target` or `source ||| target`.
  private static func sides(of line: String) -> [[String]] {
    func tokens(_ side: Substring) -> [String] { side.split(whereSeparator: \.isWhitespace).map(String.init) }
    if line.contains("\t") { return line.split(separator: "\t", omittingEmptySubsequences: false).map(tokens) }
    return tokens(line[...]).split(separator: "|||", omittingEmptySubsequences: false).map(Array.init)
  }

  private struct LineError: Error { let reason: String }

  private init(line: String, countingFrom base: Int) throws(LineError) {
    let columns = line.split(separator: "\t", omittingEmptySubsequences: false)
    guard columns.count == 3 else {
      throw LineError(reason: "\(columns.count) columns; there must be three: source, target, links")
    }
    let source = columns[0].split(separator: " ").map(String.init)
    let target = columns[1].split(separator: " ").map(String.init)
    let gold: Alignment
    do {
      gold = try Alignment(parsing: columns[2], countingFrom: base)
    } catch {
      throw LineError(reason: error.description)
    }
    try self.init(source: source, target: target, checking: gold, countedFrom: base)
  }

  private init(
    source: [String], target: [String], checking gold: Alignment, countedFrom base: Int
  ) throws(LineError) {
    if let link = gold.possible.sorted().first(where: { $0.source >= source.count || $0.target >= target.count }) {
      throw LineError(
        reason: "link \(link.source + base)-\(link.target + base) lies outside the \(source.count) source and "
          + "\(target.count) target tokens (counted from \(base))")
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
