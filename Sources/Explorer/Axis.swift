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

  init(_ entries: [Entry]) { self.entries = entries }

  /// Each token at a place of its own.
  init(_ tokens: [AxisToken]) {
    entries = tokens.enumerated().map { index, token in
      Entry(tokens: index..<index + 1, label: token.label, kind: token.kind)
    }
  }

  var count: Int { entries.count }

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
