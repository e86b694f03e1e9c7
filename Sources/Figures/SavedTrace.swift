import JSON
import Traces

/// Reads a trace that `TraceJSON` has written.
///
/// The schema may grow, so names that are not known are passed over; everything that is known must be there, be of its
/// kind and fit the rest. What the schema leaves out is filled in as far as it can be told: a token's surface from its piece,
/// special tokens from their angle brackets.
public enum SavedTrace {
  /// - Throws: `FigureError` that names the place, such as `attention[0].rows[2]`.
  public static func read(_ bytes: some Sequence<UInt8>) throws(FigureError) -> AttentionTrace {
    let bytes = Array(bytes)
    do {
      let value = try bytes.withUnsafeBytes { bytes throws(JSONError) in try JSONReader.read(bytes, deepest: 8) }
      return try trace(Field(value))
    } catch let error as JSONError {
      let advice = error.reason == .trailingCharacters ? "; choose one of several lines with --line" : ""
      throw FigureError("not a trace of heed: \(error)\(advice)")
    } catch let error as FigureError {
      throw error
    } catch {
      throw FigureError("\(error)")
    }
  }

  private static func trace(_ root: Field) throws(FigureError) -> AttentionTrace {
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
    try SavedAttention.read(root["attention"], into: &trace)
    return trace
  }

  private static func tokens(_ side: Field) throws(FigureError) -> [Token] {
    let ids = try side["ids"].list()
    let pieces = try side["tokens"].list()
    guard ids.count == pieces.count else { throw side.wrong("as many ids as tokens") }
    return try zip(ids, pieces).map { id, piece throws(FigureError) in token(try id.integer(), try piece.string()) }
  }

  private static func step(_ field: Field) throws(FigureError) -> Step {
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

/// The heads of a saved trace, each of which must be whole.
private enum SavedAttention {
  private struct Matrix {
    var weights: [Float]
    var scores: [Float]
  }

  static func read(_ list: Field, into trace: inout AttentionTrace) throws(FigureError) {
    var heads: [HeadAddress: Matrix] = [:]
    for field in try list.list() {
      let name = try field["site"]
      guard let site = Site(rawValue: try name.string()) else { throw name.wrong("a site") }
      let address = HeadAddress(site: site, layer: try field["layer"].count(), head: try field["head"].count())
      guard heads.updateValue(try matrix(field, site, trace), forKey: address) == nil else {
        throw field.wrong("another head: \(site.rawValue) \(address) is there already")
      }
    }
    trace.encoder = try block(.encoder, heads, rows: 0..<trace.source.count, columns: trace.source.count)
    for index in trace.steps.indices {
      trace.steps[index].cross = try block(.cross, heads, rows: index..<index + 1, columns: trace.source.count)
      // Rows are filled up to the number of steps, the future masked.
      trace.steps[index].decoder = try block(
        .decoder, heads, rows: index..<index + 1, columns: index + 1, stride: trace.steps.count)
    }
  }

  private static func matrix(_ field: Field, _ site: Site, _ trace: AttentionTrace) throws(FigureError) -> Matrix {
    let rows = site == .encoder ? trace.source.count : trace.steps.count
    let columns = site == .decoder ? trace.steps.count : trace.source.count
    let weights = try numbers(field["rows"], rows, columns).map { cell throws(FigureError) in
      guard let weight = try cell.number() else { return Float.nan }
      guard weight >= 0, weight <= 1.001 else { throw cell.wrong("a weight from 0 to 1") }
      return weight
    }
    let scores = try numbers(field["scores"], rows, columns).map { cell throws(FigureError) in
      try cell.number() ?? -.infinity
    }
    return Matrix(weights: weights, scores: scores)
  }

  private static func numbers(_ field: Field, _ rows: Int, _ columns: Int) throws(FigureError) -> [Field] {
    let lines = try field.list()
    guard lines.count == rows else { throw field.wrong("\(rows) rows") }
    var cells: [Field] = []
    for line in lines {
      let row = try line.list()
      guard row.count == columns else { throw line.wrong("\(columns) numbers") }
      cells += row
    }
    return cells
  }

  /// Some rows of all heads of a site; nil where it has none.
  private static func block(
    _ site: Site, _ heads: [HeadAddress: Matrix], rows: Range<Int>, columns: Int, stride: Int? = nil
  ) throws(FigureError) -> AttentionBlock? {
    let present = heads.filter { $0.key.site == site }
    guard let layers = present.keys.map(\.layer).max(), let last = present.keys.map(\.head).max() else { return nil }
    let stride = stride ?? columns
    var weights: [Float] = []
    var scores: [Float] = []
    // Layers and heads come from the file: they are trusted only while there are heads for them.
    for layer in 0...layers {
      for head in 0...last {
        guard let matrix = present[HeadAddress(site: site, layer: layer, head: head)] else {
          throw FigureError("attention lacks \(site.rawValue) L\(layer)H\(head)")
        }
        for row in rows {
          weights += matrix.weights[row * stride..<row * stride + columns]
          scores += matrix.scores[row * stride..<row * stride + columns]
        }
      }
    }
    return AttentionBlock(
      layers: layers + 1, heads: last + 1, rows: rows.count, columns: columns, weights: weights, scores: scores)
  }
}

/// A value of a document that knows its place in it.
private struct Field {
  private let value: JSONValue
  private let place: String

  init(_ value: JSONValue, place: String = "") {
    self.value = value
    self.place = place
  }

  subscript(_ name: String) -> Field {
    get throws(FigureError) {
      guard case .object(let members) = value else { throw wrong("an object") }
      let found = members.filter { $0.key == name }
      let inner = place.isEmpty ? name : "\(place).\(name)"
      guard let first = found.first else { throw FigureError("\(inner) is missing") }
      guard found.count == 1 else { throw FigureError("\(inner) is there twice") }
      return Field(first.value, place: inner)
    }
  }

  func list() throws(FigureError) -> [Field] {
    guard case .array(let items) = value else { throw wrong("a list") }
    return items.enumerated().map { Field($1, place: "\(place)[\($0)]") }
  }

  func string() throws(FigureError) -> String {
    guard case .string(let text) = value else { throw wrong("a string") }
    return text
  }

  func integer() throws(FigureError) -> Int {
    guard case .number(let digits) = value, let number = Int(digits) else { throw wrong("a whole number") }
    return number
  }

  func count() throws(FigureError) -> Int {
    let number = try integer()
    guard number >= 0 else { throw wrong("a number from 0") }
    return number
  }

  /// Nil for null, which stands for what JSON cannot write.
  func number() throws(FigureError) -> Float? {
    if case .null = value { return nil }
    guard case .number(let digits) = value, let number = Float(digits), number.isFinite else { throw wrong("a number") }
    return number
  }

  func boolean() throws(FigureError) -> Bool {
    guard case .bool(let flag) = value else { throw wrong("true or false") }
    return flag
  }

  func wrong(_ expected: String) -> FigureError {
    FigureError("\(place.isEmpty ? "the document" : place) should be \(expected), not \(value.kind)")
  }
}
