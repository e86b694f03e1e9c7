import JSON

/// The members of one object of a tokenizer file, read by name with errors that say where they are.
struct JSONFields {
  /// Where the object is in its file, e.g. `normalizer.normalizers[2]`.
  let place: String
  private let members: [(key: String, value: JSONValue)]

  /// Throws: `TokenizerError` if `value` is no object.
  init(_ value: JSONValue, at place: String) throws(TokenizerError) {
    guard case .object(let members) = value else {
      throw TokenizerError("\(place) is \(value.kind) where an object belongs")
    }
    self.place = place
    self.members = members
  }

  func place(of key: String) -> String { place.isEmpty ? key : place + "." + key }

  /// The member's value; nil where it is absent or null. Throws if it is there twice.
  func value(_ key: String) throws(TokenizerError) -> JSONValue? {
    var found: JSONValue?
    for member in members where member.key.utf8.elementsEqual(key.utf8) {
      if found != nil { throw TokenizerError("\(place(of: key)) is given twice") }
      found = member.value
    }
    if case .null = found { return nil }
    return found
  }

  func required(_ key: String) throws(TokenizerError) -> JSONValue {
    guard let value = try value(key) else { throw TokenizerError("\(place(of: key)) is missing") }
    return value
  }

  func string(_ key: String) throws(TokenizerError) -> String {
    let value = try required(key)
    guard case .string(let text) = value else { throw wrong(key, value, "a string") }
    return text
  }

  func optionalString(_ key: String) throws(TokenizerError) -> String? {
    try value(key) == nil ? nil : string(key)
  }

  func bool(_ key: String, default standard: Bool) throws(TokenizerError) -> Bool {
    guard let value = try value(key) else { return standard }
    guard case .bool(let flag) = value else { throw wrong(key, value, "true or false") }
    return flag
  }

  func int(_ key: String) throws(TokenizerError) -> Int {
    let value = try required(key)
    guard case .number(let digits) = value, let number = Int(digits) else {
      throw wrong(key, value, "a whole number")
    }
    return number
  }

  func array(_ key: String) throws(TokenizerError) -> [JSONValue] {
    let value = try required(key)
    guard case .array(let items) = value else { throw wrong(key, value, "a list") }
    return items
  }

  func members(_ key: String) throws(TokenizerError) -> [(key: String, value: JSONValue)] {
    let value = try required(key)
    guard case .object(let members) = value else { throw wrong(key, value, "an object") }
    return members
  }

  func fields(_ key: String) throws(TokenizerError) -> JSONFields? {
    guard let value = try value(key) else { return nil }
    return try JSONFields(value, at: place(of: key))
  }

  private func wrong(_ key: String, _ value: JSONValue, _ expected: String) -> TokenizerError {
    TokenizerError("\(place(of: key)) is \(value.kind) where \(expected) belongs")
  }
}
