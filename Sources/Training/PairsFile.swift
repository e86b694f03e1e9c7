import Checkpoints

/// One example of a corpus: a source sentence and its translation.
public struct SentencePair: Sendable, Hashable {
  public var source: String
  public var target: String

  public init(source: String, target: String) {
    self.source = source
    self.target = target
  }
}

/// A UTF-8 file with one pair a line, source and target separated by a TAB; plain or gzip.
///
/// A language model's texts are pairs of themselves: both sides are one column.
public struct PairsFile: Sendable {
  public let path: String
  /// Which of the TAB-separated columns hold source and target, counted from 1; other columns are not read.
  public let columns: Columns

  public struct Columns: Sendable, Equatable {
    public var source: Int
    public var target: Int

    public init(source: Int = 1, target: Int = 2) {
      self.source = source
      self.target = target
    }

    var areOne: Bool { source == target }
  }

  /// Leaves out lines that begin with `#` and have no TAB, as files of gold links have them.
  public let skipsComments: Bool

  public init(path: String, columns: Columns = Columns(), skipsComments: Bool = false) {
    self.path = path
    self.columns = columns
    self.skipsComments = skipsComments
  }

  /// All pairs, in the file's order; blanks around a sentence are cut off.
  ///
  /// - Throws: `TrainingError` that names the file and line which is no pair, or for a file without any.
  public func read() throws -> [SentencePair] {
    var pairs: [SentencePair] = []
    try LineReader(path: path).forEachLine { line, number in
      if !isComment(line) { pairs.append(try pair(line, number: number)) }
    }
    if pairs.isEmpty { throw TrainingError("\(path): holds no pairs; expected lines of source TAB target") }
    return pairs
  }

  /// One line that came from elsewhere, read as a line of the file; nil for a comment.
  ///
  /// - Throws: `TrainingError` that names `path` and the line if it is no pair.
  public func pair(_ line: String, number: Int) throws -> SentencePair? {
    try Array(line.utf8).withUnsafeBytes { isComment($0) ? nil : try pair($0, number: number) }
  }

  private func isComment(_ line: UnsafeRawBufferPointer) -> Bool {
    skipsComments && line.first == UInt8(ascii: "#") && !line.contains(UInt8(ascii: "\t"))
  }

  /// Replaces the file with `pairs`, source and target in the first two columns, or the text alone.
  func replace(with pairs: [SentencePair]) throws {
    let lines = pairs.map { columns.areOne ? "\($0.target)\n" : "\($0.source)\t\($0.target)\n" }
    try AtomicFile.write(lines.joined().utf8, to: path)
  }

  private func pair(_ line: UnsafeRawBufferPointer, number: Int) throws -> SentencePair {
    let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]
    let marked = number == 1 && line.starts(with: byteOrderMark)
    let fields = (marked ? line.dropFirst(3) : line[...])
      .split(separator: UInt8(ascii: "\t"), omittingEmptySubsequences: false)
    let wanted = max(columns.source, columns.target)
    guard fields.count >= wanted else {
      let found = fields.count == 1 ? "no TAB" : "\(fields.count) columns"
      let expected = wanted == 2 ? "source TAB target" : "at least \(wanted) columns with TABs between them"
      throw TrainingError("\(path):\(number): has \(found); expected \(expected)")
    }
    return SentencePair(
      source: try sentence(fields[columns.source - 1], side: "source", number: number),
      target: try sentence(fields[columns.target - 1], side: "target", number: number))
  }

  private func sentence(_ bytes: Slice<UnsafeRawBufferPointer>, side: String, number: Int) throws -> String {
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw TrainingError("\(path):\(number): the \(side) is not valid UTF-8; convert the file to UTF-8")
    }
    var trimmed = text.drop(while: \.isWhitespace)
    while trimmed.last?.isWhitespace == true { trimmed.removeLast() }
    if trimmed.isEmpty { throw TrainingError("\(path):\(number): the \(side) is empty; give it text or drop the line") }
    return String(trimmed)
  }
}
