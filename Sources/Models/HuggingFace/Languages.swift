import Foundation
import JSON
import Text

/// What a model of several languages knows of them.
struct Languages {
  /// Tokens of the languages, in the order of their ids, where the folder lists them.
  var names: [String]
  /// What is read where nobody says.
  var usual: String?
  /// Whether decoding starts from the target's language instead of producing it first.
  var startsTarget: Bool
  /// Whether the target's language stands at the start of the source, as in OPUS-MT: `>>fra<<`.
  var marksSource = false
}

/// What an architecture's tokenizer puts around a text, where its file does not say.
struct Wrapping {
  enum Part: Equatable {
    case id(Int)
    case sourceLanguage
  }

  var before: [Part]
  var after: [Part]
}

extension HuggingFaceFolder {
  /// Puts a model together: its tokenizers, and what stands around a source and a target.
  ///
  /// - Throws: `TokenizerError`, or `ModelError` for a language that the vocabulary lacks.
  mutating func model(
    _ configuration: TransformerConfiguration, _ map: ParameterMap, _ options: OpeningOptions,
    layout: Tokenizer.PieceLayout, languages: Languages? = nil, wrapping: Wrapping
  ) throws -> ForeignModel {
    var c = configuration
    let source = try tokenizer(.source, size: c.sourceVocabularySize, layout: layout)
    let target = try tokenizer(.target, size: c.targetVocabularySize, layout: layout)
    (c.sourceHasStart, c.sourceHasEnd) = (false, false)
    try wrap(&c, source, options, languages, wrapping)
    try begin(&c, target, options, languages)
    var model = ForeignModel(c, MappedParameters(archive, map))
    (model.source, model.target) = (source, target)
    return model
  }

  private mutating func wrap(
    _ c: inout TransformerConfiguration, _ tokenizer: Tokenizer?, _ options: OpeningOptions, _ languages: Languages?,
    _ wrapping: Wrapping
  ) throws {
    let reads = languages?.marksSource != true
    let given = try reads ? self.language(options.sourceLanguage, "source", tokenizer, languages) : nil
    if let found = tokenizer?.surroundings, !found.before.isEmpty || !found.after.isEmpty {
      c.affixes.sourcePrefix = found.before
      c.affixes.sourceSuffix = found.after
      guard let given, let tokenizer else { return }
      // The language that the file was saved with gives way.
      let others = [c.endID, c.padID, tokenizer.startID]
      c.affixes.sourcePrefix = found.before.map { others.contains($0) ? $0 : given }
      c.affixes.sourceSuffix = found.after.map { others.contains($0) ? $0 : given }
      return
    }
    let needsLanguage = (wrapping.before + wrapping.after).contains(.sourceLanguage)
    var language = given
    if language == nil && needsLanguage { language = try usualLanguage(tokenizer, languages) }
    let named = language
    func ids(_ parts: [Wrapping.Part]) -> [Int] {
      parts.compactMap { part in
        switch part {
        case .id(let id): id
        case .sourceLanguage: named
        }
      }
    }
    c.affixes.sourcePrefix = ids(wrapping.before)
    c.affixes.sourceSuffix = ids(wrapping.after)
  }

  /// The language of `tokenizer_config.json`, else the architecture's own.
  private mutating func usualLanguage(_ tokenizer: Tokenizer?, _ languages: Languages?) throws -> Int? {
    guard let tokenizer, let name = try tokenizerSetting("src_lang") ?? languages?.usual else { return nil }
    note("the source is taken to be in \(name); --source-language says otherwise")
    return tokenizer.languageID(name)
  }

  /// What decoding starts from or produces first, where the target's language is given.
  private mutating func begin(
    _ c: inout TransformerConfiguration, _ tokenizer: Tokenizer?, _ options: OpeningOptions, _ languages: Languages?
  ) throws {
    let isSaid = !c.affixes.targetPrefix.isEmpty || languages?.usual == nil
    let name = try options.targetLanguage ?? (isSaid ? nil : tokenizerSetting("tgt_lang"))
    guard let id = try self.language(name, "target", tokenizer, languages) else {
      if !isSaid && tokenizer != nil && languages?.startsTarget == false {
        note("no target language is given: the model begins as it likes; --target-language says which")
      }
      return
    }
    if languages?.marksSource == true {
      c.affixes.sourcePrefix.insert(id, at: 0)
    } else if languages?.startsTarget == true {
      c.startID = id
    } else {
      c.affixes.targetPrefix = [id]
    }
  }

  /// - Throws: `ModelError` where a language is named and the model has none, or not this one.
  private func language(
    _ name: String?, _ side: String, _ tokenizer: Tokenizer?, _ languages: Languages?
  ) throws -> Int? {
    guard let name else { return nil }
    guard languages != nil, let tokenizer else {
      throw ModelError("\(place.path): the model has no \(side) languages to choose from; leave --\(side)-language out")
    }
    if let id = tokenizer.languageID(name) { return id }
    throw ModelError("\(place.path): the vocabulary has no token for the \(side) language '\(name)'")
  }
}

extension Tokenizer {
  /// The token of a language: as it is spelt (`eng_Latn`, `en_XX`, `__en__`, `>>fra<<`), or by its code alone.
  func languageID(_ name: String) -> Int? {
    for spelling in [name, "__\(name)__", ">>\(name)<<"] {
      if let id = id(of: spelling), isSpecial(id) || spelling != name || name.contains("_") { return id }
    }
    let matches = (0..<vocabularySize).filter { isSpecial($0) && piece(of: $0)?.hasPrefix(name + "_") == true }
    return matches.count == 1 ? matches[0] : nil
  }
}
