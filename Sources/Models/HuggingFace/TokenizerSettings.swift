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
    try members("tokenizer_config.json")?[key]?.text
  }

  /// A number of `tokenizer_config.json`; nil where there is none.
  ///
  /// - Throws: `ModelError` for one that no count of tokens can be.
  func tokenizerNumber(_ key: String) throws -> Int? {
    guard let value = try members("tokenizer_config.json")?[key] else { return nil }
    if case .null = value { return nil }
    guard let number = value.int, (0...100_000).contains(number) else {
      throw ModelError("\(place.file("tokenizer_config.json")): \(key) is no number of tokens")
    }
    return number
  }

  /// Tokens that a vocabulary has beside its pieces, such as those of languages, in the order of their ids.
  func additionalTokens() throws -> [String] {
    for file in ["special_tokens_map.json", "tokenizer_config.json"] {
      let members = try members(file)
      for key in ["additional_special_tokens", "extra_special_tokens"] {
        let names = (members?[key]?.items ?? []).compactMap { $0.text ?? $0["content"]?.text }
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
