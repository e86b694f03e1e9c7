/// One source token joined to one target token, both counted from 0.
public struct Link: Sendable, Hashable, Comparable, CustomStringConvertible {
  public var source: Int
  public var target: Int

  public init(_ source: Int, _ target: Int) {
    self.source = source
    self.target = target
  }

  public static func < (a: Self, b: Self) -> Bool { (a.source, a.target) < (b.source, b.target) }
  public var description: String { "\(source)-\(target)" }
}

/// The word links of one sentence pair, as a person judged them (Och and Ney 2003).
///
/// A sure link must be found by an aligner; a possible link may be. A sure link is possible too.
public struct Alignment: Sendable, Equatable {
  public let sure: Set<Link>
  /// Holds every sure link as well.
  public let possible: Set<Link>

  public init(sure: Set<Link>, possible: Set<Link> = []) {
    self.sure = sure
    self.possible = possible.union(sure)
  }

  /// Reads links parted by white space: `i-j` and `iSj` are sure, `i?j`, `iPj` and `ipj` (as in `talp` files) are possible;
  /// `i` counts source tokens and `j` target tokens.
  ///
  /// - Parameter base: the number of the first token, 0 or 1.
  /// - Throws: `AlignmentError.badLink` for anything else.
  public init(parsing text: some StringProtocol, countingFrom base: Int = 0) throws(AlignmentError) {
    var sure: Set<Link> = []
    var possible: Set<Link> = []
    for field in text.split(whereSeparator: \.isWhitespace) {
      guard let mark = field.firstIndex(where: { "-?SPsp".contains($0) }),
        let source = Self.number(field[..<mark], from: base),
        let target = Self.number(field[field.index(after: mark)...], from: base)
      else { throw .badLink(String(field), base: base) }
      if "-Ss".contains(field[mark]) {
        sure.insert(Link(source, target))
      } else {
        possible.insert(Link(source, target))
      }
    }
    self.init(sure: sure, possible: possible)
  }

  /// The links in order, sure ones as `i-j` and the others as `i?j`, counted from 0.
  public var pharaoh: String {
    possible.sorted().map { "\($0.source)\(sure.contains($0) ? "-" : "?")\($0.target)" }.joined(separator: " ")
  }

  /// Reads one alignment a line, as `init(parsing:countingFrom:)` does; an empty line is a pair without links.
  ///
  /// - Throws: `AlignedPairError`, which names the first line that is wrong.
  public static func parse(
    lines: some Sequence<some StringProtocol>, countingFrom base: Int = 0
  ) throws(AlignedPairError) -> [Alignment] {
    var alignments: [Alignment] = []
    for line in lines {
      do {
        alignments.append(try Alignment(parsing: line, countingFrom: base))
      } catch {
        throw AlignedPairError(line: alignments.count + 1, reason: error.description)
      }
    }
    return alignments
  }

  /// Only the links of the given target tokens.
  public func restricted(toTargets targets: Set<Int>) -> Alignment {
    Alignment(
      sure: sure.filter { targets.contains($0.target) }, possible: possible.filter { targets.contains($0.target) })
  }

  private static func number(_ digits: some StringProtocol, from base: Int) -> Int? {
    guard digits.allSatisfy({ $0.isASCII && $0.isNumber }), let number = Int(digits), number >= base else { return nil }
    return number - base
  }
}

/// Why links cannot be read.
public enum AlignmentError: Error, Equatable, CustomStringConvertible {
  case badLink(String, base: Int)

  public var description: String {
    switch self {
    case .badLink(let text, let base):
      "'\(text)' is not a link; write SOURCE-TARGET for a sure and SOURCE?TARGET for a possible one, counted from \(base)"
    }
  }
}
