import Foundation

/// What a head mostly does, as a name with the measure behind it.
///
/// The names say where weight lies, not what a head is for. All thresholds are one half:
///
/// 1. A place that has at least half of the weight, on average over rows, names the head: the previous, the same or the
///    next token, the start or the end token. The largest counts. (Voita et al. 2019 call a head positional if its
///    strongest token is at one relative place in 90 % of rows; a mean of weights also counts how strong it is.)
/// 2. Else a head whose entropy is at least half of the largest possible one, and whose strongest token has less than half
///    of the weight, is broad.
/// 3. Else it picks few tokens by something other than their place. In cross-attention it is named alignment if at least
///    half of the source tokens are some row's strongest, and if it is at most half as far from the diagonal as even
///    weights: it turns from word to word, in about the sentence's order, as most pairs of languages have it. How good an
///    alignment it is only gold links can say. All others are selective.
public enum HeadType: String, Sendable, CaseIterable, Codable {
  case previous = "previous token"
  case same = "same token"
  case next = "next token"
  case start = "start sink"
  case end = "end sink"
  case alignment
  case broad
  case selective
}

extension HeadMeasures {
  /// What part of the weight, of the largest entropy or of the source tokens gives a head its name.
  public static let threshold = 0.5

  /// Nil where nothing was measured.
  public var type: HeadType? {
    guard let sharpness = sharpness.value else { return nil }
    if let place = strongestPlace, place.weight >= Self.threshold { return place.type }
    if (breadth.value ?? 0) >= Self.threshold && sharpness < Self.threshold { return .broad }
    let turns = (coverage.value ?? 0) >= Self.threshold && (relativeDistance.value ?? 1) <= Self.threshold
    return site == .cross && turns ? .alignment : .selective
  }

  /// The measure that the type comes from, such as `0.83 of the weight on the previous token`.
  public var evidence: String? {
    func two(_ number: Double?) -> String { String(format: "%.2f", number ?? 0) }
    let entropy = "entropy \(two(breadth.value)) of the largest possible, strongest token \(two(sharpness.value))"
    return switch type {
    case nil: nil
    case .previous, .same, .next: "\(two(strongestPlace?.weight)) of the weight on the \(type?.rawValue ?? "")"
    case .start: "\(two(start.value)) of the weight on the start token"
    case .end: "\(two(end.value)) of the weight on the end token"
    case .alignment:
      "\(two(coverage.value)) of the source tokens are some row's strongest, distance from the diagonal "
        + "\(two(relativeDistance.value)) of that of even weights"
    case .broad: entropy
    case .selective: "\(entropy), at most \(two(strongestPlace?.weight)) of the weight on a fixed place"
    }
  }

  private var strongestPlace: (type: HeadType, weight: Double)? {
    let places: [(HeadType, Mean)] = [
      (.previous, previous), (.same, same), (.next, next), (.start, start), (.end, end),
    ]
    return places.compactMap { type, mean in mean.value.map { (type, $0) } }.max { $0.1 < $1.1 }
  }
}
