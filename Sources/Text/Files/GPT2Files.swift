import Foundation
import JSON

extension Tokenizer {
  /// GPT-2's pair of `vocab.json` and `merges.txt`: byte-level BPE. RoBERTa's, BART's and Whisper's are of the same kind:
  /// beside a `tokenizer_config.json`, a vocabulary with `<s>` and `</s>` has them put around a text.
  ///
  /// - Parameters:
  ///   - added: pieces beyond the vocabulary, from `added_tokens.json`; all but Whisper's moments such as `<|0.02|>` are
  ///     special.
  ///   - settings: what `tokenizer_config.json` says.
  /// Throws: `TokenizerError` for a line that is no pair of pieces, or for ids that leave a hole.
  static func gpt2(
    vocabulary json: Data, merges: Data, added: [(piece: String, id: Int)] = [], settings: JSONFields? = nil
  ) throws(TokenizerError) -> Tokenizer {
    let vocabulary = try Vocabulary(json: json)
    let model = try BytePairEncoding(vocabulary, merges: pairs(merges), unknownID: nil, at: "merges.txt")
    let hasPrefix = try settings?.bool("add_prefix_space", default: false) ?? false
    let bytes = try ByteLevel(addsPrefixSpace: hasPrefix)
    let special = ["<|endoftext|>", "<s>", "</s>", "<pad>", "<unk>", "<mask>"]
    var tokens = special.compactMap { piece in vocabulary.id(of: piece).map { AddedToken(id: $0, content: piece) } }
    for (piece, id) in added where !tokens.contains(where: { $0.content == piece }) {
      tokens.append(AddedToken(id: id, content: piece, isSpecial: !isMoment(piece)))
    }
    // As their tokenizers are set up: the mask takes in the space before it.
    for index in tokens.indices where tokens[index].content == "<mask>" { tokens[index].stripsLeft = true }
    return try Tokenizer(
      normalizer: nil, preTokenizer: bytes, model: model, decoder: bytes,
      postProcessor: settings.flatMap { _ in RobertaProcessing(vocabulary, addsPrefixSpace: hasPrefix) } ?? bytes,
      added: tokens)
  }

  /// The lines of a `merges.txt`; the first may be a remark.
  private static func pairs(_ merges: Data) throws(TokenizerError) -> [(left: String, right: String)] {
    var pairs: [(left: String, right: String)] = []
    for (index, line) in try lines(of: merges).enumerated() where !line.isEmpty && !(index == 0 && line.hasPrefix("#"))
    {
      let parts = line.unicodeScalars.split(separator: " ", omittingEmptySubsequences: false)
      guard parts.count == 2 else { throw TokenizerError("merges.txt: line \(index + 1) is no pair of pieces") }
      pairs.append((String(parts[0]), String(parts[1])))
    }
    return pairs
  }

  private static func isMoment(_ piece: String) -> Bool { piece.wholeMatch(of: /<\|\d+\.\d+\|>/) != nil }
}

extension RobertaProcessing {
  /// Nil if the vocabulary lacks one of the tokens.
  fileprivate init?(_ vocabulary: Vocabulary, addsPrefixSpace: Bool) {
    guard let first = vocabulary.id(of: "<s>"), let last = vocabulary.id(of: "</s>") else { return nil }
    cls = NamedToken("<s>", first)
    sep = NamedToken("</s>", last)
    trimsOffsets = true
    self.addsPrefixSpace = addsPrefixSpace
  }
}
