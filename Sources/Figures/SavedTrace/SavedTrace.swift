import JSON
import Traces

/// Reads a trace that `TraceJSON` has written.
///
/// The schema may grow, so names that are not known are passed over; everything that is known must be there, be of its
/// kind and fit the rest. What the schema leaves out is filled in as far as it can be told: a token's surface from its piece,
/// special tokens from their angle brackets. A beam's tree and the effect of interventions are left behind.
public enum SavedTrace {
  /// - Throws: `FigureError` that names the place, such as `attention[0].rows[2]`.
  public static func read(_ bytes: some Sequence<UInt8>) throws(FigureError) -> AttentionTrace {
    let bytes = Array(bytes)
    do {
      let value = try bytes.withUnsafeBytes { bytes throws(JSONError) in try JSONReader.read(bytes, deepest: 8) }
      return try trace(JSONField(value))
    } catch let error as JSONError {
      let advice = error.reason == .trailingCharacters ? "; choose one of several lines with --line" : ""
      throw FigureError("not a trace of heed: \(error)\(advice)")
    } catch let error as FigureError {
      throw error
    } catch {
      throw FigureError("\(error)")
    }
  }

  private static func trace(_ root: JSONField) throws(FigureError) -> AttentionTrace {
    let schema = try root["schema"].string()
    guard schema == "heed-trace/1" else { throw FigureError("schema is \(schema), not heed-trace/1") }
    let path = try root["model"]["path"].string()
    let source = try tokens(root["source"])
    let steps = try root["steps"].list().map(step)
    let target = try tokens(root["target"])
    guard target.map(\.id) == steps.map(\.token.id), target.map(\.piece) == steps.map(\.token.piece) else {
      throw FigureError("target and steps name different tokens")
    }
    let ending = try root["target"]["ending"]
    guard let known = Ending(rawValue: try ending.string()) else { throw ending.wrong("an ending") }
    var trace = AttentionTrace(
      model: .init(
        name: path.split(separator: "/").last.map(String.init) ?? path, path: path,
        architecture: try root["model"]["architecture"].string(), summary: ""),
      sourceText: try root["source"]["text"].string(), source: source, targetText: try root["target"]["text"].string(),
      steps: steps, ending: known, lengthLimit: max(1, steps.count))
    trace.interventions = try root.optional("interventions")?.list().map(intervention) ?? []
    try SavedAttention.read(root["attention"], into: &trace)
    return trace
  }

  private static func intervention(_ field: JSONField) throws(FigureError) -> Intervention {
    guard let known = Intervention(try field.string()) else { throw field.wrong("an intervention") }
    return known
  }

  private static func tokens(_ side: JSONField) throws(FigureError) -> [Token] {
    let ids = try side["ids"].list()
    let pieces = try side["tokens"].list()
    guard ids.count == pieces.count else { throw side.wrong("as many ids as tokens") }
    return try zip(ids, pieces).map { id, piece throws(FigureError) in token(try id.integer(), try piece.string()) }
  }

  private static func step(_ field: JSONField) throws(FigureError) -> Step {
    Step(
      token: token(try field["id"].integer(), try field["token"].string()),
      probability: try field["probability"].number() ?? .nan,
      candidates: try field["candidates"].list().map { candidate throws(FigureError) in
        Candidate(
          token: token(try candidate["id"].integer(), try candidate["token"].string()),
          probability: try candidate["probability"].number() ?? .nan)
      }, entropy: try field["entropy"].number() ?? .nan, isForced: try field["forced"].boolean())
  }

  private static func token(_ id: Int, _ piece: String) -> Token {
    let isBracketed = piece.hasPrefix("<") && piece.hasSuffix(">") && piece.count > 2
    let kind: Token.Kind = piece == "<unk>" ? .unknown : isBracketed ? .special : .word
    let mark: Unicode.Scalar = "\u{2581}"
    let rest = String(String.UnicodeScalarView(piece.unicodeScalars.drop { $0 == mark }))
    let isContinuation = piece.hasPrefix("##") && piece.count > 2
    return Token(
      id: id, piece: piece, surface: isContinuation ? String(piece.dropFirst(2)) : rest.isEmpty ? piece : rest,
      kind: kind, continuesWord: isContinuation)
  }
}
