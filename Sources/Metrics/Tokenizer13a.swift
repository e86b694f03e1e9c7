/// The tokenizer that sacrebleu calls `13a`: what NIST's `mteval-v13a` does to western languages.
///
/// There it is a chain of regular expressions; here one scan over the scalars decides the same thing. Text is compared by
/// scalar, never by canonical equivalence, because that is how Python compares it.
enum Tokenizer13a {
  typealias Scalars = [Unicode.Scalar]

  /// The tokens of one sentence, in order.
  static func tokens(of sentence: String, lowercase: Bool = false) -> [Scalars] {
    var scalars = Scalars(sentence.unicodeScalars)
    if lowercase { scalars = lowercased(scalars) }
    while let last = scalars.last, isSpace(last) { scalars.removeLast() }
    return split(unmarked(scalars))
  }

  /// Undoes mark-up: skipped segments, lines broken at a hyphen, and the four entities, in the reference's order.
  private static func unmarked(_ line: Scalars) -> Scalars {
    var line = line
    func replace(_ pattern: String, _ replacement: String) {
      line = line.replacing(Scalars(pattern.unicodeScalars), with: Scalars(replacement.unicodeScalars))
    }
    if line.contains("<") { replace("<skipped>", "") }
    if line.contains("\n") {
      replace("-\n", "")
      replace("\n", " ")
    }
    if line.contains("&") {
      replace("&quot;", "\"")
      replace("&amp;", "&")
      replace("&lt;", "<")
      replace("&gt;", ">")
    }
    return line
  }

  private static func split(_ line: Scalars) -> [Scalars] {
    var tokens: [Scalars] = []
    var word: Scalars = []
    func endWord() {
      if !word.isEmpty { tokens.append(word) }
      word.removeAll(keepingCapacity: true)
    }
    func isolate(_ mark: Unicode.Scalar) {
      endWord()
      tokens.append([mark])
    }
    // The reference splits pairs "non-digit, mark" from left to right, and a pair's mark cannot open the next pair.
    var previousClosedPair = false
    for (index, scalar) in line.enumerated() {
      let followsDigit = index > 0 && isDigit(line[index - 1])
      var closesPair = false
      switch scalar {
      case ".", ",":
        closesPair = !followsDigit && !previousClosedPair
        let precedesDigit = index + 1 < line.count && isDigit(line[index + 1])
        if closesPair || !precedesDigit { isolate(scalar) } else { word.append(scalar) }
      case "-" where followsDigit: isolate(scalar)
      case _ where isSpace(scalar): endWord()
      case _ where standsAlone(scalar): isolate(scalar)
      default: word.append(scalar)
      }
      previousClosedPair = closesPair
    }
    endWord()
    return tokens
  }

  /// ASCII punctuation that is a token wherever it stands: all but apostrophe, comma, hyphen and full stop.
  private static func standsAlone(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "!"..."&", "("..."+", "/", ":"..."@", "["..."`", "{"..."~": true
    default: false
    }
  }

  private static func isDigit(_ scalar: Unicode.Scalar) -> Bool { "0"..."9" ~= scalar }

  /// What Python's `str.split` parts at: Unicode white space and the four ASCII separators.
  private static func isSpace(_ scalar: Unicode.Scalar) -> Bool {
    scalar.properties.isWhitespace || "\u{1C}"..."\u{1F}" ~= scalar
  }

  /// Lower case as Python has it: full mappings, and a capital sigma that ends a word becomes `ς`.
  private static func lowercased(_ scalars: Scalars) -> Scalars {
    func isCased(_ candidates: some Sequence<Unicode.Scalar>) -> Bool {
      candidates.first { !$0.properties.isCaseIgnorable }?.properties.isCased ?? false
    }
    var lowered: Scalars = []
    lowered.reserveCapacity(scalars.count)
    for (index, scalar) in scalars.enumerated() {
      if scalar == "Σ", isCased(scalars[..<index].reversed()), !isCased(scalars[(index + 1)...]) {
        lowered.append("ς")
      } else {
        lowered.append(contentsOf: scalar.properties.lowercaseMapping.unicodeScalars)
      }
    }
    return lowered
  }
}
