import Traces

/// What stands beside a row or above a column.
struct AxisLabel: Equatable {
  var text: String
  /// `<end>` and the like, shown quietly.
  var isSpecial = false
  /// Produced because the user, or a given target, asked for it.
  var isForced = false
}

extension AxisLabel {
  /// Longer labels would be cut anyway, and must not cost the time to shape them.
  private static let longest = 256

  init(_ token: Token, pieces: Bool, isForced: Bool = false) {
    let text = (pieces ? token.piece : token.surface).onOneLine
    let cut = String(String.UnicodeScalarView(text.unicodeScalars.prefix(Self.longest)))
    let isBlank = !cut.isEmpty && cut.allSatisfy(\.isWhitespace)
    self.init(
      text: isBlank ? String(repeating: "␣", count: cut.count) : cut, isSpecial: token.kind == .special,
      isForced: isForced)
  }
}

extension AttentionTrace {
  /// Labels of the rows of a site.
  ///
  /// - Parameter pieces: the vocabulary's own spelling in place of the surface.
  func rowLabels(_ site: Site, pieces: Bool) -> [AxisLabel] {
    let tokens = rowTokens(site)
    let first = site == .encoder ? tokens.count : tokens.count - steps.count
    return labels(tokens, firstStep: first, pieces: pieces)
  }

  /// Labels of the columns of a site; the start token, which no step produced, is there by its usual name.
  func columnLabels(_ site: Site, pieces: Bool) -> [AxisLabel] {
    let tokens = columnTokens(site)
    let first = site != .decoder ? tokens.count : prompt == nil ? 1 : source.count
    return labels(tokens, firstStep: first, pieces: pieces)
  }

  private func labels(_ tokens: [Token?], firstStep: Int, pieces: Bool) -> [AxisLabel] {
    tokens.enumerated().map { index, token in
      guard let token else { return AxisLabel(text: "<start>", isSpecial: true) }
      return AxisLabel(token, pieces: pieces, isForced: index >= firstStep && steps[index - firstStep].isForced)
    }
  }
}

extension String {
  /// The text with a space for each character that would leave the line or steer a terminal.
  var onOneLine: String {
    String(
      map { character in
        let isControl = character.unicodeScalars.contains { $0.properties.generalCategory == .control }
        return isControl || character.isNewline ? " " : character
      })
  }
}
