import Foundation
import JSON

/// SentencePiece's table of replacements, made when a model was trained: a double-array trie whose values say where the
/// replacement stands in a block of text.
struct Precompiled: Normalizer {
  static let type = "Precompiled"
  private let table: [UInt8]
  /// The trie's units, 32 bits each, little-endian in the table.
  private let units: [UInt32]
  private let replacements: [UInt8]

  init(_ fields: JSONFields) throws(TokenizerError) {
    let place = fields.place(of: "precompiled_charsmap")
    guard let data = Data(base64Encoded: try fields.string("precompiled_charsmap")) else {
      throw TokenizerError("\(place) is no base64")
    }
    guard let table = Self(Array(data)) else { throw TokenizerError("\(place) is cut short") }
    self = table
  }

  /// Nil if the table is shorter than it says.
  init?(_ table: [UInt8]) {
    func word(_ place: Int) -> UInt32 { (0..<4).reduce(0) { $0 | UInt32(table[place + $1]) << UInt32($1 * 8) } }
    guard table.count >= 4 else { return nil }
    let size = Int(word(0))
    guard size % 4 == 0, size <= table.count - 4 else { return nil }
    self.table = table
    units = stride(from: 4, to: 4 + size, by: 4).map(word)
    replacements = Array(table[(4 + size)...])
  }

  var members: [(key: String, value: JSONValue)] {
    [("precompiled_charsmap", .string(Data(table).base64EncodedString()))]
  }

  /// As the reference library does it, so that offsets are equal: a short grapheme is looked up whole, else each of its
  /// scalars; a replacement of fewer scalars lets its last one stand for the rest.
  func normalize(_ text: inout NormalizedText) {
    let string = String(decoding: text.bytes, as: UTF8.self)
    var parts: [Canonical.Part] = []
    var isChanged = false
    func put(_ replacement: ArraySlice<UInt8>, for count: Int) {
      isChanged = true
      let new = Array(String(decoding: replacement, as: UTF8.self).unicodeScalars)
      parts += new.map { Canonical.Part(scalar: $0, consumed: 1) }
      if new.count > count {
        for index in parts.indices.suffix(new.count - count) { parts[index].consumed = 0 }
      } else if let last = parts.indices.last {
        parts[last].consumed += count - new.count
      }
    }
    for grapheme in string {
      let scalars = grapheme.unicodeScalars
      if grapheme.utf8.count < 6, let found = replacement(of: grapheme.utf8) {
        put(found, for: scalars.count)
        continue
      }
      for scalar in scalars {
        if let found = replacement(of: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter) {
          put(found, for: 1)
        } else {
          parts.append(Canonical.Part(scalar: scalar, consumed: 1))
        }
      }
    }
    if isChanged { text.replaceScalars { _ in parts } }
  }

  /// What stands for the shortest key that `bytes` start with; nil if there is none.
  ///
  /// A unit of the trie holds a label, whether a value follows, and the way to the next units (the layout is Darts-clone's).
  private func replacement(of bytes: some Collection<UInt8>) -> ArraySlice<UInt8>? {
    func offset(_ unit: UInt32) -> Int { Int((unit >> 10) << ((unit & (1 << 9)) >> 6)) }
    guard let root = units.first else { return nil }
    var node = offset(root)
    for byte in bytes {
      if byte == 0 { return nil }
      node ^= Int(byte)
      guard units.indices.contains(node), units[node] & (1 << 31 | 0xFF) == UInt32(byte) else { return nil }
      let unit = units[node]
      node ^= offset(unit)
      if unit >> 8 & 1 == 1 {
        guard units.indices.contains(node) else { return nil }
        let start = Int(units[node] & 0x7FFF_FFFF)
        guard start <= replacements.count else { return nil }
        return replacements[start...].prefix { $0 != 0 }
      }
    }
    return nil
  }
}
