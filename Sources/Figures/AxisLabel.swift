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
    site == .encoder
      ? source.map { AxisLabel($0, pieces: pieces) }
      : steps.map { AxisLabel($0.token, pieces: pieces, isForced: $0.isForced) }
  }

  /// Labels of the columns of a site; the decoder's first one is the start token, which no step produced.
  func columnLabels(_ site: Site, pieces: Bool) -> [AxisLabel] {
    guard site == .decoder else { return source.map { AxisLabel($0, pieces: pieces) } }
    return [AxisLabel(text: "<start>", isSpecial: true)]
      + steps.dropLast().map { AxisLabel($0.token, pieces: pieces, isForced: $0.isForced) }
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
