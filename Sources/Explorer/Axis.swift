import Traces

/// One axis of the matrix as it is drawn: what stands at each place, in order.
struct Axis: Sendable, Equatable {
  struct Entry: Sendable, Equatable {
    /// Its tokens, counted along the axis of the trace.
    var tokens: Range<Int>
    var label: String
    var kind: Token.Kind
  }

  let entries: [Entry]
  /// Tokens that stand nowhere on it.
  let hidden: [Int]
  /// Display widths of the labels, which every frame needs.
  let labelWidths: [Int]

  init(_ entries: [Entry], hidden: [Int] = []) {
    self.entries = entries
    self.hidden = hidden
    labelWidths = entries.map { $0.label.displayWidth }
  }

  /// Each token at a place of its own, or the parts of a word at one; without special tokens if they are to be hidden.
  init(_ tokens: [AxisToken], mergesWords: Bool = false, hidesSpecial: Bool = false) {
    var entries: [Entry] = []
    var hidden: [Int] = []
    for (index, token) in tokens.enumerated() {
      if hidesSpecial, token.kind == .special {
        hidden.append(index)
      } else if mergesWords, token.continuesWord, token.kind != .special, let last = entries.last,
        last.kind != .special, last.tokens.upperBound == index
      {
        let kind: Token.Kind = token.kind == .unknown ? .unknown : last.kind
        entries[entries.count - 1] = Entry(
          tokens: last.tokens.lowerBound..<index + 1, label: last.label + token.label, kind: kind)
      } else {
        entries.append(Entry(tokens: index..<index + 1, label: token.label, kind: token.kind))
      }
    }
    self.init(entries, hidden: hidden)
  }

  var count: Int { entries.count }
  /// Display width of the longest label.
  var widestLabel: Int { labelWidths.max() ?? 0 }
  /// Characters of the longest label.
  var longestLabel: Int { entries.reduce(0) { max($0, $1.label.count) } }

  /// Whether each place is one token and all tokens are there.
  var isPlain: Bool { hidden.isEmpty && entries.allSatisfy { $0.tokens.count == 1 } }

  /// So many places as one each, labelled by their numbers.
  func binned(by size: Int) -> Axis {
    let bins = stride(from: 0, to: entries.count, by: size).map { start -> Entry in
      let last = min(start + size, entries.count) - 1
      let label = start == last ? "\(start + 1)" : "\(start + 1)–\(last + 1)"
      return Entry(
        tokens: entries[start].tokens.lowerBound..<entries[last].tokens.upperBound, label: label, kind: .word)
    }
    return Axis(bins, hidden: hidden)
  }

  /// The place of a token; for one that is not drawn, the place before it.
  func place(of token: Int) -> Int {
    var (low, high) = (0, entries.count)
    while low < high {
      let middle = (low + high) / 2
      if entries[middle].tokens.lowerBound <= token { low = middle + 1 } else { high = middle }
    }
    return max(0, low - 1)
  }

  /// The first token of the place nearest to `place`; 0 on an empty axis.
  func token(at place: Int) -> Int {
    guard !entries.isEmpty else { return 0 }
    return entries[min(max(0, place), entries.count - 1)].tokens.lowerBound
  }
}

/// A token as the label of a row or column.
struct AxisToken: Sendable, Equatable {
  var label: String
  var kind: Token.Kind
  var continuesWord = false

  init(_ token: Token) {
    (label, kind, continuesWord) = (token.surface, token.kind, token.continuesWord)
  }

  /// A star stands before a token that the user chose.
  init(_ step: Step) {
    self.init(step.token)
    if step.isForced { label = "*" + label }
  }

  /// What the decoder reads before it has produced anything.
  static let start = AxisToken(Token(id: -1, piece: "<start>", kind: .special))
}

extension AttentionTrace {
  /// Labels of the rows of a site's matrix.
  func rowLabels(_ site: Site) -> [AxisToken] {
    let tokens = rowTokens(site).map { AxisToken($0) }
    guard site != .encoder else { return tokens }
    return tokens.dropLast(steps.count) + steps.map { AxisToken($0) }
  }

  /// Labels of the columns. The decoder looks at what it has read: the start token and then what it has produced, so that
  /// the last column of a row is the token before the one that the row produced.
  func columnLabels(_ site: Site) -> [AxisToken] { columnTokens(site).map { $0.map { AxisToken($0) } ?? .start } }

  /// Rows of decoder self-attention before the first produced token: a language model's prompt.
  var promptRows: Int { prompt?.rows ?? 0 }
}
