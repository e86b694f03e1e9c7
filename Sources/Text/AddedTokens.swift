import JSON

/// A token that is found in the text as it stands, before any splitting: `<pad>`, `<start>`.
struct AddedToken: Sendable, Equatable {
  var id: Int
  var content: String
  /// Left out of decoded text.
  var isSpecial: Bool
  /// Looked for, itself normalized, in the normalized text instead of the text as typed.
  var isNormalized: Bool
  /// Found only where no letter or digit touches it.
  var isWord = false
  /// Takes in the white space before it.
  var stripsLeft = false
  /// Takes in the white space after it.
  var stripsRight = false

  init(id: Int, content: String, isSpecial: Bool = true, isNormalized: Bool = false) {
    self.id = id
    self.content = content
    self.isSpecial = isSpecial
    self.isNormalized = isNormalized
  }

  init(_ fields: JSONFields) throws(TokenizerError) {
    id = try fields.int("id")
    content = try fields.string("content")
    isSpecial = try fields.bool("special", default: false)
    isNormalized = try fields.bool("normalized", default: !isSpecial)
    if content.isEmpty { throw TokenizerError("\(fields.place(of: "content")) is empty") }
    isWord = try fields.bool("single_word", default: false)
    stripsLeft = try fields.bool("lstrip", default: false)
    stripsRight = try fields.bool("rstrip", default: false)
  }

  var json: JSONValue {
    .object([
      ("id", .int(id)), ("content", .string(content)), ("single_word", .bool(isWord)), ("lstrip", .bool(stripsLeft)),
      ("rstrip", .bool(stripsRight)), ("normalized", .bool(isNormalized)), ("special", .bool(isSpecial)),
    ])
  }
}

/// The added tokens of a tokenizer.
struct AddedTokens: Sendable {
  let tokens: [AddedToken]
  let byID: [Int: AddedToken]
  /// Whether they are looked for in typed text.
  let findsAny: Bool
  private let typed: TokenFinder
  private let normalized: TokenFinder

  /// Throws: `TokenizerError` if ids or contents come twice, disagree with the vocabulary, or leave a hole after it.
  init(
    _ tokens: [AddedToken], _ vocabulary: Vocabulary, _ normalizer: (any Normalizer)?, findsAny: Bool
  ) throws(TokenizerError) {
    var byID: [Int: AddedToken] = [:]
    var contents = Vocabulary()
    var next = vocabulary.count
    for token in tokens.sorted(by: { $0.id < $1.id }) {
      if contents.id(of: token.content) != nil || byID[token.id] != nil {
        throw TokenizerError("added_tokens has \(token.content) or the id \(token.id) twice")
      }
      contents.add(token.content)
      byID[token.id] = token
      if token.id == next {
        next += 1
      } else if vocabulary[token.id].map({ !$0.utf8.elementsEqual(token.content.utf8) }) ?? true {
        throw TokenizerError(
          "added_tokens gives \(token.content) the id \(token.id), where the vocabulary has "
            + (vocabulary[token.id] ?? "nothing"))
      }
      if let known = vocabulary.id(of: token.content), known != token.id {
        throw TokenizerError("added_tokens gives \(token.content) the id \(token.id), the vocabulary \(known)")
      }
    }
    self.tokens = tokens
    self.byID = byID
    self.findsAny = findsAny
    let sought = findsAny ? tokens : []
    typed = TokenFinder(sought.filter { !$0.isNormalized }.map { ($0, Array($0.content.utf8)) })
    normalized = TokenFinder(
      sought.filter(\.isNormalized).map { token in
        var content = NormalizedText(token.content.utf8)
        normalizer?.normalize(&content)
        return (token, content.bytes)
      })
  }

  func id(of piece: String) -> Int? {
    tokens.first { $0.content.utf8.elementsEqual(piece.utf8) }?.id
  }

  func forEachSegment(inTyped bytes: [UInt8], _ take: (Range<Int>, _ token: Int?) -> Void) {
    typed.forEachSegment(in: bytes, take)
  }

  func forEachSegment(inNormalized bytes: [UInt8], _ take: (Range<Int>, _ token: Int?) -> Void) {
    normalized.forEachSegment(in: bytes, take)
  }
}

/// Finds tokens in text: the leftmost first, of those the longest.
private struct TokenFinder {
  private struct Entry {
    let token: AddedToken
    let content: [UInt8]
  }

  /// By first byte, the longest first.
  private var entries: [UInt8: [Entry]] = [:]

  init(_ tokens: [(token: AddedToken, content: [UInt8])]) {
    for (token, content) in tokens {
      if let first = content.first { entries[first, default: []].append(Entry(token: token, content: content)) }
    }
    for first in entries.keys { entries[first]?.sort { $0.content.count > $1.content.count } }
  }

  /// Calls `take` with each token, and with each stretch between tokens, which may be empty.
  func forEachSegment(in bytes: [UInt8], _ take: (Range<Int>, _ token: Int?) -> Void) {
    var start = 0
    var position = 0
    while !entries.isEmpty, position < bytes.count {
      let rest = bytes[position...]
      guard let entry = entries[bytes[position]]?.first(where: { rest.starts(with: $0.content) }) else {
        position += 1
        continue
      }
      let found = position..<position + entry.content.count
      position = found.upperBound
      if entry.token.isWord, bytes.touchesWord(found) { continue }
      let range = bytes.widened(found, left: entry.token.stripsLeft, right: entry.token.stripsRight)
      let lower = max(range.lowerBound, start)
      take(start..<lower, nil)
      take(lower..<range.upperBound, entry.token.id)
      start = range.upperBound
      position = max(position, start)
    }
    take(start..<bytes.count, nil)
  }
}

extension [UInt8] {
  /// True if a letter or digit stands right before or after a range.
  fileprivate func touchesWord(_ range: Range<Int>) -> Bool {
    if range.lowerBound > 0, scalar(at: scalarStart(before: range.lowerBound)).scalar.isWordCharacter { return true }
    return range.upperBound < count && scalar(at: range.upperBound).scalar.isWordCharacter
  }

  /// The range with the white space around it.
  fileprivate func widened(_ range: Range<Int>, left: Bool, right: Bool) -> Range<Int> {
    var (start, end) = (range.lowerBound, range.upperBound)
    while left, start > 0 {
      let before = scalarStart(before: start)
      guard scalar(at: before).scalar.properties.isWhitespace else { break }
      start = before
    }
    while right, end < count {
      let (scalar, next) = scalar(at: end)
      guard scalar.properties.isWhitespace else { break }
      end = next
    }
    return start..<end
  }
}
