import TUI

/// How many colours to use, decided from what the user and the terminal say.
struct ColorSupport: Hashable {
  var depth: ColorDepth
  /// The name of the terminal description to open.
  var term: String

  /// What a terminal description says; `exists` is false for an unknown name.
  struct Description: Hashable {
    var exists = true
    var canPosition = true
    var hasRGB = false
    var colors: Int
  }

  /// Follows `NO_COLOR` (no-color.org), `COLORTERM` and `TERM`.
  ///
  /// True colour needs a description whose colour numbers are red, green and blue: that of `TERM` itself, or of its `-direct`
  /// sibling where `COLORTERM` promises true colour.
  init(term: String, environment: [String: String], describe: (String) -> Description) {
    let own = describe(term)
    self.term = term
    if environment["NO_COLOR"].map({ !$0.isEmpty }) == true {
      depth = .none
    } else if own.isDirect {
      depth = .trueColor
    } else if let direct = Self.directSibling(of: term, environment), describe(direct).isDirect {
      self.term = direct
      depth = .trueColor
    } else {
      depth = own.indexedDepth
    }
  }

  /// What terminals with true colour say of themselves.
  static func promisesTrueColor(_ environment: [String: String]) -> Bool {
    ["truecolor", "24bit"].contains(environment["COLORTERM"]?.lowercased())
  }

  private static func directSibling(of term: String, _ environment: [String: String]) -> String? {
    guard promisesTrueColor(environment) else { return nil }
    let suffix = "-256color"
    return (term.hasSuffix(suffix) ? String(term.dropLast(suffix.count)) : term) + "-direct"
  }
}

extension ColorSupport.Description {
  fileprivate var isDirect: Bool { exists && canPosition && hasRGB && colors >= 1 << 24 }

  fileprivate var indexedDepth: ColorDepth {
    switch colors {
    case 256...: .indexed256
    case 16...: .ansi16
    case 8...: .ansi8
    default: .none
    }
  }
}
