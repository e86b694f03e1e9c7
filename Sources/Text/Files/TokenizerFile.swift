import Foundation
import JSON

extension Tokenizer {
  /// Reads the text of a `tokenizer.json`, or of the JSON that Keras writes; `name` stands for the file in errors.
  ///
  /// - Throws: `TokenizerError` if it is not understood entirely.
  public init(json: Data, name: String) throws {
    do throws(TokenizerError) {
      let fields = try JSONFields(JSONFields.parse(json), at: "")
      self = try fields.value("class_name") == nil ? Self.read(fields) : Self.keras(fields)
    } catch {
      throw error.inFile(name)
    }
  }

  private static func read(_ file: JSONFields) throws(TokenizerError) -> Tokenizer {
    // Truncation and padding are for batches: one text is read whole, and a model refuses one that is too long.
    var added: [AddedToken] = []
    if try file.value("added_tokens") != nil {
      for (index, value) in try file.array("added_tokens").enumerated() {
        added.append(try AddedToken(JSONFields(value, at: "added_tokens[\(index)]")))
      }
    }
    return try Tokenizer(
      normalizer: component(file, "normalizer", knownNormalizers) { $0 as? any Normalizer },
      preTokenizer: component(file, "pre_tokenizer", knownPreTokenizers) { $0 as? any PreTokenizer },
      model: readComponent(file.required("model"), at: "model", knownModels) { $0 as? any TokenModel },
      decoder: component(file, "decoder", knownDecoders) { $0 as? any Decoder },
      postProcessor: component(file, "post_processor", knownPostProcessors) { $0 as? any PostProcessor },
      added: added)
  }

  private static func component<Component>(
    _ file: JSONFields, _ key: String, _ known: [any TokenizerComponent.Type],
    _ cast: (any TokenizerComponent) -> Component?
  ) throws(TokenizerError) -> Component? {
    guard let value = try file.value(key) else { return nil }
    return try readComponent(value, at: key, known, cast)
  }

  /// The text of a `tokenizer.json` that Python's tokenizers opens; the same tokenizer always gives the same bytes.
  public func json() throws -> Data {
    let file = JSONValue.object([
      ("version", .string("1.0")), ("truncation", .null), ("padding", .null),
      ("added_tokens", .array(added.tokens.map(\.json))),
      ("normalizer", normalizer?.json ?? .null), ("pre_tokenizer", preTokenizer?.json ?? .null),
      ("post_processor", postProcessor?.json ?? .null), ("decoder", decoder?.json ?? .null), ("model", model.json),
    ])
    return Data(JSONWriter.write(file, style: .pretty))
  }
}

extension JSONFields {
  static func parse(_ json: Data) throws(TokenizerError) -> JSONValue {
    // `withUnsafeBytes` of Data cannot carry a typed error.
    let parsed = json.withUnsafeBytes { bytes in
      Result { () throws(JSONError) in try JSONReader.read(bytes) }
    }
    switch parsed {
    case .success(let value): return value
    case .failure(let error):
      let isCut = error.reason == .unexpectedEnd
      throw TokenizerError(
        "is no JSON: \(error)",
        advice: isCut ? "copy or download the file again" : "write it anew with Python's tokenizers or heed train")
    }
  }
}
