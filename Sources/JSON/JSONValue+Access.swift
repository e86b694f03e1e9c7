/// What a value holds, nil where it is of another kind: for documents that may have been written in several ways.
extension JSONValue {
  /// The member of that name, the last of several.
  public subscript(key: String) -> JSONValue? { members?.last { $0.key == key }?.value }
  public var text: String? { if case .string(let text) = self { text } else { nil } }
  /// Nil for a number that is not whole, too.
  public var int: Int? { if case .number(let digits) = self { Int(digits) } else { nil } }
  public var items: [JSONValue]? { if case .array(let items) = self { items } else { nil } }
  public var members: [(key: String, value: JSONValue)]? {
    if case .object(let members) = self { members } else { nil }
  }
}
