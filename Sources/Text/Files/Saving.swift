import Foundation
import JSON

// Tokenizers as files of a model's folder, from which `inFolder` reads them again.

extension Tokenizer {
  /// The files that hold these two, each with its name: `tokenizer.json` where one will do for both, else one for each
  /// side. What SentencePiece cuts stays in SentencePiece's file, with a list of ids where these are another library's.
  ///
  /// - Throws: what the JSON writer throws.
  public static func files(source: Tokenizer?, target: Tokenizer?) throws -> [(name: String, data: Data)] {
    var files = TokenizerFiles()
    for (side, tokenizer) in [(Side.source, source), (.target, target)] {
      if let tokenizer { try files.add(tokenizer, side) }
    }
    return files.all
  }

  /// Pieces that are special in every vocabulary that numbers SentencePiece's pieces: the usual ones, and languages as
  /// Marian spells them.
  static func isUsualSpecial(_ piece: String) -> Bool {
    ["<pad>", "</s>", "<unk>"].contains(piece) || piece.hasPrefix(">>") && piece.hasSuffix("<<")
  }
}

private struct TokenizerFiles {
  private var files: [(name: String, data: Data)] = []
  /// Special pieces of `added_tokens.json`.
  private var special: [(key: String, value: JSONValue)] = []

  mutating func add(_ tokenizer: Tokenizer, _ side: Tokenizer.Side) throws {
    guard let units = tokenizer.model as? SentencePieceUnits else {
      files.append(("\(side.rawValue).tokenizer.json", try tokenizer.json()))
      if !tokenizer.added.findsAny { files.append((Tokenizer.settingsName(side), Self.settings)) }
      return
    }
    guard units.hasOtherIDs else {
      files.append(("\(side.rawValue).tokenizer.model", units.file.data))
      return
    }
    files.append(("\(side.rawValue).spm", units.file.data))
    let list = Data(JSONWriter.write(units.vocabulary.json, style: .pretty))
    if let first = files.first(where: { $0.name == "vocab.json" }) {
      if first.data != list { files.append(("target_vocab.json", list)) }
    } else {
      files.append(("vocab.json", list))
    }
    for token in tokenizer.added.tokens
    where !Tokenizer.isUsualSpecial(token.content) && !special.contains(where: { $0.key == token.content }) {
      special.append((token.content, .int(token.id)))
    }
  }

  private static let settings = Data(
    JSONWriter.write(.object([(Tokenizer.splitSpecialKey, .bool(true))]), style: .pretty))

  /// Where both sides have the same file of a kind, one without a side.
  var all: [(name: String, data: Data)] {
    var files = files
    for name in ["tokenizer.json", Tokenizer.settingsName] {
      let pair = files.filter { $0.name == "source.\(name)" || $0.name == "target.\(name)" }
      guard pair.count == 2, pair[0].data == pair[1].data else { continue }
      files.removeAll { $0.name == pair[1].name }
      if let place = files.firstIndex(where: { $0.name == pair[0].name }) { files[place].name = name }
    }
    guard !special.isEmpty else { return files }
    return files + [("added_tokens.json", Data(JSONWriter.write(.object(special), style: .pretty)))]
  }
}
