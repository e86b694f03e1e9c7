import JSON

/// BERT's cleaning: no control characters, one kind of space, Chinese characters apart, and as asked for without accents
/// and in lower case.
struct BertNormalizer: Normalizer {
  static let type = "BertNormalizer"
  let cleansText: Bool
  let partsChinese: Bool
  /// Nil: as `lowercases`.
  let stripsAccents: Bool?
  let lowercases: Bool

  init(cleansText: Bool = true, partsChinese: Bool = true, stripsAccents: Bool? = nil, lowercases: Bool = true) {
    self.cleansText = cleansText
    self.partsChinese = partsChinese
    self.stripsAccents = stripsAccents
    self.lowercases = lowercases
  }

  init(_ fields: JSONFields) throws(TokenizerError) {
    cleansText = try fields.bool("clean_text", default: true)
    partsChinese = try fields.bool("handle_chinese_chars", default: true)
    stripsAccents = try fields.value("strip_accents") == nil ? nil : fields.bool("strip_accents", default: false)
    lowercases = try fields.bool("lowercase", default: true)
  }

  var members: [(key: String, value: JSONValue)] {
    [
      ("clean_text", .bool(cleansText)), ("handle_chinese_chars", .bool(partsChinese)),
      ("strip_accents", stripsAccents.map { .bool($0) } ?? .null), ("lowercase", .bool(lowercases)),
    ]
  }

  func normalize(_ text: inout NormalizedText) {
    if cleansText { text.mapScalars(Self.cleansed) }
    if partsChinese {
      text.mapScalars { Self.isChinese($0) ? [0x20] + (UTF8.encode($0)?.map { $0 } ?? []) + [0x20] : nil }
    }
    if stripsAccents ?? lowercases {
      NFD().normalize(&text)
      text.mapScalars { $0.value >= 0x300 && $0.properties.generalCategory == .nonspacingMark ? [] : nil }
    }
    if lowercases { Lowercase().normalize(&text) }
  }

  private static func cleansed(_ scalar: Unicode.Scalar) -> [UInt8]? {
    switch scalar {
    case " ": return nil
    case "\t", "\n", "\r": return [0x20]
    case "\0", "\u{FFFD}": return []
    default: break
    }
    if scalar.value > 0x20, scalar.value < 0x7F { return nil }
    switch scalar.properties.generalCategory {
    case .control, .format, .privateUse, .surrogate: return []
    default: return scalar.properties.isWhitespace ? [0x20] : nil
    }
  }

  private static func isChinese(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x4E00...0x9FFF, 0x3400...0x4DBF, 0x20000...0x2A6DF, 0x2A700...0x2B73F, 0x2B740...0x2B81F, 0x2B920...0x2CEAF,
      0xF900...0xFAFF, 0x2F800...0x2FA1F:
      true
    default: false
    }
  }
}
