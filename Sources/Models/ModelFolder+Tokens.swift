extension ModelFolder {
  /// The id of a token that a person has named: `#17`, a piece as the vocabulary spells it, or a text that is one token.
  ///
  /// - Throws: `ModelError` if it is none of these.
  public func targetID(of text: String) throws -> Int {
    if text.hasPrefix("#"), let id = Int(text.dropFirst()) { return id }
    guard let target else {
      guard let id = Int(text) else {
        throw ModelError("\(path): no tokenizer for the target; give a token as #id")
      }
      return id
    }
    if let id = target.id(of: text) { return id }
    let ids = target.encode(text).map(\.id)
    if ids.count == 1 && ids[0] != target.unknownID { return ids[0] }
    let pieces = ids.map { target.piece(of: $0) ?? "#\($0)" }.joined(separator: " ")
    throw ModelError(
      "'\(text)' is not one token of the target vocabulary" + (pieces.isEmpty ? "" : ", but \(pieces)")
        + "; give one token, or an id as #id")
  }
}
