import Checkpoints
import Foundation
import Text

/// The tokenizers of a model as files of a folder: `tokenizer.json` where that can hold them, else the files that they
/// came in.
struct ConvertedTokenizers {
  let source: Tokenizer?
  let target: Tokenizer?
  /// Where their files lie.
  let folder: URL

  /// Files of tokenizers that no `tokenizer.json` can hold.
  private static let originals = [
    "source.spm", "target.spm", "vocab.json", "spiece.model", "sentencepiece.bpe.model", "tokenizer.model",
  ]

  /// - Returns: the names of the files, and a line for each side that has to do without.
  func write(to output: String) throws -> (files: [String], missing: [String]) {
    guard source != nil || target != nil else { return ([], []) }
    let sides = [("source", source), ("target", target)]
    guard sides.allSatisfy({ $0.1?.fitsJSON ?? true }) else { return try copyOriginals(to: output) }
    let jsons = try sides.map { try $0.1?.json() }
    if let json = jsons[0], json == jsons[1] {
      try AtomicFile.write(json, to: output + "/tokenizer.json")
      return (["`tokenizer.json`"], [])
    }
    var files: [String] = []
    for ((side, _), json) in zip(sides, jsons) {
      guard let json else { continue }
      try AtomicFile.write(json, to: "\(output)/\(side).tokenizer.json")
      files.append("`\(side).tokenizer.json`")
    }
    return (files, [])
  }

  private func copyOriginals(to output: String) throws -> (files: [String], missing: [String]) {
    var files: [String] = []
    for name in Self.originals {
      guard let data = FileManager.default.contents(atPath: folder.appendingPathComponent(name).path) else { continue }
      try AtomicFile.write(data, to: "\(output)/\(name)")
      files.append("`\(name)`")
    }
    // A list of pieces with their places stands for Marian's vocabulary.
    if files.contains("`source.spm`"), !files.contains("`vocab.json`"), let tokenizer = target ?? source {
      try AtomicFile.write(tokenizer.vocabularyJSON(), to: output + "/vocab.json")
      files.append("`vocab.json`")
    }
    return (files, files.isEmpty ? ["the tokenizers could not be written; text is given and shown as ids"] : [])
  }
}
