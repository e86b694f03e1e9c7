import Foundation
import JSON

/// What Transformers' `generate` does around Whisper's choices: the tokens that a target begins with, and those that are
/// never chosen.
enum WhisperDecoding {
  static func read(
    _ folder: inout HuggingFaceFolder, _ c: inout TransformerConfiguration, _ options: OpeningOptions
  ) throws {
    c.startID = try folder.special("decoder_start_token_id") ?? 50_257
    c.endID = try folder.special("eos_token_id") ?? 50_256
    c.padID = try folder.special("pad_token_id") ?? 50_256
    c.unknownID = c.endID
    _ = try folder.special("bos_token_id")
    let size = c.targetVocabularySize
    let never = try suppressed(&folder, "suppress_tokens")
    c.suppressedTokens = Set(never).filter { (0..<size).contains($0) && $0 != c.endID }.sorted()
    c.beginSuppressedTokens = try suppressed(&folder, "begin_suppress_tokens").filter { (0..<size).contains($0) }
    let beginning = try firstTokens(&folder, options)
    if beginning.allSatisfy({ $0.count == 1 }) {
      c.affixes.targetPrefix = beginning.flatMap { $0 }
    } else {
      c.beginTokens = beginning
    }
    if let outside = beginning.joined().first(where: { !(0..<size).contains($0) }) {
      throw ModelError(
        "\(folder.place.folder.path): a target begins with the token \(outside), which the vocabulary of \(size) lacks")
    }
    // Of times and of other ways of decoding.
    folder.generation?.ignore([
      "alignment_heads", "is_multilingual", "max_initial_timestamp_index", "prev_sot_token_id",
      "median_filter_width",
    ])
    folder.config.ignore(["is_multilingual"])
    try folder.generation?.expect("return_timestamps", false)
  }

  /// `generation_config.json` says it, or where there is none `config.json`; of the beginning its class has defaults.
  private static func suppressed(_ folder: inout HuggingFaceFolder, _ key: String) throws -> [Int] {
    let standard = key == "begin_suppress_tokens" && !folder.config.mentions(key) ? [220, 50_256] : []
    let fromConfig = try folder.config.ints(key)
    guard folder.generation == nil else { return try folder.generation?.ints(key) ?? [] }
    return fromConfig.isEmpty ? standard : fromConfig
  }

  /// For each of the first steps the tokens to choose from: languages, then one token each.
  private static func firstTokens(_ folder: inout HuggingFaceFolder, _ options: OpeningOptions) throws -> [[Int]] {
    let languages = try folder.generation?.members("lang_to_id") ?? []
    let tasks = try folder.generation?.members("task_to_id") ?? []
    let last = try folder.generation?.int("no_timestamps_token_id")
    let saved = try folder.generation?.string("language")
    let task = try folder.generation?.string("task")
    let forced = try forcedTokens(&folder)
    var steps: [[Int]] = []
    let name = options.targetLanguage ?? saved
    if let name {
      guard let language = languages.first(where: { Self.language($0.name, isCalled: name) }) else {
        let known = languages.map(\.name).joined(separator: ", ")
        throw ModelError(
          "\(folder.place.folder.path): there is no language '\(name)'; "
            + (languages.isEmpty ? "this model has one" : "known are \(known)"))
      }
      steps = [[language.id]]
    } else if !languages.isEmpty, task != nil || forced.isEmpty || forced.first == .some(nil) {
      steps = [languages.map(\.id)]
    }
    // A language that was named is written down, not translated.
    if let name = task ?? (name == nil ? nil : "transcribe") {
      if let task = tasks.first(where: { $0.name == name }) { steps.append([task.id]) }
    } else {
      steps += forced.compactMap { $0 }.map { [$0] }
    }
    if let last, steps.last != [last] { steps.append([last]) }
    return steps
  }

  /// Whether a language's token, such as `<|fr|>`, is meant: by itself, by its code, or by its English name.
  private static func language(_ token: String, isCalled name: String) -> Bool {
    let code = token.trimmingCharacters(in: CharacterSet(charactersIn: "<|>"))
    let spoken = Locale(identifier: "en").localizedString(forLanguageCode: code) ?? code
    return [token, code, spoken.lowercased()].contains(name.lowercased())
  }

  /// Tokens by position after the start token; nil where a language is to be detected.
  private static func forcedTokens(_ folder: inout HuggingFaceFolder) throws -> [Int?] {
    let own = try folder.generation?.pairs("forced_decoder_ids") ?? []
    let others = try folder.config.pairs("forced_decoder_ids")
    let pairs = own.isEmpty ? others : own
    for (index, pair) in pairs.enumerated() where pair.first != index + 1 {
      throw folder.config.refusal(
        "forced_decoder_ids", "without position \(index + 1)", known: ["positions from 1 on, in order,"])
    }
    return pairs.map(\.second)
  }
}

extension ForeignConfiguration {
  /// An object of names and ids, in order of the ids.
  mutating func members(_ key: String) throws -> [(name: String, id: Int)] {
    guard let value = value(key) else { return [] }
    guard let members = value.members else { throw wrong(key, value, "an object") }
    return try members.map { name, value in
      guard let id = value.int else { throw wrong(key, value, "a whole number") }
      return (name, id)
    }.sorted { $0.id < $1.id }
  }

  /// Pairs of whole numbers, of which the second may be null.
  mutating func pairs(_ key: String) throws -> [(first: Int, second: Int?)] {
    guard let value = value(key) else { return [] }
    guard let items = value.items else { throw wrong(key, value, "pairs of whole numbers") }
    return try items.map { item in
      guard let pair = item.items, pair.count == 2, let first = pair[0].int else {
        throw wrong(key, item, "a pair of whole numbers")
      }
      if case .null = pair[1] { return (first, nil) }
      guard let second = pair[1].int else { throw wrong(key, pair[1], "a whole number") }
      return (first, second)
    }
  }
}
