import JSON

/// A text with tokens before and after it, as a template says: `[CLS] $A [SEP]`.
struct TemplateProcessing: PostProcessor {
  /// A place of the template.
  enum Part: Sendable {
    case text
    case tokens([Int])
  }

  static let type = "TemplateProcessing"
  private let parts: [Part]
  /// As the file has them; templates for two texts are kept and not used.
  let members: [(key: String, value: JSONValue)]

  init(_ fields: JSONFields) throws(TokenizerError) {
    var tokens: [String: [Int]] = [:]
    if try fields.value("special_tokens") != nil {
      for (name, value) in try fields.members("special_tokens") {
        tokens[name] = try Self.ids(value, at: fields.place(of: "special_tokens") + "." + name)
      }
    }
    var parts: [Part] = []
    for (index, item) in try fields.array("single").enumerated() {
      let place = "\(fields.place(of: "single"))[\(index)]"
      let part = try JSONFields(item, at: place)
      if let sequence = try part.fields("Sequence") {
        guard try sequence.string("id") == "A" else {
          throw TokenizerError("\(place) asks for a second text, which heed does not read")
        }
        parts.append(.text)
      } else if let special = try part.fields("SpecialToken") {
        let name = try special.string("id")
        guard let ids = tokens[name] else { throw TokenizerError("\(place) names \(name), which special_tokens lacks") }
        parts.append(.tokens(ids))
      } else {
        throw TokenizerError("\(place) is neither a Sequence nor a SpecialToken")
      }
    }
    self.parts = parts
    var kept: [(key: String, value: JSONValue)] = []
    for key in ["single", "pair", "special_tokens"] {
      if let value = try fields.value(key) { kept.append((key, value)) }
    }
    members = kept
  }

  private static func ids(_ value: JSONValue, at place: String) throws(TokenizerError) -> [Int] {
    var ids: [Int] = []
    for item in try JSONFields(value, at: place).array("ids") {
      guard case .number(let digits) = item, let id = Int(digits), id >= 0 else {
        throw TokenizerError("\(place).ids holds \(item.kind) where an id belongs")
      }
      ids.append(id)
    }
    return ids
  }

  func surround(_ tokens: [EncodedToken]) -> [EncodedToken] {
    parts.flatMap { part in
      switch part {
      case .text: tokens
      case .tokens(let ids): ids.map { EncodedToken(id: $0, range: 0..<0) }
      }
    }
  }
}
