import Text
import Traces

/// A target vocabulary in alphabetical order, to complete what is being typed: made once for a model, asked in no time.
public struct TargetTokens: Sendable {
  /// How many an answer holds at most.
  public static let longestAnswer = 50

  /// Texts in small letters, sorted; several may lead to the same id.
  private let names: [(text: String, id: Int)]
  private let tokenizer: Tokenizer?
  private let size: Int

  init(_ tokenizer: Tokenizer?, size: Int) {
    self.tokenizer = tokenizer
    self.size = size
    guard let tokenizer else {
      names = []
      return
    }
    var names: [(text: String, id: Int)] = []
    names.reserveCapacity(size)
    for id in 0..<size {
      guard let piece = tokenizer.piece(of: id) else { continue }
      let surface = tokenizer.surface(of: id)
      names.append((surface.lowercased(), id))
      if piece != surface { names.append((piece.lowercased(), id)) }
    }
    self.names = names.sorted { ($0.text, $0.id) < ($1.text, $1.id) }
  }

  /// The first tokens, in alphabetical order, whose text or whose piece begins so; without a tokenizer those whose number
  /// does.
  public func beginning(_ text: String) -> [Token] {
    guard tokenizer != nil else {
      let digits = text.drop { $0 == "#" }
      let ids = (0..<size).lazy.filter { String($0).hasPrefix(digits) }
      return ids.prefix(Self.longestAnswer).map { Token(nil, $0) }
    }
    let start = text.lowercased()
    var (low, high) = (0, names.count)
    while low < high {
      let middle = (low + high) / 2
      if names[middle].text < start { low = middle + 1 } else { high = middle }
    }
    var seen: Set<Int> = []
    var tokens: [Token] = []
    for name in names[low...] {
      guard name.text.hasPrefix(start), tokens.count < Self.longestAnswer else { break }
      if seen.insert(name.id).inserted { tokens.append(Token(tokenizer, name.id)) }
    }
    return tokens
  }
}

extension ModelFolder {
  /// The target vocabulary in order; takes a moment for a large one.
  public var targetTokens: TargetTokens { TargetTokens(target, size: configuration.targetVocabularySize) }

  /// A target token as a trace shows it.
  public func targetToken(_ id: Int) -> Token { Token(target, id) }
}
