import Checkpoints
import Foundation
import Text

// What stands beside a CTranslate2 file: its vocabularies, and which of their pieces begin and end a sentence.

extension CTranslate2Folder {
  /// The pieces of one side in the order of their ids; nil where there is no list.
  ///
  /// - Parameter given: a file that a person named, in place of the folder's.
  func pieces(_ side: Tokenizer.Side, _ given: String?) throws -> [String]? {
    func read(_ path: String) throws -> [String] {
      let url = URL(filePath: path)
      return try path.hasSuffix(".json") ? Tokenizer.pieces(jsonList: url) : Tokenizer.pieces(lines: url)
    }
    if let given { return Self.isList(given) ? try read(given) : nil }
    let names = ["\(side.rawValue)_vocabulary", "shared_vocabulary"].flatMap { [$0 + ".json", $0 + ".txt"] }
    return try names.first(where: place.has).map { try read(place.file($0)) }
  }

  /// Whether a file of words is a list of pieces, as CTranslate2 writes them, and no tokenizer.
  private static func isList(_ path: String) -> Bool {
    if path.hasSuffix(".txt") { return true }
    let start = FileHandle(forReadingAtPath: path).flatMap { try? $0.read(upToCount: 64) } ?? Data()
    return path.hasSuffix(".json") && start.first { $0 > 0x20 } == UInt8(ascii: "[")
  }

  /// OpenNMT-tf keeps one row behind its list for what is not known.
  static func filled(_ pieces: [String]?, to size: Int) -> [String]? {
    guard let pieces, pieces.count == size - 1, !pieces.contains("<unk>") else { return pieces }
    return pieces + ["<unk>"]
  }

  func checkSize(_ pieces: [String]?, _ side: Tokenizer.Side, _ size: Int) throws {
    guard let pieces, pieces.count != size else { return }
    throw ModelError(
      "\(place.folder.path): the \(side.rawValue) vocabulary has \(pieces.count) pieces, but \(path) embeds \(size)")
  }

  mutating func readTokens(
    _ c: inout TransformerConfiguration, source: [String]?, target: [String]?, isZeroStart: Bool,
    _ options: OpeningOptions
  ) throws {
    func id(_ key: String, _ names: [String]) throws -> Int? {
      let said = try config?.string(key)
      guard let target else { return nil }
      if let said, let id = target.firstIndex(of: said) { return id }
      return names.lazy.compactMap { target.firstIndex(of: $0) }.first
    }
    let start = try id("bos_token", ["<s>", "<bos>"])
    let end = try id("eos_token", ["</s>", "<eos>"])
    let unknown = try id("unk_token", ["<unk>", "<blank>"])
    let decoderStart = try id("decoder_start_token", []) ?? start
    c.unknownID = unknown ?? 0
    guard let endID = options.endID ?? end else {
      throw ModelError("\(place.path): its vocabulary names no end token; give it as --end-id")
    }
    c.endID = endID
    c.padID = target?.firstIndex { ["<pad>", "<blank>"].contains($0) } ?? c.endID
    if isZeroStart {
      c.startID = c.targetVocabularySize
    } else if let startID = options.startID ?? decoderStart {
      c.startID = startID
    } else {
      throw ModelError("\(place.path): its vocabulary names no start token; give it as --start-id")
    }
    c.sourceHasStart = try config?.bool("add_source_bos") ?? flag("with_source_bos", default: false)
    // Of models converted from Transformers the tokenizer adds the end.
    let isConverted = isZeroStart || place.has("source.spm")
    c.sourceHasEnd = try config?.bool("add_source_eos") ?? flag("with_source_eos", default: false) || isConverted
    config?.ignore(["multi_query_attention"])
  }

  func tokenizer(_ pieces: [String]?, _ side: Tokenizer.Side, _ given: String?) throws -> Tokenizer? {
    if let given, pieces == nil { return try Tokenizer.vocabulary(URL(filePath: given), side: side.rawValue) }
    guard let pieces else { return nil }
    let model = place.file("\(side.rawValue).spm")
    let isCut = given == nil && place.has("\(side.rawValue).spm")
    return try Tokenizer.pieces(pieces, cutBy: isCut ? URL(filePath: model) : nil, name: given ?? place.folder.path)
  }
}
