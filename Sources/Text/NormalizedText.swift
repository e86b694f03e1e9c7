/// Text under way to its normalized form, with each byte's place in the text as typed.
///
/// Alignments follow the reference library (`NormalizedString` of Hugging Face's tokenizers), so that offsets are equal:
/// what replaces a scalar keeps its place, what is inserted shares the place of what stands before it.
struct NormalizedText {
  /// A place in the text as typed, in UTF-8 bytes.
  struct Place: Hashable {
    var start: Int32
    var end: Int32
  }

  /// Always valid UTF-8.
  private(set) var bytes: [UInt8]
  /// One place a byte; nil while every scalar still stands where it was typed.
  private var places: [Place]?
  /// Where the text starts in the text as typed.
  private let base: Int

  init(_ bytes: some Sequence<UInt8>, base: Int = 0) {
    self.bytes = Array(bytes)
    self.base = base
  }

  /// The range of the text as typed that a range of `bytes` stands for.
  func typed(_ range: Range<Int>) -> Range<Int> {
    guard let place = place(of: range) else { return base + range.lowerBound..<base + range.lowerBound }
    return base + Int(place.start)..<base + Int(max(place.start, place.end))
  }

  func place(of range: Range<Int>) -> Place? {
    if range.isEmpty { return nil }
    guard let places else {
      // A part of a scalar stands for the whole, as it does after a rewrite.
      var (start, end) = (range.lowerBound, range.upperBound)
      while start > 0, bytes[start] & 0xC0 == 0x80 { start -= 1 }
      while end < bytes.count, bytes[end] & 0xC0 == 0x80 { end += 1 }
      return Place(start: Int32(clamping: start), end: Int32(clamping: end))
    }
    return Place(start: places[range.lowerBound].start, end: places[range.upperBound - 1].end)
  }

  /// The scalar that starts at `position`, and where the next one starts.
  func scalar(at position: Int) -> (scalar: Unicode.Scalar, end: Int) {
    bytes.scalar(at: position)
  }

  /// What a text may grow to, in bytes: a handful of replacements one after the other could otherwise fill any memory. No
  /// sentence comes near it.
  static let mostBytes = 1 << 22

  /// The new text is what `rewrite` puts into the rewriter; a text that would grow beyond `mostBytes` stays as it is.
  mutating func rewrite(_ rewrite: (inout Rewriter) -> Void) {
    var rewriter = Rewriter(self)
    rewrite(&rewriter)
    if rewriter.isFull { return }
    bytes = rewriter.bytes
    places = rewriter.places
  }

  /// Collects the bytes and places of the next form of a text.
  struct Rewriter {
    let source: NormalizedText
    fileprivate var bytes: [UInt8] = []
    fileprivate var places: [Place] = []

    fileprivate init(_ source: NormalizedText) {
      self.source = source
      limit = max(source.bytes.count, NormalizedText.mostBytes)
      bytes.reserveCapacity(source.bytes.count)
      places.reserveCapacity(source.bytes.count)
    }

    /// Whether the text has outgrown what is allowed.
    fileprivate private(set) var isFull = false
    private let limit: Int

    /// How many bytes were put so far.
    var count: Int { bytes.count }

    /// Takes over a range of the source as it is.
    mutating func keep(_ range: Range<Int>) {
      guard makesRoom(range.count) else { return }
      bytes += source.bytes[range]
      if let known = source.places {
        places += known[range]
        return
      }
      var position = range.lowerBound
      while position < range.upperBound {
        let end = source.scalar(at: position).end
        let place = Place(start: Int32(clamping: position), end: Int32(clamping: end))
        places.append(contentsOf: repeatElement(place, count: end - position))
        position = end
      }
    }

    private mutating func makesRoom(_ count: Int) -> Bool {
      isFull = isFull || count > limit - bytes.count
      return !isFull
    }

    mutating func put(_ text: some Collection<UInt8>, at place: Place) {
      guard makesRoom(text.count) else { return }
      bytes += text
      places.append(contentsOf: repeatElement(place, count: text.count))
    }
  }
}

extension Array where Element == UInt8 {
  /// The scalar of valid UTF-8 that starts at `position`, and where the next one starts.
  @inline(__always)
  func scalar(at position: Int) -> (scalar: Unicode.Scalar, end: Int) {
    let first = UInt32(self[position])
    if first < 0x80 { return (Unicode.Scalar(UInt8(first)), position + 1) }
    let length = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4
    var value = first & (0x7F >> UInt32(length))
    for index in position + 1..<position + length { value = value << 6 | UInt32(self[index]) & 0x3F }
    return (Unicode.Scalar(value) ?? "\u{FFFD}", position + length)
  }

  /// Where the scalar that ends before `position` starts.
  @inline(__always)
  func scalarStart(before position: Int) -> Int {
    var start = position - 1
    while start > 0, self[start] & 0xC0 == 0x80 { start -= 1 }
    return start
  }
}
