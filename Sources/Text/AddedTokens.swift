import JSON

/// A token that is found in the text as it stands, before any splitting: `<pad>`, `<start>`.
struct AddedToken: Sendable, Equatable {
  var id: Int
  var content: String
  /// Left out of decoded text.
  var isSpecial: Bool
  /// Looked for in the normalized text instead of the text as typed.
  var isNormalized: Bool

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
    for key in ["single_word", "lstrip", "rstrip"] where try fields.bool(key, default: false) {
      throw TokenizerError("\(fields.place(of: key)) is true, which heed does not read", advice: "set it to false")
    }
  }

  var json: JSONValue {
    .object([
      ("id", .int(id)), ("content", .string(content)), ("single_word", .bool(false)), ("lstrip", .bool(false)),
      ("rstrip", .bool(false)), ("normalized", .bool(isNormalized)), ("special", .bool(isSpecial)),
    ])
  }
}

/// The added tokens of a tokenizer.
struct AddedTokens: Sendable {
  let tokens: [AddedToken]
  let byID: [Int: AddedToken]
  private let typed: TokenFinder
  private let normalized: TokenFinder

  /// Throws: `TokenizerError` if ids or contents come twice, disagree with the vocabulary, or leave a hole after it.
  init(_ tokens: [AddedToken], _ vocabulary: Vocabulary) throws(TokenizerError) {
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
    typed = TokenFinder(tokens.filter { !$0.isNormalized })
    normalized = TokenFinder(tokens.filter(\.isNormalized))
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
  /// By first byte, the longest first.
  private var tokens: [UInt8: [(content: [UInt8], id: Int)]] = [:]

  init(_ added: [AddedToken]) {
    for token in added {
      let content = Array(token.content.utf8)
      if let first = content.first { tokens[first, default: []].append((content, token.id)) }
    }
    for first in tokens.keys { tokens[first]?.sort { $0.content.count > $1.content.count } }
  }

  /// Calls `take` with each token, and with each stretch between tokens, which may be empty.
  func forEachSegment(in bytes: [UInt8], _ take: (Range<Int>, _ token: Int?) -> Void) {
    var start = 0
    var position = 0
    while !tokens.isEmpty, position < bytes.count {
      let rest = bytes[position...]
      if let token = tokens[bytes[position]]?.first(where: { rest.starts(with: $0.content) }) {
        take(start..<position, nil)
        position += token.content.count
        take(position - token.content.count..<position, token.id)
        start = position
      } else {
        position += 1
      }
    }
    take(start..<bytes.count, nil)
  }
}
