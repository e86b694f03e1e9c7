import JSON

/// Pieces and their ids. Pieces are compared byte by byte: two Unicode forms of a letter are two pieces.
struct Vocabulary: Sendable {
  /// The pieces, one after the other.
  private var text: [UInt8] = []
  /// Where each piece ends in `text`, by its number.
  private var ends: [Int] = []
  /// Open addressing. Its size is a power of two, at most half full.
  private var slots = [Slot](repeating: Slot(), count: 16)

  private struct Slot {
    /// -1 for a free place.
    var number: Int32 = -1
    /// A part of the piece's hash: others of the same place are seldom looked at, and the table grows without hashing.
    var hash: UInt32 = 0
  }

  init() {}

  /// One of no pieces yet, with room for so many, or at first for a million where they may turn out not to be pieces.
  init(pieces: Int, bytes: Int) {
    var size = slots.count
    while size < 2 * min(pieces, 1 << 20) { size *= 2 }
    slots = [Slot](repeating: Slot(), count: size)
    ends.reserveCapacity(min(pieces, 1 << 20))
    text.reserveCapacity(bytes)
  }

  var count: Int { ends.count }

  private func range(of number: Int) -> Range<Int> {
    (number == 0 ? 0 : ends[number - 1])..<ends[number]
  }

  /// The piece of an id; nil outside the vocabulary.
  subscript(id: Int) -> String? {
    ends.indices.contains(id) ? String(decoding: text[range(of: id)], as: UTF8.self) : nil
  }

  /// The bytes of an id's piece; none outside the vocabulary.
  func bytes(of id: Int) -> ArraySlice<UInt8> { ends.indices.contains(id) ? text[range(of: id)] : [] }

  func id(of piece: String) -> Int? {
    let bytes = Array(piece.utf8)
    return id(of: bytes, 0..<bytes.count)
  }

  /// The id of the piece that stands at a range of bytes.
  func id(of bytes: [UInt8], _ range: Range<Int>) -> Int? {
    let found = slots[slot(of: bytes, range, Self.hash(bytes, range))].number
    return found < 0 ? nil : Int(found)
  }

  /// The id of a piece, which is added with the next id if it is new.
  @discardableResult
  mutating func add(_ bytes: [UInt8], _ range: Range<Int>) -> Int {
    if ends.count * 2 >= slots.count { grow() }
    let hash = Self.hash(bytes, range)
    let slot = slot(of: bytes, range, hash)
    if slots[slot].number >= 0 { return Int(slots[slot].number) }
    slots[slot] = Slot(number: Int32(clamping: ends.count), hash: hash)
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
    let old = slots
    slots = [Slot](repeating: Slot(), count: old.count * 2)
    let mask = slots.count - 1
    for entry in old where entry.number >= 0 {
      var slot = Int(entry.hash) & mask
      while slots[slot].number >= 0 { slot = (slot + 1) & mask }
      slots[slot] = entry
    }
  }

  /// The seed differs from run to run, so that no file can be made to collide.
  private static func hash(_ bytes: [UInt8], _ range: Range<Int>) -> UInt32 {
    var hasher = Hasher()
    bytes.withUnsafeBytes { hasher.combine(bytes: UnsafeRawBufferPointer(rebasing: $0[range])) }
    return UInt32(truncatingIfNeeded: hasher.finalize())
  }

  /// The slot that holds the piece, or the free one where it belongs.
  private func slot(of bytes: [UInt8], _ wanted: Range<Int>, _ hash: UInt32) -> Int {
    let mask = slots.count - 1
    var slot = Int(hash) & mask
    while slots[slot].number >= 0 {
      if slots[slot].hash == hash {
        let known = range(of: Int(slots[slot].number))
        if known.count == wanted.count, text[known] == bytes[wanted] { break }
      }
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
