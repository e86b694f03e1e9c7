import TUI

/// The grammar of what follows an Escape.
enum EscapeSequence {
  /// Decodes the sequence at the front of `bytes`, which begin with an Escape.
  static func step(_ bytes: ArraySlice<UInt8>, isFinal: Bool) -> InputDecoder.Step {
    let start = bytes.startIndex
    guard bytes.count > 1 else { return isFinal ? .used(1, [.key(Key(.escape))]) : .incomplete }
    switch bytes[start + 1] {
    case UInt8(ascii: "["): return controlSequence(bytes, isFinal: isFinal)
    case UInt8(ascii: "O"): return singleShift(bytes, isFinal: isFinal)
    case 0x1B: return doubleEscape(bytes, isFinal: isFinal)
    default: return altKey(bytes, isFinal: isFinal)
    }
  }

  /// Escape before an escape sequence is Alt with that key (rxvt); elsewhere it is the Escape key.
  private static func doubleEscape(_ bytes: ArraySlice<UInt8>, isFinal: Bool) -> InputDecoder.Step {
    let escape = InputDecoder.Step.used(1, [.key(Key(.escape))])
    guard bytes.count > 2 else { return isFinal ? escape : .incomplete }
    let third = bytes[bytes.startIndex + 2]
    guard third == UInt8(ascii: "[") || third == UInt8(ascii: "O") else { return escape }
    switch step(bytes.dropFirst(), isFinal: isFinal) {
    case .incomplete: return .incomplete
    case .used(let count, let events) where events.count == 1:
      guard case .key(var key) = events[0] else { return escape }
      key.modifiers.insert(.alt)
      return .used(count + 1, [.key(key)])
    default: return escape
    }
  }

  private static func altKey(_ bytes: ArraySlice<UInt8>, isFinal: Bool) -> InputDecoder.Step {
    let rest = bytes.dropFirst()
    guard let first = rest.first else { return .incomplete }
    if var key = Key(control: first) {
      key.modifiers.insert(.alt)
      return .used(2, [.key(key)])
    }
    let length = InputDecoder.scalarLength(lead: first)
    guard rest.count >= length || isFinal else { return .incomplete }
    let text = String(decoding: rest.prefix(length), as: UTF8.self)
    return .used(1 + min(length, rest.count), text.prefix(1).map { .key(Key(.character($0), .alt)) })
  }

  /// SS3: arrows and Home, End in application mode, F1 to F4, the keypad.
  private static func singleShift(_ bytes: ArraySlice<UInt8>, isFinal: Bool) -> InputDecoder.Step {
    guard bytes.count > 2 else {
      return isFinal ? .used(2, [.key(Key(.character("O"), .alt))]) : .incomplete
    }
    let final = bytes[bytes.startIndex + 2]
    guard (0x20..<0x7F).contains(final) else { return .used(2, [.key(Key(.character("O"), .alt))]) }
    return .used(3, keypadKey(final).map { [.key($0)] } ?? [])
  }

  private static func keypadKey(_ final: UInt8) -> Key? {
    if let code = namedKey(final: final) { return Key(code) }
    switch final {
    case UInt8(ascii: "M"): return Key(.enter)
    case UInt8(ascii: "a")...UInt8(ascii: "d"): return namedKey(final: final - 0x20).map { Key($0, .control) }
    case UInt8(ascii: "j")...UInt8(ascii: "y"): return .character(Character(Unicode.Scalar(final - 0x40)))
    default: return nil
    }
  }

  // MARK: Control sequences

  private static func controlSequence(_ bytes: ArraySlice<UInt8>, isFinal: Bool) -> InputDecoder.Step {
    let body = bytes.dropFirst(2)
    guard let first = body.first else {
      return isFinal ? .used(2, [.key(Key(.character("["), .alt))]) : .incomplete
    }
    if first == UInt8(ascii: "[") { return linuxFunctionKey(body, isFinal: isFinal) }
    if first == UInt8(ascii: "M") { return oldMouse(body, isFinal: isFinal) }
    let parameters = body.prefix { (0x20..<0x40).contains($0) && $0 != UInt8(ascii: "$") }
    let length = 2 + parameters.count
    guard let final = body.dropFirst(parameters.count).first else {
      let isHopeless = isFinal || length > InputDecoder.longestSequence
      return isHopeless ? .used(length, []) : .incomplete
    }
    // Anything else than a final byte ends a broken sequence and is read by itself.
    guard (0x40..<0x7F).contains(final) || final == UInt8(ascii: "$") else { return .used(length, []) }
    if final == UInt8(ascii: "~"), parameters.elementsEqual("200".utf8) { return .pasteBegins(length + 1) }
    return .used(length + 1, event(parameters: parameters, final: final).map { [$0] } ?? [])
  }

  private static func event(parameters: ArraySlice<UInt8>, final: UInt8) -> TerminalEvent? {
    if parameters.first == UInt8(ascii: "<") { return mouse(numbers(parameters.dropFirst()), final: final) }
    guard parameters.first.map({ $0 < 0x3A }) ?? true else { return nil }
    let values = numbers(parameters)
    let modifiers = modifiers(values.count > 1 ? values[1] : 1)
    switch final {
    case UInt8(ascii: "~"):
      if values.first == 27, values.count > 2 { return coded(values[2], modifiers) }
      return values.first.flatMap(numberedKey).map { .key(Key($0, modifiers)) }
    case UInt8(ascii: "$"), UInt8(ascii: "^"), UInt8(ascii: "@"):
      return values.first.flatMap(numberedKey).map { .key(Key($0, rxvtModifiers(final))) }
    case UInt8(ascii: "u"): return values.first.flatMap { coded($0, modifiers) }
    case UInt8(ascii: "Z"): return .key(Key(.backTab))
    case UInt8(ascii: "a")...UInt8(ascii: "d") where parameters.isEmpty:
      return namedKey(final: final - 0x20).map { .key(Key($0, .shift)) }
    default: return namedKey(final: final).map { .key(Key($0, modifiers)) }
    }
  }

  /// The numbers between semicolons; of `97:65` only the first, and 0 where one is missing.
  private static func numbers(_ parameters: ArraySlice<UInt8>) -> [Int] {
    parameters.split(separator: UInt8(ascii: ";"), omittingEmptySubsequences: false).map { part in
      let digits = part.prefix { (0x30..<0x3A).contains($0) }.prefix(7)
      return digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
    }
  }

  /// xterm's modifier parameter: 1 plus shift 1, alt 2, control 4, meta 8.
  private static func modifiers(_ parameter: Int) -> Key.Modifiers {
    let bits = max(0, parameter - 1)
    var modifiers: Key.Modifiers = []
    if bits & 1 != 0 { modifiers.insert(.shift) }
    if bits & 10 != 0 { modifiers.insert(.alt) }
    if bits & 4 != 0 { modifiers.insert(.control) }
    return modifiers
  }

  private static func rxvtModifiers(_ final: UInt8) -> Key.Modifiers {
    switch final {
    case UInt8(ascii: "$"): .shift
    case UInt8(ascii: "^"): .control
    default: [.shift, .control]
    }
  }

  private static func namedKey(final: UInt8) -> Key.Code? {
    switch final {
    case UInt8(ascii: "A"): .up
    case UInt8(ascii: "B"): .down
    case UInt8(ascii: "C"): .right
    case UInt8(ascii: "D"): .left
    case UInt8(ascii: "F"): .end
    case UInt8(ascii: "H"): .home
    case UInt8(ascii: "P")...UInt8(ascii: "S"): .function(Int(final - UInt8(ascii: "P")) + 1)
    default: nil
    }
  }

  private static func numberedKey(_ number: Int) -> Key.Code? {
    switch number {
    case 1, 7: .home
    case 2: .insert
    case 3: .delete
    case 4, 8: .end
    case 5: .pageUp
    case 6: .pageDown
    case 11...15: .function(number - 10)
    case 17...21: .function(number - 11)
    case 23, 24: .function(number - 12)
    default: nil
    }
  }

  /// A key given by its Unicode scalar (kitty's protocol, xterm's modifyOtherKeys).
  private static func coded(_ code: Int, _ modifiers: Key.Modifiers) -> TerminalEvent? {
    guard let scalar = UInt32(exactly: code).flatMap(Unicode.Scalar.init) else { return nil }
    if code == 9, modifiers == .shift { return .key(Key(.backTab)) }
    if [8, 9, 13, 27, 127].contains(code), let key = Key(control: UInt8(code)) {
      return .key(Key(key.code, modifiers))
    }
    // 0xE000 and up are the protocol's own numbers of keys without a character.
    guard code >= 0x20, !(0x7F..<0xA0).contains(code), !(0xE000..<0xF900).contains(code) else { return nil }
    var (character, modifiers) = (Character(scalar), modifiers)
    if modifiers.contains(.shift), let upper = String(character).uppercased().first, upper != character {
      (character, modifiers) = (upper, modifiers.subtracting(.shift))
    }
    return .key(Key(.character(character), modifiers))
  }

  private static func linuxFunctionKey(_ body: ArraySlice<UInt8>, isFinal: Bool) -> InputDecoder.Step {
    guard let letter = body.dropFirst().first else { return isFinal ? .used(3, []) : .incomplete }
    let first = UInt8(ascii: "A")
    guard (first...UInt8(ascii: "E")).contains(letter) else { return .used(3, []) }
    return .used(4, [.key(Key(.function(Int(letter - first) + 1)))])
  }

  // MARK: Mouse

  /// SGR mouse report: button, column and row from 1; `M` pressed, `m` released.
  private static func mouse(_ values: [Int], final: UInt8) -> TerminalEvent? {
    guard values.count == 3, values[1] > 0, values[2] > 0 else { return nil }
    guard final == UInt8(ascii: "M") || final == UInt8(ascii: "m") else { return nil }
    return action(button: values[0], isRelease: final == UInt8(ascii: "m")).map {
      .mouse(column: values[1] - 1, row: values[2] - 1, $0)
    }
  }

  /// The older report of terminals without SGR mode: three bytes, each offset by 32.
  private static func oldMouse(_ body: ArraySlice<UInt8>, isFinal: Bool) -> InputDecoder.Step {
    let values = body.dropFirst().prefix(3).map { Int($0) - 32 }
    guard values.count == 3 else { return isFinal ? .used(2 + body.count, []) : .incomplete }
    guard values[1] > 0, values[2] > 0, let action = action(button: values[0], isRelease: values[0] & 3 == 3) else {
      return .used(6, [])
    }
    return .used(6, [.mouse(column: values[1] - 1, row: values[2] - 1, action)])
  }

  /// Only the left button and the wheel mean something; bits 4, 8 and 16 are modifiers, 32 is motion.
  private static func action(button: Int, isRelease: Bool) -> MouseAction? {
    switch button & ~28 {
    case 0: isRelease ? .release : .press
    case 3 where isRelease: .release
    case 64: .scrollUp
    case 65: .scrollDown
    default: nil
    }
  }
}
