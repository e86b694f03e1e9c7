import Foundation
import JSON

extension Tokenizer {
  /// The largest file that is read, in bytes; the largest vocabularies in use take about 40 MB.
  static let largestFile = 256 << 20

  /// Reads a tokenizer from one file, known by its content: `tokenizer.json`, Keras' JSON, a SentencePiece model, BERT's
  /// `vocab.txt`, or a list of words.
  ///
  /// - Throws: `TokenizerError` if it cannot be read or is not understood entirely.
  public init(contentsOf url: URL) throws {
    let data = try Self.bytes(of: url)
    if data.first(where: { !$0.isWhitespace }) == UInt8(ascii: "{") {
      try self.init(json: data, name: url.path)
      return
    }
    do throws(TokenizerError) {
      if Self.isSentencePiece(data) {
        self = try Self.sentencePiece(data)
        return
      }
      let lines = try PieceLines(data)
      self = try Self.isWordPiece(lines) ? Self.bert(lines) : Self.wordList(lines)
    } catch {
      throw error.inFile(url.path)
    }
  }

  /// Which side of a model a tokenizer is for.
  public enum Side: String, Sendable {
    case source, target
  }

  /// The tokenizer of one side in a model's folder; nil if there is none.
  ///
  /// Looked for in this order: `source.tokenizer.json` or `target.tokenizer.json`, `tokenizer.json`, Marian's `source.spm`
  /// or `target.spm` with `vocab.json`, `vocab.json` with `merges.txt`, a SentencePiece model (such as
  /// `source.tokenizer.model`), `vocab.txt`.
  ///
  /// - Parameter layout: of a SentencePiece model's pieces.
  /// - Throws: `TokenizerError` if a file that is there cannot be read or is not understood entirely.
  public static func inFolder(_ folder: URL, side: Side, layout: PieceLayout = .plain) throws -> Tokenizer? {
    func file(_ name: String) -> URL? {
      let url = folder.appendingPathComponent(name)
      return FileManager.default.fileExists(atPath: url.path) ? url : nil
    }
    if let url = file("\(side.rawValue).tokenizer.json") ?? file("tokenizer.json") {
      let tokenizer = try Tokenizer(json: bytes(of: url), name: url.path)
      let splits = try readSettings(folder, side)?.bool(splitSpecialKey, default: false) ?? false
      return splits ? try tokenizer.splittingSpecial() : tokenizer
    }
    if let vocabulary = file("vocab.json") {
      let added = try file("added_tokens.json").map { url throws(TokenizerError) in try addedPieces(url) } ?? []
      if let pieces = file("\(side.rawValue).spm") {
        // Marian models of two vocabularies keep the target's in a file of its own.
        let vocabulary = side == .target ? file("target_vocab.json") ?? vocabulary : vocabulary
        return try named(pieces) { data throws(TokenizerError) in
          try marian(data, vocabulary: bytes(of: vocabulary), added: added)
        }
      }
      if let merges = file("merges.txt") {
        return try named(vocabulary) { data throws(TokenizerError) in
          try gpt2(vocabulary: data, merges: bytes(of: merges), added: added, settings: readSettings(folder))
        }
      }
    }
    let others = [
      "\(side.rawValue).tokenizer.model", "spiece.model", "sentencepiece.bpe.model", "tokenizer.model", "vocab.txt",
    ]
    guard let url = others.lazy.compactMap(file).first else { return nil }
    guard url.lastPathComponent == "vocab.txt" else {
      guard layout != .plain else { return try Tokenizer(contentsOf: url) }
      return try named(url) { data throws(TokenizerError) in
        try sentencePiece(
          data, layout, list: file("vocab.json").map { url throws(TokenizerError) in try bytes(of: url) })
      }
    }
    let settings = try readSettings(folder)
    // Without settings it may be a word list of another kind.
    guard settings != nil else { return try Tokenizer(contentsOf: url) }
    return try named(url) { data throws(TokenizerError) in try bert(PieceLines(data), settings) }
  }

  /// The name of a side's settings where the other side has others.
  static func settingsName(_ side: Side) -> String { "\(side.rawValue).\(settingsName)" }
  static let settingsName = "tokenizer_config.json"
  /// Transformers' key of `tokenizer_config.json`: special tokens in a text are text.
  static let splitSpecialKey = "split_special_tokens"

  /// What `tokenizer_config.json` says; nil if there is none.
  private static func readSettings(_ folder: URL, _ side: Side? = nil) throws(TokenizerError) -> JSONFields? {
    let names = (side.map { [settingsName($0)] } ?? []) + [settingsName]
    let urls = names.map { folder.appendingPathComponent($0) }
    guard let url = urls.first(where: { FileManager.default.fileExists(atPath: $0.path) }) else { return nil }
    return try named(url) { data throws(TokenizerError) in try JSONFields(JSONFields.parse(data), at: "") }
  }

  /// The pieces of an `added_tokens.json` with their ids.
  private static func addedPieces(_ url: URL) throws(TokenizerError) -> [(piece: String, id: Int)] {
    try named(url) { data throws(TokenizerError) in
      let fields = try JSONFields(.object([("added", JSONFields.parse(data))]), at: "")
      var pieces: [(piece: String, id: Int)] = []
      for (piece, value) in try fields.members("added") {
        guard case .number(let digits) = value, let id = Int(digits), id >= 0 else {
          throw TokenizerError("\(piece) is \(value.kind) where an id belongs")
        }
        pieces.append((piece, id))
      }
      return pieces
    }
  }

  /// Reads a file; errors say its name.
  static func named<Result>(
    _ url: URL, _ read: (Data) throws(TokenizerError) -> Result
  ) throws(TokenizerError) -> Result {
    let data = try bytes(of: url)
    do throws(TokenizerError) {
      return try read(data)
    } catch {
      throw error.file.isEmpty ? error.inFile(url.path) : error
    }
  }

  private static func bytes(of url: URL) throws(TokenizerError) -> Data {
    let size = (try? url.resourceValues(forKeys: [.fileSizeKey]).fileSize) ?? 0
    if size > largestFile {
      throw TokenizerError(file: url.path, "has \(size) bytes", advice: "a tokenizer has at most \(largestFile)")
    }
    if let data = try? Data(contentsOf: url) { return data }
    let exists = FileManager.default.fileExists(atPath: url.path)
    throw TokenizerError(
      file: url.path, exists ? "cannot be read" : "is not there",
      advice: exists ? "check that it is a file and its permissions" : "check the path")
  }

  /// BERT's list of pieces, or the one that TensorFlow's Transformer tutorial makes with other special tokens.
  private static func isWordPiece(_ lines: PieceLines) -> Bool {
    lines.contains("[CLS]") || lines.contains("[UNK]") && lines.containsBeginning("##")
  }

  /// A serialized `ModelProto`: its first field holds a piece, whose first field holds the piece's text.
  private static func isSentencePiece(_ data: Data) -> Bool {
    let start = Array(data.prefix(4))
    return start.count == 4 && start[0] == 0x0A && start[2] == 0x0A && Int(start[1]) >= Int(start[3]) + 2
  }
}

extension UInt8 {
  fileprivate var isWhitespace: Bool { self == 0x20 || (0x09...0x0D).contains(self) }
}
