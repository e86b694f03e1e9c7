import Metrics

/// Word links that people drew, read from a file of any form that `heed evaluate --gold` takes.
public struct GoldStandard: Sendable, Equatable {
  /// Nil where the file holds links alone and no sentences were given.
  public let pairs: [AlignedPair]?
  public let links: [Alignment]

  /// Reads the three columns of `sample-models/gold`, or links alone, as Pharaoh and `talp` files have them.
  ///
  /// - Parameters:
  ///   - sentences: a file with the pairs that links alone are about, `source TAB target` or `source ||| target`.
  ///   - base: the number of the first token, 0 or 1.
  /// - Throws: `TrainingError` that names the file and line.
  public init(path: String, sentences: String? = nil, countingFrom base: Int = 0) throws {
    let lines = try LineReader(path: path).lines()
    if lines.contains(where: { $0.contains("\t") && !$0.hasPrefix("#") }) {
      if let sentences { throw TrainingError("\(path): has sentences of its own; leave out \(sentences)") }
      let pairs = try Self.naming(path) { () throws(AlignedPairError) in
        try AlignedPair.parse(lines: lines, countingFrom: base)
      }
      (self.pairs, links) = (pairs, pairs.map(\.gold))
    } else {
      let links = try Self.naming(path) { () throws(AlignedPairError) in
        try Alignment.parse(lines: lines, countingFrom: base)
      }
      pairs = try sentences.map { sentences in
        let text = try LineReader(path: sentences).lines()
        return try Self.naming(sentences) { () throws(AlignedPairError) in
          try AlignedPair.join(links, sentences: text, countedFrom: base)
        }
      }
      self.links = links
    }
    if links.isEmpty { throw TrainingError("\(path): holds no word links") }
  }

  /// Links that another program found, one line for each gold pair; every mark counts as a link.
  ///
  /// - Throws: `TrainingError` if a line is wrong, lies outside its sentences, or their number is another.
  public func predicted(path: String, countingFrom base: Int = 0) throws -> [Set<Link>] {
    let lines = try LineReader(path: path).lines()
    let found = try Self.naming(path) { () throws(AlignedPairError) in
      try Alignment.parse(lines: lines, countingFrom: base)
    }
    guard found.count == links.count else {
      throw TrainingError(
        "\(path): has \(found.count) lines, but there are \(links.count) gold pairs; give a line each")
    }
    for (index, pair) in (pairs ?? []).enumerated() {
      if let link = found[index].possible.sorted().first(where: {
        $0.source >= pair.source.count || $0.target >= pair.target.count
      }) {
        throw TrainingError(
          "\(path):\(index + 1): link \(link.source + base)-\(link.target + base) lies outside the \(pair.source.count) "
            + "source and \(pair.target.count) target tokens (counted from \(base))")
      }
    }
    return found.map(\.possible)
  }

  private static func naming<Result>(
    _ path: String, _ read: () throws(AlignedPairError) -> Result
  ) throws -> Result {
    do {
      return try read()
    } catch {
      throw TrainingError("\(path):\(error.line): \(error.reason)")
    }
  }
}

extension LineReader {
  /// The whole file as text.
  ///
  /// - Throws: `TrainingError`, also for a line that is not UTF-8.
  func lines() throws -> [String] {
    var lines: [String] = []
    try forEachLine { bytes, number in
      guard let line = String(validating: bytes, as: UTF8.self) else {
        throw TrainingError("\(path):\(number): is not valid UTF-8; convert the file to UTF-8")
      }
      lines.append(line)
    }
    return lines
  }
}
