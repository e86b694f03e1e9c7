import Foundation
import JSON

extension Tokenizer {
  /// The largest file that is read, in bytes; the largest vocabularies in use take about 40 MB.
  static let largestFile = 256 << 20

  /// Reads a `tokenizer.json`.
  ///
  /// Throws: `TokenizerError` if it cannot be read or is not understood entirely.
  public init(contentsOf url: URL) throws {
    let data: Data
    do {
      let size = try url.resourceValues(forKeys: [.fileSizeKey]).fileSize ?? 0
      if size > Self.largestFile {
        throw TokenizerError(file: url.path, "has \(size) bytes", advice: "a tokenizer has at most \(Self.largestFile)")
      }
      data = try Data(contentsOf: url)
    } catch let error as TokenizerError {
      throw error
    } catch {
      let exists = FileManager.default.fileExists(atPath: url.path)
      throw TokenizerError(
        file: url.path, exists ? "cannot be read" : "is not there",
        advice: exists ? "check that it is a file and its permissions" : "check the path")
    }
    try self.init(json: data, name: url.path)
  }

  /// Reads the text of a `tokenizer.json`; `name` stands for the file in errors.
  ///
  /// Throws: `TokenizerError` if it is not understood entirely.
  public init(json: Data, name: String) throws {
    do throws(TokenizerError) {
      self = try Self.read(JSONFields(Self.parse(json), at: ""))
    } catch {
      throw error.inFile(name)
    }
  }

  private static func parse(_ json: Data) throws(TokenizerError) -> JSONValue {
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

  private static func read(_ file: JSONFields) throws(TokenizerError) -> Tokenizer {
    for key in ["truncation", "padding", "post_processor"] where try file.value(key) != nil {
      throw TokenizerError("\(key) is set, which heed does not read", advice: "set it to null")
    }
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
      ("post_processor", .null), ("decoder", decoder?.json ?? .null), ("model", model.json),
    ])
    return Data(JSONWriter.write(file, style: .pretty))
  }
}
