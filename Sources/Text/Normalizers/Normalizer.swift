import JSON

/// Changes the text before it is split.
protocol Normalizer: TokenizerComponent {
  func normalize(_ text: inout NormalizedText)
}

/// Every normalizer that can be read; a new one is a new file and a line here.
let knownNormalizers: [any Normalizer.Type] = [
  NormalizerSequence.self, NFC.self, NFD.self, NFKC.self, NFKD.self, Lowercase.self, StripAccents.self, Strip.self,
  Replace.self, Prepend.self, Precompiled.self, BertNormalizer.self, Nmt.self, ByteLevel.self,
]

/// Several normalizers, one after the other.
struct NormalizerSequence: Normalizer {
  static let type = "Sequence"
  let normalizers: [any Normalizer]

  init(_ normalizers: [any Normalizer]) { self.normalizers = normalizers }

  init(_ fields: JSONFields) throws(TokenizerError) {
    normalizers = try readComponents(fields, "normalizers", knownNormalizers) { $0 as? any Normalizer }
  }

  var members: [(key: String, value: JSONValue)] {
    [("normalizers", .array(normalizers.map(\.json)))]
  }

  func normalize(_ text: inout NormalizedText) {
    for normalizer in normalizers { normalizer.normalize(&text) }
  }
}
