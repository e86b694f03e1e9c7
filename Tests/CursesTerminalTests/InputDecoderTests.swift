import TUI
import Testing

@testable import CursesTerminal

struct InputDecoderTests {
  /// Everything that the bytes mean, when nothing follows them.
  private func events(_ bytes: [UInt8], pieces: Int = .max) -> [TerminalEvent] {
    var decoder = InputDecoder()
    var start = 0
    while start < bytes.count {
      let end = start + min(pieces, bytes.count - start)
      decoder.feed(bytes[start..<end])
      start = end
    }
    decoder.giveUpWaiting()
    var found: [TerminalEvent] = []
    while let event = decoder.next() { found.append(event) }
    #expect(!decoder.isWaiting)
    return found
  }

  private func keys(_ text: String) -> [Key] {
    events(Array(text.utf8)).compactMap { if case .key(let key) = $0 { key } else { nil } }
  }

  @Test func textAsGraphemes() {
    #expect(keys("aé日👩‍💻e\u{301}") == ["a", "é", "日", "👩‍💻", "e\u{301}"].map { Key.character($0) })
  }

  @Test(arguments: [
    ("\r", Key(.enter)), ("\n", Key(.enter)), ("\t", Key(.tab)), ("\u{7F}", Key(.backspace)),
    ("\u{8}", Key(.backspace)),
    ("\0", .control(" ")), ("\u{1}", .control("a")), ("\u{1A}", .control("z")), ("\u{1F}", .control("_")),
    ("\u{1C}", .control("\\")), ("\u{1B}", Key(.escape)), (" ", .character(" ")), ("?", .character("?")),
  ])
  func singleBytes(text: String, key: Key) {
    #expect(keys(text) == [key])
  }

  @Test(arguments: [
    ("[A", Key(.up)), ("OA", Key(.up)), ("[1;5A", Key(.up, .control)), ("[1;3D", Key(.left, .alt)),
    ("[1;2C", Key(.right, .shift)), ("[1;8B", Key(.down, [.shift, .alt, .control])), ("Od", Key(.left, .control)),
    ("[a", Key(.up, .shift)), ("\u{1B}[C", Key(.right, .alt)), ("\u{1B}OD", Key(.left, .alt)),
    ("[H", Key(.home)), ("OH", Key(.home)), ("[1~", Key(.home)), ("[7~", Key(.home)), ("[1;5H", Key(.home, .control)),
    ("[F", Key(.end)), ("OF", Key(.end)), ("[4~", Key(.end)), ("[8~", Key(.end)), ("[8^", Key(.end, .control)),
    ("[7$", Key(.home, .shift)), ("[5~", Key(.pageUp)), ("[6~", Key(.pageDown)), ("[2~", Key(.insert)),
    ("[3~", Key(.delete)), ("[3;5~", Key(.delete, .control)), ("[Z", Key(.backTab)), ("OP", Key(.function(1))),
    ("[11~", Key(.function(1))), ("[[A", Key(.function(1))), ("[[E", Key(.function(5))), ("[15~", Key(.function(5))),
    ("[17~", Key(.function(6))), ("[24~", Key(.function(12))), ("[1;2S", Key(.function(4), .shift)),
    ("OM", Key(.enter)), ("Ow", .character("7")), ("[27;5;97~", .control("a")), ("[97;5u", .control("a")),
    ("[97;2u", .character("A")), ("[13;5u", Key(.enter, .control)), ("[27u", Key(.escape)), ("[9;2u", Key(.backTab)),
    ("[97:65;5:1u", .control("a")), ("b", Key(.character("b"), .alt)), ("é", Key(.character("é"), .alt)),
    ("日", Key(.character("日"), .alt)), ("\u{7F}", Key(.backspace, .alt)),
    ("\u{1}", Key(.character("a"), [.control, .alt])),
    ("[", Key(.character("["), .alt)), ("O", Key(.character("O"), .alt)), ("\r", Key(.enter, .alt)),
  ])
  func escapeSequences(text: String, key: Key) {
    let bytes = [0x1B] + Array(text.utf8)
    #expect(events(bytes) == [.key(key)])
    #expect(events(bytes, pieces: 1) == [.key(key)])
    // What follows is read by itself.
    #expect(events(bytes + Array("x".utf8)).last == .key(.character("x")) || text == "[" || text == "O")
  }

  @Test(arguments: [
    "[?1;2c", "[>0;276;0c", "[I", "[O", "[57441u", "[999~", "[<35;4;5M", "[;", "[1;1", "[55296u", "[<0;0;1M", "[E",
  ])
  func unknownSequencesAreNeverTyped(text: String) {
    #expect(events([0x1B] + Array(text.utf8)).isEmpty)
  }

  @Test func aLoneEscapeIsKnownByTheSilenceAfterIt() {
    var decoder = InputDecoder()
    decoder.feed([0x1B])
    #expect(decoder.isWaiting)
    let early = decoder.next()
    #expect(early == nil)
    decoder.giveUpWaiting()
    let late = decoder.next()
    #expect(late == .key(Key(.escape)))
    #expect(!decoder.isWaiting)
    #expect(keys("\u{1B}\u{1B}") == [Key(.escape), Key(.escape)])
  }

  @Test func aBrokenSequenceEndsWhereItBreaks() {
    #expect(events(Array("\u{1B}[1;\u{1B}[A".utf8)) == [.key(Key(.up))])
    #expect(events(Array("\u{1B}[12\rx".utf8)) == [.key(Key(.enter)), .key(.character("x"))])
    let endless = "\u{1B}[" + String(repeating: "1", count: 100)
    var decoder = InputDecoder()
    decoder.feed(Array(endless.utf8))
    #expect(!decoder.isWaiting)
  }

  @Test func invalidUTF8BecomesReplacementCharacters() {
    #expect(events([0xFF, 0x61]) == [.key(.character("\u{FFFD}")), .key(.character("a"))])
    #expect(events([0xE6, 0x97]) == [.key(.character("\u{FFFD}"))])
    #expect(events([0xC3, 0x28]) == [.key(.character("\u{FFFD}")), .key(.character("("))])
    // U+0085, a control character, is not text.
    #expect(events([0xC2, 0x85]).isEmpty)
  }

  @Test func mouse() {
    #expect(events(Array("\u{1B}[<0;12;3M".utf8)) == [.mouse(column: 11, row: 2, .press)])
    #expect(events(Array("\u{1B}[<0;300;3m".utf8)) == [.mouse(column: 299, row: 2, .release)])
    #expect(
      events(Array("\u{1B}[<64;1;1M\u{1B}[<65;1;1M".utf8)) == [
        .mouse(column: 0, row: 0, .scrollUp), .mouse(column: 0, row: 0, .scrollDown),
      ])
    #expect(events(Array("\u{1B}[<2;1;1M\u{1B}[<32;1;1M".utf8)).isEmpty)
    #expect(events([0x1B, 0x5B, 0x4D, 32, 33 + 4, 33 + 2]) == [.mouse(column: 4, row: 2, .press)])
    #expect(events([0x1B, 0x5B, 0x4D, 32, 0, 0]).isEmpty)
  }

  @Test(arguments: [1, 2, 3, 7, 1000])
  func aPasteIsOneEventAndExecutesNothing(pieces: Int) {
    let text = "a\u{3}b\u{1A}\u{1B}[A\r\n日\u{1B}[20q"
    let bytes = Array("x\u{1B}[200~\(text)\u{1B}[201~y".utf8)
    #expect(events(bytes, pieces: pieces) == [.key(.character("x")), .paste(text), .key(.character("y"))])
  }

  @Test func aPasteIsBounded() {
    var decoder = InputDecoder()
    decoder.feed(Array("\u{1B}[200~".utf8))
    let block = [UInt8](repeating: 0x61, count: 1 << 16)
    for _ in 0..<20 { decoder.feed(block) }
    // A paste waits for its end however long that takes, and never times out into keys.
    #expect(!decoder.isWaiting)
    decoder.giveUpWaiting()
    let early = decoder.next()
    #expect(early == nil)
    decoder.feed(Array("\u{1B}[201~\u{1B}[B".utf8))
    let paste = decoder.next()
    #expect(paste == .paste(String(repeating: "a", count: InputDecoder.longestPaste)))
    let after = decoder.next()
    #expect(after == .key(Key(.down)))
  }

  /// Whole sequences and their pieces give the same events, and no bytes at all can trap.
  @Test func anyBytesInAnyPieces() {
    var state: UInt64 = 9
    func random(_ bound: UInt64) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int((state >> 33) % bound)
    }
    let alphabet: [UInt8] = Array("\u{1B}\u{1B}\u{1B}[[O<;;:0159~MmuAZ$^\r\u{7F}xé日\0".utf8) + [0xFF, 0xC3, 0x9B]
    for _ in 0..<3000 {
      let bytes = (0..<1 + random(12)).map { _ in alphabet[random(UInt64(alphabet.count))] }
      #expect(events(bytes) == events(bytes, pieces: 1), "\(bytes)")
    }
  }
}
