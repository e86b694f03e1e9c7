import JSON

/// Unicode normalization form C: letters and their accents joined.
struct NFC: Normalizer {
  static let type = "NFC"
  init() {}
  init(_ fields: JSONFields) {}
  var members: [(key: String, value: JSONValue)] { [] }

  func normalize(_ text: inout NormalizedText) {
    if text.allScalars(Canonical.isInert) { return }
    text.replaceScalars { Canonical.composed($0) }
  }
}

/// Unicode normalization form D: letters and their accents apart.
struct NFD: Normalizer {
  static let type = "NFD"
  init() {}
  init(_ fields: JSONFields) {}
  var members: [(key: String, value: JSONValue)] { [] }

  func normalize(_ text: inout NormalizedText) {
    if text.allScalars({ $0.value < 0xC0 }) { return }
    text.replaceScalars { Canonical.decomposed($0) }
  }
}

/// Unicode normalization form KC: as C, with compatible forms such as ligatures and full-width letters made plain.
struct NFKC: Normalizer {
  static let type = "NFKC"
  init() {}
  init(_ fields: JSONFields) {}
  var members: [(key: String, value: JSONValue)] { [] }

  func normalize(_ text: inout NormalizedText) {
    if text.allScalars({ $0.value < 0xA0 }) { return }
    text.replaceScalars { Canonical.composed($0, compatible: true) }
  }
}

/// Unicode normalization form KD: as D, with compatible forms such as ligatures and full-width letters made plain.
struct NFKD: Normalizer {
  static let type = "NFKD"
  init() {}
  init(_ fields: JSONFields) {}
  var members: [(key: String, value: JSONValue)] { [] }

  func normalize(_ text: inout NormalizedText) {
    if text.allScalars({ $0.value < 0xA0 }) { return }
    text.replaceScalars { Canonical.decomposed($0, compatible: true) }
  }
}

extension NormalizedText {
  /// True if every scalar satisfies the test.
  func allScalars(_ test: (Unicode.Scalar) -> Bool) -> Bool {
    var position = 0
    while position < bytes.count {
      let (scalar, end) = scalar(at: position)
      if !test(scalar) { return false }
      position = end
    }
    return true
  }

  /// Puts the parts that `change` makes of all scalars at the places of what they consume.
  mutating func replaceScalars(with change: ([Unicode.Scalar]) -> [Canonical.Part]) {
    var scalars: [Unicode.Scalar] = []
    var places: [Place] = []
    var position = 0
    while position < bytes.count {
      let (scalar, end) = scalar(at: position)
      scalars.append(scalar)
      places.append(place(of: position..<end) ?? Place(start: 0, end: 0))
      position = end
    }
    let parts = change(scalars)
    rewrite { text in
      var next = 0
      for part in parts {
        let index = part.consumed > 0 ? next : next - 1
        let place = places.indices.contains(index) ? places[index] : Place(start: 0, end: 0)
        text.put(UTF8.encode(part.scalar)?.map { $0 } ?? [], at: place)
        next += part.consumed
      }
    }
  }
}
