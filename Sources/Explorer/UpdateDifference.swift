import TUI
import Traces

/// Looking at a run before and after what was changed.
extension State {
  mutating func keep(_ difference: TraceDifference?) {
    whatIf.take(difference)
    decode.compare(with: difference)
  }

  mutating func showNextDifference() {
    if decode.comparison == nil, hasRunToCompare {
      // On its way: what is wanted is drawn as soon as it has come.
      decode.shown = decode.shown == .after ? .difference : .after
      notice = Notice(kind: .information, text: decode.shown == .after ? decode.shown.name : "comparing…")
      return
    }
    guard decode.comparison != nil else {
      notice = Notice(
        kind: .information,
        text: "nothing to compare: change something first, \(keyName(.silence)) silences a head, "
          + "\(keyName(.hide)) hides a token")
      return
    }
    let isWhole = ScreenLayout(self)?.holdsThreePictures ?? false
    decode.shown = isWhole ? (decode.shown == .after ? .difference : .after) : decode.shown.next()
    if picture.view != .matrix, decode.shown != .after, decode.head != nil { picture.view = .matrix }
    notice = Notice(kind: .information, text: decode.shown.name)
  }

  mutating func compareWithNextBaseline() {
    whatIf.baseline = whatIf.baseline.next()
    keep(nil)
    notice = Notice(
      kind: .information,
      text: whatIf.baseline == .nothing
        ? "compared with the model left alone" : "compared with the run before the last change")
  }
}

extension Decode {
  /// Which of the two runs of a comparison is drawn.
  enum Shown: String, Sendable, CaseIterable {
    case after = "now"
    case difference, before

    var name: String {
      switch self {
      case .after: "the run as it is now"
      case .difference: "difference: weights now less weights before"
      case .before: "the run as it was before"
      }
    }
  }
}
