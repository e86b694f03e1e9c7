import JSON

/// Lower case, scalar by scalar, without regard to language.
struct Lowercase: Normalizer {
  static let type = "Lowercase"
  init() {}
  init(_ fields: JSONFields) {}
  var members: [(key: String, value: JSONValue)] { [] }

  func normalize(_ text: inout NormalizedText) {
    text.mapScalars { scalar in
      if scalar.value < 0x80 {
        let isUpper = (0x41...0x5A).contains(scalar.value)
        return isUpper ? [UInt8(scalar.value) | 0x20] : nil
      }
      guard scalar.properties.changesWhenLowercased else { return nil }
      return Array(scalar.properties.lowercaseMapping.utf8)
    }
  }
}

/// Takes combining marks out; meant to follow `NFD`.
struct StripAccents: Normalizer {
  static let type = "StripAccents"
  init() {}
  init(_ fields: JSONFields) {}
  var members: [(key: String, value: JSONValue)] { [] }

  func normalize(_ text: inout NormalizedText) {
    text.mapScalars { scalar in
      if scalar.value < 0x300 { return nil }
      switch scalar.properties.generalCategory {
      case .nonspacingMark, .spacingMark, .enclosingMark: return []
      default: return nil
      }
    }
  }
}

/// Takes white space off the ends.
struct Strip: Normalizer {
  static let type = "Strip"
  let left: Bool
  let right: Bool

  init(left: Bool = true, right: Bool = true) {
    self.left = left
    self.right = right
  }

  init(_ fields: JSONFields) throws(TokenizerError) {
    left = try fields.bool("strip_left", default: true)
    right = try fields.bool("strip_right", default: true)
  }

  var members: [(key: String, value: JSONValue)] {
    [("strip_left", .bool(left)), ("strip_right", .bool(right))]
  }

  func normalize(_ text: inout NormalizedText) {
    var start = 0
    var end = text.bytes.count
    while left, start < end, text.scalar(at: start).scalar.properties.isWhitespace {
      start = text.scalar(at: start).end
    }
    while right, start < end {
      let last = text.bytes.scalarStart(before: end)
      guard text.scalar(at: last).scalar.properties.isWhitespace else { break }
      end = last
    }
    if start > 0 || end < text.bytes.count { text.rewrite { $0.keep(start..<end) } }
  }
}

extension NormalizedText {
  /// Puts what `change` gives in the place of each scalar; nil leaves it as it is.
  mutating func mapScalars(_ change: (Unicode.Scalar) -> [UInt8]?) {
    var changes: [(range: Range<Int>, bytes: [UInt8])] = []
    var position = 0
    while position < bytes.count {
      let (scalar, end) = scalar(at: position)
      if let new = change(scalar) { changes.append((position..<end, new)) }
      position = end
    }
    replace(changes.map { ($0.range, $0.bytes, place(of: $0.range)) })
  }

  /// Puts new bytes in the place of ranges, which are in order and do not overlap.
  mutating func replace(_ changes: [(range: Range<Int>, bytes: [UInt8], place: Place?)]) {
    if changes.isEmpty { return }
    let count = bytes.count
    rewrite { text in
      var position = 0
      for change in changes {
        text.keep(position..<change.range.lowerBound)
        text.put(change.bytes, at: change.place ?? Place(start: 0, end: 0))
        position = change.range.upperBound
      }
      text.keep(position..<count)
    }
  }
}
