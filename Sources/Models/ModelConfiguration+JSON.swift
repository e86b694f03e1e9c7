import Foundation

/// What is wrong with a model's folder or its `config.json`, in one line.
public struct ModelError: Error, Equatable, CustomStringConvertible {
  public var description: String
  public init(_ description: String) { self.description = description }
}

extension ModelConfiguration {
  private static var typeKey: ConfigurationKey { ConfigurationKey("model_type") }

  public static var keys: [String] { [typeKey.stringValue] + fields.map(\.key) }

  /// What every family says of its vocabularies and lengths.
  static var textFields: [ConfigurationField<Self>] {
    [
      .init("source_vocabulary_size", \.text.sourceVocabularySize),
      .init("target_vocabulary_size", \.text.targetVocabularySize),
      .init("pad_token_id", \.text.padID), .init("bos_token_id", \.text.startID), .init("eos_token_id", \.text.endID),
      .init("unk_token_id", \.text.unknownID), .init("source_has_start", \.text.sourceHasStart),
      .init("source_has_end", \.text.sourceHasEnd), .init("max_source_length", \.text.maximumSourceLength),
      .init("max_target_length", \.text.maximumTargetLength), .init(list: "suppress_tokens", \.text.suppressedTokens),
      .init(list: "source_prefix_ids", \.text.affixes.sourcePrefix),
      .init(list: "source_suffix_ids", \.text.affixes.sourceSuffix),
      .init(list: "target_prefix_ids", \.text.affixes.targetPrefix),
      .init("spare_rows", \.text.hasSpareRows, unless: false),
    ]
  }

  /// Reads a configuration; keys that are absent keep their defaults.
  ///
  /// - Throws: `DecodingError`.
  public init(from decoder: any Decoder) throws {
    self.init()
    let keys = try decoder.container(keyedBy: ConfigurationKey.self)
    for field in Self.fields { try field.read(&self, keys) }
  }

  public func encode(to encoder: any Encoder) throws {
    var keys = encoder.container(keyedBy: ConfigurationKey.self)
    try keys.encode(Self.modelType, forKey: Self.typeKey)
    for field in Self.fields { try field.write(self, &keys) }
  }

  /// Reads `config.json` strictly: a key that is not understood could change the result, so it is an error.
  ///
  /// - Throws: `ModelError`, one line that names `file` and the key.
  public init(json: Data, file: String) throws {
    guard let object = try? JSONSerialization.jsonObject(with: json) as? [String: Any] else {
      throw ModelError("\(file): not a JSON object; a model's config.json is needed here")
    }
    guard let type = object[Self.typeKey.stringValue] as? String, type == Self.modelType else {
      throw ModelError("\(file): model_type is not '\(Self.modelType)'")
    }
    let known = Set(Self.keys)
    if let unknown = object.keys.sorted().first(where: { !known.contains($0) }) {
      throw ModelError("\(file): key '\(unknown)' is not understood; remove it, or use the heed that wrote it")
    }
    do {
      self = try JSONDecoder().decode(Self.self, from: json)
    } catch let error as DecodingError {
      throw ModelError("\(file): \(error.oneLine)")
    }
    if let problem { throw ModelError("\(file): \(problem)") }
  }

  /// `config.json`, keys in a fixed order.
  public func json() throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    return try encoder.encode(self) + Data("\n".utf8)
  }

  /// The first of `sizes`, or of those that every family has, that is out of bounds.
  func sizeProblem(_ sizes: [(key: String, size: Int)]) -> String? {
    let text = [
      ("source_vocabulary_size", sourceVocabularySize), ("target_vocabulary_size", targetVocabularySize),
      ("max_source_length", maximumSourceLength), ("max_target_length", maximumTargetLength),
    ]
    for (key, size) in sizes + text where size < 1 || size > 1 << 24 {
      return "\(key) is \(size); expected 1 to \(1 << 24)"
    }
    return nil
  }

  /// A special or suppressed id that no vocabulary has.
  var tokenProblem: String? {
    let ids = [
      ("pad_token_id", padID, true), ("bos_token_id", startID, sourceHasStart), ("eos_token_id", endID, sourceHasEnd),
      ("unk_token_id", unknownID, true),
    ]
    for (key, id, isInSource) in ids
    where id < 0 || id >= targetVocabularySize || (isInSource && id >= sourceVocabularySize) {
      return "\(key) is \(id), outside a vocabulary"
    }
    if let id = (sourceStart + sourceEnd).first(where: { $0 < 0 || $0 >= sourceVocabularySize }) {
      return "a source is wrapped in \(id), outside its vocabulary"
    }
    if let id = affixes.targetPrefix.first(where: { $0 < 0 || $0 >= targetVocabularySize }) {
      return "target_prefix_ids has \(id), outside the vocabulary"
    }
    if let id = suppressedTokens.first(where: { $0 == endID || $0 < 0 || $0 >= targetVocabularySize }) {
      return "suppress_tokens has \(id), which is the end token or outside the vocabulary"
    }
    return nil
  }
}

extension DecodingError {
  fileprivate var oneLine: String {
    switch self {
    case .typeMismatch(_, let context), .valueNotFound(_, let context), .keyNotFound(_, let context),
      .dataCorrupted(let context):
      let path = context.codingPath.map(\.stringValue).joined(separator: ".")
      let reason = context.debugDescription.split(separator: "\n").first.map(String.init) ?? "unreadable"
      return path.isEmpty ? reason : "key '\(path)': \(reason)"
    @unknown default: return "unreadable"
    }
  }
}
