import Checkpoints
import Foundation
import Text
import Traces

/// A model, opened: configuration, weights and tokenizers.
///
/// The weights stay in the mapped file, which must not change while the model is in use.
public struct ModelFolder {
  /// Of heed's own folder, or what a person gave.
  public let path: String
  /// What a person calls it: the folder's name, or that of a run and how far it had come.
  public let name: String
  /// Under which its makers know it: `model_type` of `config.json`, or what a file was recognised as.
  public let architecture: String
  public let configuration: any ModelConfiguration
  public let model: any ModelFamily
  /// Nil where the folder has none: then sources are given and targets shown as ids.
  public let source: Tokenizer?
  public let target: Tokenizer?
  /// What a person should know of how somebody else's model was read, a line each.
  public let notes: [String]

  /// Opens heed's own folder (`config.json`, `model.safetensors`, and `source.tokenizer.json` and
  /// `target.tokenizer.json` or, for both sides, `tokenizer.json`), a training run, one of its snapshots or the parameters of
  /// one of its epochs, or what other libraries have saved.
  ///
  /// - Parameter options: what a person says of a model whose files leave it open.
  /// - Throws: `ModelError`, `CheckpointError` or `TokenizerError`, each one line that names the file.
  public init(path: String, options: OpeningOptions = OpeningOptions()) throws {
    let found = try FoundModel(path: path, options: options)
    (self.path, name, architecture) = (found.path, found.name, found.architecture)
    configuration = found.configuration
    model = try Self.model(configuration, found.parameters)
    (source, target, notes) = (found.source, found.target, found.notes)
    try found.remember()
  }

  /// The path of one of its files.
  public func file(_ name: String) -> String {
    URL(fileURLWithPath: path, isDirectory: true).appendingPathComponent(name).path
  }

  private static func model(
    _ configuration: some ModelConfiguration, _ archive: some CheckedParameters
  ) throws -> any ModelFamily {
    func open<Model: ModelFamily>(_ configuration: Model.Configuration, as _: Model.Type) throws -> Model {
      var parameters = archive
      let model = try Model(configuration, &parameters)
      try parameters.requireAllUsed()
      return model
    }
    return try open(configuration, as: type(of: configuration).Model.self)
  }

  /// How a trace names this model.
  public var description: AttentionTrace.Model {
    AttentionTrace.Model(
      name: name, path: path, architecture: architecture, summary: configuration.summary)
  }

  /// Begins to decode a sentence.
  ///
  /// - Parameter maximumLength: at most so many steps; the model's own bound if nil.
  /// - Throws: `ModelError` for a sentence that is empty or too long, or where the folder has no source tokenizer.
  public func session(_ text: String, maximumLength: Int? = nil) throws -> DecodingSession {
    if hearsSound { return try session(sound: text, maximumLength: maximumLength).session }
    guard let source else {
      if let ids = Self.ids(text) { return try session(ids: ids, maximumLength: maximumLength) }
      throw ModelError(
        "\(path): no tokenizer for the source; type ids, such as 5 9 2, or give --source-ids, or the words with "
          + "--source-vocab")
    }
    let tokens = source.encode(text)
    guard !tokens.isEmpty else { throw ModelError("the sentence is empty; give at least one word") }
    let typed = tokens.map { Token(source, $0.id, typed: source.surface(of: $0, in: text)) }
    let start = configuration.sourceStart.map { Token(source, $0) }
    let end = configuration.sourceEnd.map { Token(source, $0) }
    return try session(padded(start + typed + end), text: text, maximumLength)
  }

  /// Begins to decode exactly these ids; nothing is added.
  ///
  /// - Throws: `ModelError` for an id outside the vocabulary, or for none or too many.
  public func session(ids: [Int], maximumLength: Int? = nil) throws -> DecodingSession {
    guard !hearsSound else { throw ModelError("\(path): this model hears sound; give an audio file") }
    guard !ids.isEmpty else { throw ModelError("there are no source ids; give at least one") }
    if let wrong = ids.first(where: { $0 < 0 || $0 >= configuration.sourceVocabularySize }) {
      throw ModelError(
        "source id \(wrong) is outside the vocabulary of \(configuration.sourceVocabularySize) tokens")
    }
    let tokens = ids.map { Token(source, $0) }
    return try session(tokens, text: source?.decode(ids) ?? "", maximumLength)
  }

  private func session(_ tokens: [Token], text: String, _ maximumLength: Int?) throws -> DecodingSession {
    guard tokens.count <= configuration.maximumSourceLength else {
      throw ModelError(
        "the sentence has \(tokens.count) tokens; \(description.name) reads at most \(configuration.maximumSourceLength)"
      )
    }
    let lengthLimit = max(1, maximumLength ?? model.targetLimit(sourceLength: tokens.count))
    try model.check(sourceLength: tokens.count, targetLength: lengthLimit)
    let tokens = filled(tokens, to: model.sourceColumns)
    let trace = AttentionTrace(model: description, sourceText: text, source: tokens, lengthLimit: lengthLimit)
    return DecodingSession(model: model, vocabulary: vocabulary, source: tokens.map(\.id), trace: trace)
  }

  /// Ids that a person types where there are no words: numbers parted by blanks or commas, with # before them or not.
  private static func ids(_ text: String) -> [Int]? {
    let parts = text.split { $0 == "," || $0.isWhitespace }
    let ids = parts.compactMap { Int($0.hasPrefix("#") ? $0.dropFirst() : $0) }
    return ids.isEmpty || ids.count < parts.count ? nil : ids
  }

  /// A typed source as a model reads it that was trained on sources of one length.
  private func padded(_ tokens: [Token]) -> [Token] { filled(tokens, to: configuration.paddedSourceLength) }

  private func filled(_ tokens: [Token], to length: Int?) -> [Token] {
    guard let length, tokens.count < length else { return tokens }
    let id = configuration.padID
    let piece = source.flatMap { $0.padID == id ? $0.piece(of: id) : nil } ?? "<pad>"
    return tokens + Array(repeating: Token(id: id, piece: piece, kind: .special), count: length - tokens.count)
  }

  /// How targets are shown.
  var vocabulary: any TargetVocabulary {
    TokenizerVocabulary(tokenizer: target, size: configuration.targetVocabularySize)
  }

  /// The ids of a given target, the end token included.
  ///
  /// - Throws: `ModelError` where the folder has no target tokenizer.
  public func targetIDs(_ text: String) throws -> [Int] {
    guard let target else {
      if let ids = Self.ids(text) { return ids }
      throw ModelError(
        "\(path): no tokenizer for the target; give it as --target-ids, or the words with --target-vocab")
    }
    return try targetBeginning() + target.encode(text).map(\.id) + configuration.targetEnd
  }

  /// The tokens that every target begins with, such as its language's.
  private func targetBeginning() throws -> [Int] {
    guard let steps = (configuration as? TransformerConfiguration)?.beginTokens, !steps.isEmpty else {
      return configuration.affixes.targetPrefix
    }
    return try steps.map { ids in
      guard ids.count == 1, let id = ids.first else {
        throw ModelError(
          "\(path): the target's language is the model's choice; name it with --target-language, or give --target-ids")
      }
      return id
    }
  }
}

/// A target vocabulary with a tokenizer, or with nothing but ids.
private struct TokenizerVocabulary: TargetVocabulary {
  let tokenizer: Tokenizer?
  let size: Int

  func token(_ id: Int) -> Token { Token(tokenizer, id) }
  func text(_ ids: [Int]) -> String {
    tokenizer?.decode(ids) ?? ids.map(String.init).joined(separator: " ")
  }
}

extension Token {
  /// A token as a vocabulary shows it, or as its number where there is none.
  ///
  /// - Parameter typed: the text that it stands for, shown where the vocabulary knows no better.
  init(_ tokenizer: Tokenizer?, _ id: Int, typed: String? = nil) {
    guard let tokenizer, let piece = tokenizer.piece(of: id) else {
      self.init(id: id, piece: "#\(id)")
      return
    }
    let isUnknown = id == tokenizer.unknownID
    self.init(
      id: id, piece: piece, surface: isUnknown ? typed ?? piece : tokenizer.surface(of: id),
      kind: isUnknown ? .unknown : tokenizer.isSpecial(id) ? .special : .word,
      continuesWord: tokenizer.continuesWord(id))
  }
}
