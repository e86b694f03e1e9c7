import Foundation

/// Unicode's normal forms, scalar by scalar, so that places in the text can be followed.
enum Canonical {
  /// A scalar of the new form and how many scalars of the old one it stands for; 0 for one that a decomposition added.
  struct Part {
    var scalar: Unicode.Scalar
    var consumed: Int
  }

  /// True if the scalar is the same in NFC and can never join the one before it (a subset, for speed).
  static func isInert(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0..<0x300, 0x388..<0x483, 0x48A..<0x530, 0x5D0..<0x5EB, 0x620..<0x64B, 0x2002..<0x200E, 0x2010..<0x2028,
      0x202F..<0x205F, 0x20A0..<0x20C0, 0x2190..<0x2329, 0x232B..<0x2ADC, 0x3000..<0x302A, 0x3041..<0x3097,
      0x30A0..<0xA000, 0xAC00..<0xD7A4, 0xFE00..<0xFE10, 0xFF01..<0xFFF0, 0x1F000..<0x1FB00, 0x20000..<0x2A6E0:
      true
    default: false
    }
  }

  /// The text decomposed and in canonical order.
  ///
  /// - Parameter compatible: compatible forms such as ligatures are taken apart too.
  static func decomposed(_ scalars: [Unicode.Scalar], compatible: Bool = false) -> [Part] {
    var parts: [Part] = []
    parts.reserveCapacity(scalars.count)
    for scalar in scalars {
      if scalar.value < (compatible ? 0xA0 : 0xC0) {
        parts.append(Part(scalar: scalar, consumed: 1))
      } else {
        for (index, part) in decomposition(scalar, compatible: compatible).enumerated() {
          parts.append(Part(scalar: part, consumed: index == 0 ? 1 : 0))
        }
      }
    }
    sortMarks(&parts)
    return parts
  }

  /// The text composed after decomposition.
  static func composed(_ scalars: [Unicode.Scalar], compatible: Bool = false) -> [Part] {
    var result: [Part] = []
    var starter: Int?
    var lastClass: UInt8 = 0
    for part in decomposed(scalars, compatible: compatible) {
      let markClass = combiningClass(part.scalar)
      let isBlocked = starter.map { $0 != result.count - 1 && lastClass >= markClass } ?? true
      if let starter, !isBlocked, let joined = composition(result[starter].scalar, part.scalar) {
        result[starter].scalar = joined
        result[starter].consumed += part.consumed
        continue
      }
      if markClass == 0 { starter = result.count }
      lastClass = markClass
      result.append(part)
    }
    return result
  }

  /// Sorts each run of combining marks by class; places stay as they are, in the order of the text.
  private static func sortMarks(_ parts: inout [Part]) {
    var start = 0
    while start < parts.count {
      guard combiningClass(parts[start].scalar) != 0 else {
        start += 1
        continue
      }
      var end = start + 1
      while end < parts.count, combiningClass(parts[end].scalar) != 0 { end += 1 }
      if end - start > 1 {
        let sorted = parts[start..<end].enumerated().sorted {
          (combiningClass($0.element.scalar), $0.offset) < (combiningClass($1.element.scalar), $1.offset)
        }
        parts.replaceSubrange(start..<end, with: sorted.map(\.element))
      }
      start = end
    }
  }

  private static func combiningClass(_ scalar: Unicode.Scalar) -> UInt8 {
    scalar.value < 0x300 ? 0 : scalar.properties.canonicalCombiningClass.rawValue
  }

  /// Of the Latin letters, because taking their accents off is common and asking Foundation is slow.
  private static let latin: [[Unicode.Scalar]] = (0xC0..<UInt32(0x250)).map { value in
    Unicode.Scalar(value).map(ask) ?? []
  }

  private static func decomposition(_ scalar: Unicode.Scalar, compatible: Bool) -> [Unicode.Scalar] {
    if compatible { return Array(String(scalar).decomposedStringWithCompatibilityMapping.unicodeScalars) }
    return scalar.value < 0x250 ? latin[Int(scalar.value) - 0xC0] : ask(scalar)
  }

  private static func ask(_ scalar: Unicode.Scalar) -> [Unicode.Scalar] {
    Array(String(scalar).decomposedStringWithCanonicalMapping.unicodeScalars)
  }

  private static func composition(_ first: Unicode.Scalar, _ second: Unicode.Scalar) -> Unicode.Scalar? {
    if second.value < 0x300 { return nil }
    if let syllable = hangulSyllable(first.value, second.value) { return syllable }
    var pair = String(first)
    pair.unicodeScalars.append(second)
    let joined = pair.precomposedStringWithCanonicalMapping.unicodeScalars
    return joined.count == 1 ? joined.first : nil
  }
}

extension Canonical {
  /// Korean syllables are composed by arithmetic (Unicode 3.12.2): a leading consonant with a vowel, and that with a
  /// trailing consonant.
  fileprivate static func hangulSyllable(_ first: UInt32, _ second: UInt32) -> Unicode.Scalar? {
    let syllables: UInt32 = 0xAC00
    let (vowels, trailing) = (UInt32(21), UInt32(28))
    if (0x1100..<0x1113).contains(first), (0x1161..<0x1161 + vowels).contains(second) {
      return Unicode.Scalar(syllables + ((first - 0x1100) * vowels + second - 0x1161) * trailing)
    }
    let isOpen = (syllables..<syllables + 19 * vowels * trailing).contains(first) && (first - syllables) % trailing == 0
    if isOpen, (0x11A8..<0x11A7 + trailing).contains(second) { return Unicode.Scalar(first + second - 0x11A7) }
    return nil
  }
}
