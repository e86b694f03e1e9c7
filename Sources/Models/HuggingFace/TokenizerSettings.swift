import Foundation
import JSON

// What stands beside a folder's vocabulary.

extension HuggingFaceFolder {
  /// The class that Transformers reads the vocabulary with, such as `MBart50Tokenizer`.
  mutating func tokenizerClass() throws -> String? {
    try tokenizerSetting("tokenizer_class") ?? config.string("tokenizer_class")
  }

  /// A text of `tokenizer_config.json`; nil where there is none.
  func tokenizerSetting(_ key: String) throws -> String? {
    guard case .string(let text)? = try members("tokenizer_config.json")?[key] else { return nil }
    return text
  }

  /// Tokens that a vocabulary has beside its pieces, such as those of languages, in the order of their ids.
  func additionalTokens() throws -> [String] {
    for file in ["special_tokens_map.json", "tokenizer_config.json"] {
      let members = try members(file)
      for key in ["additional_special_tokens", "extra_special_tokens"] {
        guard case .array(let items)? = members?[key] else { continue }
        let names = items.compactMap { item -> String? in
          if case .string(let name) = item { return name }
          guard case .object(let fields) = item,
            case .string(let name)? = fields.first(where: { $0.key == "content" })?.value
          else { return nil }
          return name
        }
        if !names.isEmpty { return names }
      }
    }
    return []
  }

  private func members(_ name: String) throws -> [String: JSONValue]? {
    guard let data = FileManager.default.contents(atPath: place.file(name)) else { return nil }
    do {
      return try ForeignConfiguration.members(data)
    } catch {
      throw ModelError("\(place.file(name)): \(error)")
    }
  }
}
