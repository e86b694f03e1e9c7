import JSON

/// Pieces and their ids. Pieces are compared byte by byte: two Unicode forms of a letter are two pieces.
struct Vocabulary: Sendable {
  /// The pieces, one after the other.
  private var text: [UInt8] = []
  /// Where each piece ends in `text`, by its number.
  private var ends: [Int] = []
  /// Open addressing with numbers of pieces; -1 for a free place. Its size is a power of two, at most half full.
  private var slots: [Int32] = [Int32](repeating: -1, count: 16)

  init() {}

  var count: Int { ends.count }

  private func range(of number: Int) -> Range<Int> {
    (number == 0 ? 0 : ends[number - 1])..<ends[number]
  }

  /// The piece of an id; nil outside the vocabulary.
  subscript(id: Int) -> String? {
    ends.indices.contains(id) ? String(decoding: text[range(of: id)], as: UTF8.self) : nil
  }

  func id(of piece: String) -> Int? {
    let bytes = Array(piece.utf8)
    return id(of: bytes, 0..<bytes.count)
  }

  /// The id of the piece that stands at a range of bytes.
  func id(of bytes: [UInt8], _ range: Range<Int>) -> Int? {
    let found = slots[slot(of: bytes, range)]
    return found < 0 ? nil : Int(found)
  }

  /// The id of a piece, which is added with the next id if it is new.
  @discardableResult
  mutating func add(_ bytes: [UInt8], _ range: Range<Int>) -> Int {
    if ends.count * 2 >= slots.count { grow() }
    let slot = slot(of: bytes, range)
    if slots[slot] >= 0 { return Int(slots[slot]) }
    slots[slot] = Int32(clamping: ends.count)
    text += bytes[range]
    ends.append(text.count)
    return ends.count - 1
  }

  @discardableResult
  mutating func add(_ piece: String) -> Int {
    let bytes = Array(piece.utf8)
    return add(bytes, 0..<bytes.count)
  }

  private mutating func grow() {
    slots = [Int32](repeating: -1, count: slots.count * 2)
    for number in ends.indices { slots[slot(of: text, range(of: number))] = Int32(clamping: number) }
  }

  /// The slot that holds the piece, or the free one where it belongs. The seed differs from run to run, so that no file
  /// can be made to collide.
  private func slot(of bytes: [UInt8], _ wanted: Range<Int>) -> Int {
    var hasher = Hasher()
    bytes.withUnsafeBytes { hasher.combine(bytes: UnsafeRawBufferPointer(rebasing: $0[wanted])) }
    let mask = slots.count - 1
    var slot = hasher.finalize() & mask
    while slots[slot] >= 0 {
      let known = range(of: Int(slots[slot]))
      if known.count == wanted.count, text[known] == bytes[wanted] { break }
      slot = (slot + 1) & mask
    }
    return slot
  }
}

extension Vocabulary {
  /// The vocabulary of a file; its ids must run from 0 without a hole.
  init(_ entries: [(piece: String, id: Int)], at place: String) throws(TokenizerError) {
    var pieces = [String?](repeating: nil, count: entries.count)
    for (piece, id) in entries {
      guard pieces.indices.contains(id) else {
        throw TokenizerError("\(place) has the id \(id) for \(entries.count) pieces, so ids are missing")
      }
      if let other = pieces[id] { throw TokenizerError("\(place) gives the id \(id) to \(other) and to \(piece)") }
      pieces[id] = piece
    }
    self.init()
    for (id, piece) in pieces.enumerated() {
      guard let piece else { throw TokenizerError("\(place) has no piece with the id \(id)") }
      if add(piece) != id { throw TokenizerError("\(place) has the piece \(piece) twice") }
    }
  }

  /// As a file has it, in the order of the ids.
  var json: JSONValue {
    .object((0..<count).map { (self[$0] ?? "", .int($0)) })
  }
}
