import Foundation

/// What is wrong with a model's folder or its `config.json`, in one line.
public struct ModelError: Error, Equatable, CustomStringConvertible {
  public var description: String
  public init(_ description: String) { self.description = description }
}

extension Seq2SeqConfiguration: Codable {
  public enum CodingKeys: String, CodingKey, CaseIterable {
    case modelType = "model_type"
    case attention
    case attentionUnits = "attention_units"
    case attentionSpan = "attention_span"
    case attentionWindow = "attention_window"
    case inputFeeding = "input_feeding"
    case cell
    case resetAfter = "reset_after"
    case sourceEmbeddingSize = "source_embedding_size"
    case targetEmbeddingSize = "target_embedding_size"
    case encoderUnits = "encoder_units"
    case encoderLayers = "encoder_layers"
    case bidirectional
    case decoderUnits = "decoder_units"
    case decoderLayers = "decoder_layers"
    case decoderState = "decoder_state"
    case masksSource = "mask_source"
    case readout
    case readoutUnits = "readout_units"
    case tiesEmbeddings = "tied_embeddings"
    case sourceVocabularySize = "source_vocabulary_size"
    case targetVocabularySize = "target_vocabulary_size"
    case padID = "pad_token_id"
    case startID = "bos_token_id"
    case endID = "eos_token_id"
    case unknownID = "unk_token_id"
    case sourceHasStart = "source_has_start"
    case sourceHasEnd = "source_has_end"
    case maximumSourceLength = "max_source_length"
    case maximumTargetLength = "max_target_length"
    case suppressedTokens = "suppress_tokens"
  }

  /// Reads a configuration; keys that are absent keep their defaults.
  ///
  /// - Throws: `DecodingError`.
  public init(from decoder: any Decoder) throws {
    self.init()
    let keys = try decoder.container(keyedBy: CodingKeys.self)
    func read<Value: Decodable>(_ key: CodingKeys, _ value: inout Value) throws {
      if let found = try keys.decodeIfPresent(Value.self, forKey: key) { value = found }
    }
    try read(.attention, &attention)
    try read(.attentionUnits, &attentionUnits)
    try read(.attentionSpan, &attentionSpan)
    try read(.attentionWindow, &attentionWindow)
    try read(.inputFeeding, &inputFeeding)
    try read(.cell, &cell)
    try read(.resetAfter, &resetAfter)
    try read(.sourceEmbeddingSize, &sourceEmbeddingSize)
    try read(.targetEmbeddingSize, &targetEmbeddingSize)
    try read(.encoderUnits, &encoderUnits)
    try read(.encoderLayers, &encoderLayers)
    try read(.bidirectional, &bidirectional)
    try read(.decoderUnits, &decoderUnits)
    try read(.decoderLayers, &decoderLayers)
    try read(.decoderState, &decoderState)
    try read(.masksSource, &masksSource)
    try read(.readout, &readout)
    try read(.readoutUnits, &readoutUnits)
    try read(.tiesEmbeddings, &tiesEmbeddings)
    try read(.sourceVocabularySize, &sourceVocabularySize)
    try read(.targetVocabularySize, &targetVocabularySize)
    try read(.padID, &padID)
    try read(.startID, &startID)
    try read(.endID, &endID)
    try read(.unknownID, &unknownID)
    try read(.sourceHasStart, &sourceHasStart)
    try read(.sourceHasEnd, &sourceHasEnd)
    try read(.maximumSourceLength, &maximumSourceLength)
    try read(.maximumTargetLength, &maximumTargetLength)
    try read(.suppressedTokens, &suppressedTokens)
  }

  public func encode(to encoder: any Encoder) throws {
    var keys = encoder.container(keyedBy: CodingKeys.self)
    try keys.encode(Self.modelType, forKey: .modelType)
    try keys.encode(attention, forKey: .attention)
    try keys.encode(attentionUnits, forKey: .attentionUnits)
    try keys.encode(attentionSpan, forKey: .attentionSpan)
    try keys.encode(attentionWindow, forKey: .attentionWindow)
    try keys.encode(inputFeeding, forKey: .inputFeeding)
    try keys.encode(cell, forKey: .cell)
    try keys.encode(resetAfter, forKey: .resetAfter)
    try keys.encode(sourceEmbeddingSize, forKey: .sourceEmbeddingSize)
    try keys.encode(targetEmbeddingSize, forKey: .targetEmbeddingSize)
    try keys.encode(encoderUnits, forKey: .encoderUnits)
    try keys.encode(encoderLayers, forKey: .encoderLayers)
    try keys.encode(bidirectional, forKey: .bidirectional)
    try keys.encode(decoderUnits, forKey: .decoderUnits)
    try keys.encode(decoderLayers, forKey: .decoderLayers)
    try keys.encode(decoderState, forKey: .decoderState)
    try keys.encode(masksSource, forKey: .masksSource)
    try keys.encode(readout, forKey: .readout)
    try keys.encode(readoutUnits, forKey: .readoutUnits)
    try keys.encode(tiesEmbeddings, forKey: .tiesEmbeddings)
    try keys.encode(sourceVocabularySize, forKey: .sourceVocabularySize)
    try keys.encode(targetVocabularySize, forKey: .targetVocabularySize)
    try keys.encode(padID, forKey: .padID)
    try keys.encode(startID, forKey: .startID)
    try keys.encode(endID, forKey: .endID)
    try keys.encode(unknownID, forKey: .unknownID)
    try keys.encode(sourceHasStart, forKey: .sourceHasStart)
    try keys.encode(sourceHasEnd, forKey: .sourceHasEnd)
    try keys.encode(maximumSourceLength, forKey: .maximumSourceLength)
    try keys.encode(maximumTargetLength, forKey: .maximumTargetLength)
    if !suppressedTokens.isEmpty { try keys.encode(suppressedTokens, forKey: .suppressedTokens) }
  }

  /// Reads `config.json` strictly: a key that is not understood could change the result, so it is an error.
  ///
  /// - Throws: `ModelError`, one line that names `file` and the key.
  public init(json: Data, file: String) throws {
    guard let object = try? JSONSerialization.jsonObject(with: json) as? [String: Any] else {
      throw ModelError("\(file): not a JSON object; a model's config.json is needed here")
    }
    guard let type = object["model_type"] as? String, type == Self.modelType else {
      let found = (object["model_type"] as? String).map { "'\($0)'" } ?? "missing"
      throw ModelError("\(file): model_type is \(found); this version of heed opens '\(Self.modelType)'")
    }
    let known = Set(CodingKeys.allCases.map(\.rawValue))
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

  /// Why no model can have this configuration, in one line; nil if one can.
  public var problem: String? {
    for (key, value) in sizes where value < 1 || value > 1 << 24 {
      return "\(key.rawValue) is \(value); expected 1 to \(1 << 24)"
    }
    if encoderLayers > 64 || decoderLayers > 64 { return "more than 64 layers" }
    for (key, id) in [(CodingKeys.padID, padID), (.startID, startID), (.endID, endID), (.unknownID, unknownID)]
    where id < 0 || id >= targetVocabularySize || id >= sourceVocabularySize {
      return "\(key.rawValue) is \(id), outside a vocabulary"
    }
    if let id = suppressedTokens.first(where: { $0 == endID || $0 < 0 || $0 >= targetVocabularySize }) {
      return "suppress_tokens has \(id), which is the end token or outside the vocabulary"
    }
    return incompatibility
  }

  private var sizes: [(CodingKeys, Int)] {
    [
      (.attentionUnits, attentionUnits), (.attentionWindow, attentionWindow),
      (.sourceEmbeddingSize, sourceEmbeddingSize), (.targetEmbeddingSize, targetEmbeddingSize),
      (.encoderUnits, encoderUnits), (.encoderLayers, encoderLayers), (.decoderUnits, decoderUnits),
      (.decoderLayers, decoderLayers), (.readoutUnits, readoutUnits), (.sourceVocabularySize, sourceVocabularySize),
      (.targetVocabularySize, targetVocabularySize), (.maximumSourceLength, maximumSourceLength),
      (.maximumTargetLength, maximumTargetLength),
    ]
  }

  private var incompatibility: String? {
    if attention == .dot && encoderWidth != decoderUnits {
      return "dot attention needs encoder states as wide as decoder_units; they are \(encoderWidth) and \(decoderUnits)"
    }
    if decoderState == .zeros && !asksBeforeStep {
      return "decoder_state 'zeros' needs additive attention, whose query carries the state"
    }
    if inputFeeding && (attention == .none || asksBeforeStep) {
      return "input_feeding needs dot, general or concat attention"
    }
    if decoderLayers > encoderLayers {
      return "decoder_layers is \(decoderLayers), more than the encoder's \(encoderLayers): no state to start from"
    }
    if tiesEmbeddings && outputWidth != targetEmbeddingSize {
      return "tied_embeddings needs target_embedding_size \(outputWidth), the width of the readout"
    }
    if readout == .deep && !asksBeforeStep { return "readout 'deep' needs additive attention" }
    return nil
  }

  /// Width of what the output matrix reads.
  var outputWidth: Int { readout == .deep ? readoutUnits : decoderUnits }
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
