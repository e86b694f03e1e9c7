import TUI

/// Turns the bytes that a terminal sends into events: UTF-8 text, control keys, escape sequences, pastes and the mouse.
///
/// A pure value. Sequences follow ECMA-48 and xterm's "Control Sequences", with the variants of rxvt, the Linux console and
/// kitty's keyboard protocol. What is not understood is dropped, never typed.
struct InputDecoder {
  /// Longest paste kept, in bytes; the rest of it is dropped.
  static let longestPaste = 1 << 20
  /// Longest escape sequence waited for, in bytes.
  static let longestSequence = 64

  private static let pasteEnd: [UInt8] = Array("\u{1B}[201~".utf8)

  private var pending: [UInt8] = []
  private var paste: [UInt8]?
  private var events: [TerminalEvent] = []

  /// What one step made of the bytes at the front.
  enum Step {
    case used(Int, [TerminalEvent])
    case pasteBegins(Int)
    /// The bytes are the beginning of something longer.
    case incomplete
  }

  /// Whether bytes wait for the rest of their sequence. A lone Escape is known as such only by the silence after it.
  var isWaiting: Bool { !pending.isEmpty && paste == nil }

  /// Takes bytes as they arrive, in pieces of any size.
  mutating func feed(_ bytes: some Sequence<UInt8>) {
    pending += bytes
    decode(isFinal: false)
  }

  /// Nothing followed for a while: what waits is taken for what it is, a lone Escape or a key with Alt.
  mutating func giveUpWaiting() { decode(isFinal: true) }

  /// The next event in order of arrival.
  mutating func next() -> TerminalEvent? { events.isEmpty ? nil : events.removeFirst() }

  private mutating func decode(isFinal: Bool) {
    var position = 0
    while position < pending.count {
      if paste != nil {
        position = continuePaste(from: position)
        if paste != nil { break }
        continue
      }
      switch Self.step(pending[position...], isFinal: isFinal) {
      case .used(let count, let found):
        events += found
        position += max(1, count)
      case .pasteBegins(let count):
        paste = []
        position += count
      case .incomplete:
        pending.removeFirst(position)
        return
      }
    }
    pending.removeFirst(position)
  }

  /// Takes paste text up to its end mark, and ends the paste there. Returns where to go on.
  private mutating func continuePaste(from start: Int) -> Int {
    let end = Self.pasteEnd
    var index = start
    while index + end.count <= pending.count, pending[index] != end[0] || !pending[index...].starts(with: end) {
      index += 1
    }
    let room = Self.longestPaste - (paste?.count ?? 0)
    paste?.append(contentsOf: pending[start..<index].prefix(room))
    // Without an end mark, what may be its beginning stays.
    guard index + end.count <= pending.count else { return index }
    events.append(.paste(String(decoding: paste ?? [], as: UTF8.self)))
    paste = nil
    return index + end.count
  }

  private static func step(_ bytes: ArraySlice<UInt8>, isFinal: Bool) -> Step {
    guard let first = bytes.first else { return .incomplete }
    if first == 0x1B { return EscapeSequence.step(bytes, isFinal: isFinal) }
    if let key = Key(control: first) { return .used(1, [.key(key)]) }
    return text(bytes, isFinal: isFinal)
  }

  /// A run of text as one key for each grapheme cluster; a scalar cut off at the end waits for its rest.
  private static func text(_ bytes: ArraySlice<UInt8>, isFinal: Bool) -> Step {
    var run = bytes.prefix { $0 >= 0x20 && $0 != 0x7F }
    if !isFinal, run.count == bytes.count {
      run = run.dropLast(incompleteTail(of: run))
      if run.isEmpty { return .incomplete }
    }
    let keys = String(decoding: run, as: UTF8.self).filter {
      $0.unicodeScalars.first?.properties.generalCategory != .control
    }
    return .used(run.count, keys.map { .key(.character($0)) })
  }

  /// How many bytes at the end begin a UTF-8 scalar that is longer than what is there.
  static func incompleteTail(of bytes: ArraySlice<UInt8>) -> Int {
    for (count, byte) in zip(1..., bytes.reversed().prefix(3)) {
      if byte & 0xC0 == 0x80 { continue }
      let length = scalarLength(lead: byte)
      return length > count ? count : 0
    }
    return 0
  }

  /// Bytes of the UTF-8 scalar that this byte begins; 1 where it begins none.
  static func scalarLength(lead: UInt8) -> Int {
    switch lead {
    case 0xC2...0xDF: 2
    case 0xE0...0xEF: 3
    case 0xF0...0xF4: 4
    default: 1
    }
  }
}

extension Key {
  /// The key that sends a control character; nothing for other bytes.
  ///
  /// Enter sends a carriage return, but scripts write line feeds; Backspace sends either of two characters.
  init?(control byte: UInt8) {
    switch byte {
    case 0x00: self = .control(" ")
    case 0x08, 0x7F: self = Key(.backspace)
    case 0x09: self = Key(.tab)
    case 0x0A, 0x0D: self = Key(.enter)
    case 0x1B: self = Key(.escape)
    case 0x01...0x1A: self = .control(Character(Unicode.Scalar(byte + 0x60)))
    case 0x1C...0x1F: self = .control(Character(Unicode.Scalar(byte + 0x40)))
    default: return nil
    }
  }
}
