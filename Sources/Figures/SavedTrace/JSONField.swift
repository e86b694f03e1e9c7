import JSON

/// A value of a document that knows its place in it.
struct JSONField {
  private let value: JSONValue
  private let place: String

  init(_ value: JSONValue, place: String = "") {
    self.value = value
    self.place = place
  }

  subscript(_ name: String) -> JSONField {
    get throws(FigureError) {
      guard let field = try optional(name) else { throw FigureError("\(place(of: name)) is missing") }
      return field
    }
  }

  func optional(_ name: String) throws(FigureError) -> JSONField? {
    guard case .object(let members) = value else { throw wrong("an object") }
    let found = members.filter { $0.key == name }
    guard found.count <= 1 else { throw FigureError("\(place(of: name)) is there twice") }
    return found.first.map { JSONField($0.value, place: place(of: name)) }
  }

  private func place(of name: String) -> String { place.isEmpty ? name : "\(place).\(name)" }

  func list() throws(FigureError) -> [JSONField] {
    guard case .array(let items) = value else { throw wrong("a list") }
    return items.enumerated().map { JSONField($1, place: "\(place)[\($0)]") }
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
